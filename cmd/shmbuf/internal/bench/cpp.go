package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
)

// cpp compiles the C++ side against the headers that users compile against.
func (s *suite) cpp(ctx context.Context) (program, error) {
	compiler, err := findCompiler()
	if err != nil {
		return program{}, err
	}
	flags, err := s.cppFlags(ctx)
	if err != nil {
		return program{}, err
	}
	dir, err := s.unpack("cpp")
	if err != nil {
		return program{}, err
	}
	made := filepath.Join(dir, "peer")
	command := append(compiler[:len(compiler):len(compiler)], "-std=c++14", "-O2", "-DNDEBUG", filepath.Join(dir, "peer.cpp"), "-o", made)
	if _, complaint, err := child.Output(ctx, append(command, flags...)...); err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("the C++ side does not compile with %s: %w: %s", compiler[0], err, firstError(complaint))
		}
		return program{}, err
	}
	about, _, err := child.Output(ctx, made, "version")
	return program{words: []string{made}, about: about}, err
}

// findCompiler gives the words of $CXX or the usual name.
func findCompiler() ([]string, error) {
	named := strings.Fields(os.Getenv("CXX"))
	if len(named) > 0 {
		if _, err := exec.LookPath(named[0]); err != nil {
			return nil, fmt.Errorf("no C++ compiler: $CXX names %s: %w", named[0], errors.Unwrap(err))
		}
		return named, nil
	}
	for _, name := range []string{"c++", "g++", "clang++"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}, nil
		}
	}
	return nil, fmt.Errorf("no C++ compiler (c++, g++ or clang++) in $PATH; install one, for example the package g++, or name it in $CXX")
}

// cppFlags say where the headers are: in the directory that was named, where
// pkg-config knows them, or in the checkout that this program was built in.
func (s *suite) cppFlags(ctx context.Context) ([]string, error) {
	include := s.options.CPPInclude
	if include != "" {
		if _, err := os.Stat(filepath.Join(include, "shmbuf", "shmbuf.hpp")); err != nil {
			return nil, fmt.Errorf("--cpp-include %s: there is no shmbuf/shmbuf.hpp in it", include)
		}
	} else {
		known, _, err := child.Output(ctx, "pkg-config", "--cflags", "--libs", "shmbuf")
		if err == nil || ctx.Err() != nil {
			return strings.Fields(known), err
		}
		include = besideProgram("cpp", "include")
	}
	if include == "" {
		return nil, fmt.Errorf("the C++ headers of shmbuf are not found: pkg-config does not know shmbuf; name their directory (cpp/include in a checkout) with --cpp-include, or set $PKG_CONFIG_PATH")
	}
	flags := []string{"-I" + include, "-pthread"}
	if runtime.GOOS == "linux" {
		flags = append(flags, "-lrt")
	}
	return flags, nil
}

// firstError of a compiler's output.
func firstError(out string) string {
	for _, line := range strings.Split(out, "\n") {
		if strings.Contains(line, "error") {
			return line
		}
	}
	return strings.TrimSpace(out)
}

package bench

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
)

// Languages of a side.
const (
	Go     = "go"
	Python = "py"
	CPP    = "cpp"
)

// sources of the sides in other languages.
//
//go:embed python/*.py cpp/*.cpp cpp/*.hpp
var sources embed.FS

// program is how a side is started, and what runs it.
type program struct {
	words []string // before those of the job
	about string
}

// goPeer is this program.
var goPeer = program{about: "Go, " + runtime.Version() + ", shmbuf " + shmbuf.Version}

// command is the whole command line for a job.
func (p program) command(args []string) ([]string, error) {
	if p.words == nil {
		return child.Self(append([]string{"bench-peer"}, args...)...)
	}
	return append(p.words[:len(p.words):len(p.words)], args...), nil
}

// program finds or makes what speaks a language.
func (s *suite) program(ctx context.Context, bars screen.Bars, language string) (program, error) {
	if language == Go {
		return goPeer, nil
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "shmbuf-bench-")
		if err != nil {
			return program{}, err
		}
		s.dir = dir
	}
	switch language {
	case Python:
		return s.python(ctx)
	case CPP:
		_, finish := bars.Add("compiling the C++ side")
		p, err := s.cpp(ctx)
		finish(err == nil)
		return p, err
	}
	return program{}, fmt.Errorf("unknown language %q", language)
}

// unpack writes the sources of a language to a directory of this run.
func (s *suite) unpack(language string) (dir string, err error) {
	from, err := fs.Sub(sources, language)
	if err != nil {
		return "", err
	}
	dir = filepath.Join(s.dir, language)
	if err := os.CopyFS(dir, from); err != nil {
		return "", err
	}
	return dir, nil
}

// besideProgram is a path in the tree that this program was built in: it lies in
// bin/ there. Empty when there is no such file.
func besideProgram(path ...string) string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	file := filepath.Join(append([]string{filepath.Dir(self), ".."}, path...)...)
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

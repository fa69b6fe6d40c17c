package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
)

const askPython = `import sys, shmbuf
print("Python %d.%d.%d, shmbuf %s" % (*sys.version_info[:3], shmbuf.__version__))`

// python finds a Python that has the package shmbuf: the one that was named, or
// that of $PYTHON, or python3, or the one that a checkout has made.
func (s *suite) python(ctx context.Context) (program, error) {
	candidates := []string{"python3"}
	if venv := besideProgram(".venv", "bin", "python"); venv != "" {
		candidates = append(candidates, venv)
	}
	if named := firstOf(s.options.Python, os.Getenv("PYTHON")); named != "" {
		candidates = []string{named}
	}
	var refusals []error
	for _, python := range candidates {
		about, complaint, err := child.Output(ctx, python, "-c", askPython)
		if err == nil {
			dir, err := s.unpack("python")
			return program{words: []string{python, filepath.Join(dir, "peer.py")}, about: about}, err
		}
		if ctx.Err() != nil {
			return program{}, err
		}
		refusals = append(refusals, explainPython(python, complaint, err))
	}
	return program{}, refusals[0]
}

func explainPython(python, complaint string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no program %s to run the Python side; name one that has the package shmbuf with --python or $PYTHON", python)
	}
	lines := strings.Split(complaint, "\n")
	return fmt.Errorf(`%s cannot import the package shmbuf (%s); install it with "%s -m pip install ./python" in a checkout of shmbuf, or name a Python that has it with --python or $PYTHON`,
		python, firstOf(lines[len(lines)-1], err.Error()), python)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

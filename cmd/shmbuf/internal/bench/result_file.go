package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// resultFile takes the JSON. It is written beside its place and moved there at the
// end: nobody finds half a result.
type resultFile struct {
	path string
	file *os.File
}

// newResultFile finds out now whether the file can be written.
func newResultFile(path string) (*resultFile, error) {
	if path == "" {
		return &resultFile{}, nil
	}
	var file *os.File
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("--json %s is a directory; give the name of a file", path)
	case err == nil && !info.Mode().IsRegular(): // a pipe, the terminal
		file, err = os.OpenFile(path, os.O_WRONLY, 0)
	default:
		file, err = os.Create(filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".part"))
	}
	if err != nil {
		return nil, fmt.Errorf("--json: %w", err)
	}
	return &resultFile{path, file}, nil
}

func (f *resultFile) temporary() bool { return f.file != nil && f.file.Name() != f.path }

func (f *resultFile) write(r *Report) error {
	if f.file == nil {
		return nil
	}
	if err := encode(f.file, r); err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	if !f.temporary() {
		return f.file.Close()
	}
	if err := f.file.Close(); err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	if err := os.Rename(f.file.Name(), f.path); err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	f.file = nil
	return nil
}

// discard removes what was not written to its end.
func (f *resultFile) discard() {
	if f.file != nil {
		f.file.Close()
		if f.temporary() {
			_ = os.Remove(f.file.Name())
		}
	}
}

func encode(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

//go:build !unix

package input

import (
	"context"
	"errors"
	"io"
	"os"
)

// Stdin reads a file until a context ends.
type Stdin struct {
	file *os.File
	ctx  context.Context
}

// NewStdin returns a reader of file. On this system a Read that already blocks
// notices the end of ctx only when input arrives.
func NewStdin(ctx context.Context, file *os.File) (*Stdin, error) {
	return &Stdin{file: file, ctx: ctx}, nil
}

// Read blocks until there is input or its end.
func (s *Stdin) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, ErrInterrupted
	}
	n, err := s.file.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, &readError{err}
	}
	return n, err
}

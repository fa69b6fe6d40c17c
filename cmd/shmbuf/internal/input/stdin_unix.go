//go:build unix

package input

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Stdin reads a file until a context ends. The descriptor is neither made
// non-blocking nor closed: it may be shared with the shell.
type Stdin struct {
	file *os.File
	wake *os.File // readable from the moment the context ends
	ctx  context.Context
}

// NewStdin returns a reader of file whose Read ends with ErrInterrupted when ctx
// ends, even while it blocks. One goroutine at a time may read.
func NewStdin(ctx context.Context, file *os.File) (*Stdin, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { w.Close() })
	return &Stdin{file: file, wake: r, ctx: ctx}, nil
}

// Read blocks until there is input, its end, or the context ends.
func (s *Stdin) Read(p []byte) (int, error) {
	if err := s.await(); err != nil {
		return 0, err
	}
	n, err := s.file.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, &readError{err}
	}
	return n, err
}

func (s *Stdin) await() error {
	fds := []unix.PollFd{
		{Fd: int32(s.file.Fd()), Events: unix.POLLIN},
		{Fd: int32(s.wake.Fd()), Events: unix.POLLIN},
	}
	for {
		_, err := unix.Poll(fds, -1)
		if s.ctx.Err() != nil {
			return ErrInterrupted
		}
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINTR) {
			return &readError{os.NewSyscallError("poll", err)}
		}
	}
}

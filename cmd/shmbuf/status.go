package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
)

// Exit statuses that scripts rely on.
const (
	statusDone    = 0
	statusError   = 1
	statusUsage   = 2
	statusTimeout = 3
)

// failure is an error with an exit status of its own.
type failure struct {
	status int
	text   string
	cause  error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

func errorf(format string, args ...any) error   { return newFailure(statusError, format, args...) }
func usagef(format string, args ...any) error   { return newFailure(statusUsage, format, args...) }
func timeoutf(format string, args ...any) error { return newFailure(statusTimeout, format, args...) }

func newFailure(status int, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &failure{status: status, text: err.Error(), cause: errors.Unwrap(err)}
}

// asUsage turns what the command-line parser found into a usage error that says
// where to read on.
func asUsage(root *cobra.Command, args []string, err error) error {
	path := root.Name()
	if cmd, _, findErr := root.Find(args); findErr == nil {
		path = cmd.CommandPath()
	}
	return usagef("%w; see '%s --help'", err, path)
}

// invalidIsUsage makes a name or an option that the library refuses wrong usage.
func invalidIsUsage(err error) error {
	if errors.Is(err, shmbuf.ErrInvalid) {
		return usagef("%w", err)
	}
	return err
}

// report writes err as one line and returns the exit status it stands for.
func report(w io.Writer, err error) int {
	if err == nil {
		return statusDone
	}
	line := strings.Join(strings.Fields(err.Error()), " ")
	line = strings.ReplaceAll(strings.TrimPrefix(line, "shmbuf: "), ": shmbuf: ", ": ") // the library's own prefix
	fmt.Fprintf(w, "shmbuf: %s\n", line)
	var f *failure
	if errors.As(err, &f) {
		return f.status
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return statusTimeout
	}
	return statusError
}

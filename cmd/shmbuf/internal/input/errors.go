// Package input reads records from a stream of bytes: interruptible standard
// input, and its cutting into lines without a copy per line.
package input

import "errors"

// ErrInterrupted is returned by Read once the context of the reader has ended.
var ErrInterrupted = errors.New("interrupted")

// ErrLongLine is returned for a line longer than the limit.
var ErrLongLine = errors.New("line too long")

type readError struct{ err error }

func (e *readError) Error() string { return "cannot read standard input: " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

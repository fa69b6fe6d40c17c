package work

import (
	"errors"
	"io/fs"
	"syscall"
	"time"
)

// Patience is how long one side waits for the other to appear.
const Patience = 10 * time.Second

// Appear calls f until what it needs is there, or patience ends.
func Appear(f func() error) error {
	return Retry(f, func(err error) bool {
		return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
	})
}

// Retry calls f until it succeeds, fails in a way that does not pass, or patience
// ends.
func Retry(f func() error, passes func(error) bool) error {
	for begin := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		if err := f(); err == nil || !passes(err) || time.Since(begin) > Patience {
			return err
		}
	}
}

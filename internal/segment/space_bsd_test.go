//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package segment

import (
	"errors"
	"testing"
)

func mountSmall(string) error { return errors.ErrUnsupported }
func unmount(string) error    { return errors.ErrUnsupported }

func memoryAvailable(*testing.T) uint64 { return 0 }

//go:build !unix

package bench

import (
	"errors"
	"os"
)

const hasFutex = false

// anonymousMemory: such systems hand no files to child processes.
func anonymousMemory(int64) (*os.File, error) { return nil, errors.ErrUnsupported }

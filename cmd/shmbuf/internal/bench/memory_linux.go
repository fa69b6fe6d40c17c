package bench

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

const hasFutex = true

// anonymousMemory is a file of memory without a name, for child processes.
func anonymousMemory(size int64) (*os.File, error) {
	fd, err := unix.MemfdCreate("shmbuf-bench", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), "shmbuf-bench")
	return f, f.Truncate(size)
}

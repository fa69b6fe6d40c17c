//go:build unix && !linux

package bench

import "os"

const hasFutex = false

// anonymousMemory is a file without a name, for child processes to map.
func anonymousMemory(size int64) (*os.File, error) {
	f, err := os.CreateTemp("", "shmbuf-bench-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	return f, f.Truncate(size)
}

package segment

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"syscall"
)

// ErrNotRegular says that the name is taken by something that cannot be a
// segment: a symbolic link, a directory, a fifo, a socket, a device, or on
// Windows a named object of another kind.
var ErrNotRegular = errors.New("not a shared-memory object")

// checkSize refuses what this process cannot map; wraps syscall.EFBIG.
func checkSize(size uint64) error {
	if size > math.MaxInt {
		return fmt.Errorf("a segment of %d bytes cannot be mapped by a %d-bit process (at most %d bytes): use a 64-bit build or a smaller capacity: %w",
			size, strconv.IntSize, math.MaxInt, syscall.EFBIG)
	}
	return nil
}

// noSpace is the error for a segment of size bytes that the system cannot
// give; wraps syscall.ENOSPC.
func noSpace(size uint64) error {
	free := "unknown"
	if n, err := Remaining(); err == nil {
		free = fmt.Sprintf("%d bytes (%s)", n, readable(n))
	}
	return fmt.Errorf("%d bytes (%s) wanted, free in %s: %s; %s: %w",
		size, readable(size), place, free, spaceHint, syscall.ENOSPC)
}

// readable gives n with a binary unit and one decimal.
func readable(n uint64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f, unit := float64(n)/1024, 0
	for f >= 1024 && unit < len(units)-1 {
		f, unit = f/1024, unit+1
	}
	return fmt.Sprintf("%.1f %ciB", f, units[unit])
}

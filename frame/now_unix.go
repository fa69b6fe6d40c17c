//go:build unix

package frame

import "golang.org/x/sys/unix"

// Now returns the nanoseconds of CLOCK_MONOTONIC, which all processes of this
// machine share (but for time namespaces): the recommended timestamp. Where there
// is no such clock (Windows) it is the wall clock, nanoseconds since 1970 UTC.
func Now() int64 {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) // cannot fail with this clock
	return ts.Nano()
}

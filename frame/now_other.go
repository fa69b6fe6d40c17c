//go:build !unix

package frame

import "time"

// Now returns the nanoseconds since 1970 UTC of the wall clock, which all
// processes of this machine share. On Unix systems it is CLOCK_MONOTONIC instead.
func Now() int64 { return time.Now().UnixNano() }

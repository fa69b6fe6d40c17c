//go:build !unix

package shmbuf

import "time"

// monotonic is nanoseconds since 1970 where processes share no monotonic clock
// that Go can read cheaply.
func monotonic() int64 { return time.Now().UnixNano() }

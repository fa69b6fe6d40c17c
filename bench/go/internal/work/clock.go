package work

import (
	"time"

	"golang.org/x/sys/unix"
)

// base is CLOCK_MONOTONIC at start, from the closest of a few readings. What error
// is left in it is the same in all stamps of the process, so that it cancels out
// of the sum of both directions.
var start, base = func() (start time.Time, base int64) {
	best := time.Hour
	for range 9 {
		var ts unix.Timespec
		before := time.Now()
		if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
			continue
		}
		if took := time.Since(before); took < best {
			best, start, base = took, before, ts.Nano()-int64(took/2)
		}
	}
	return start, base
}()

// Monotonic is CLOCK_MONOTONIC in nanoseconds, without a system call.
func Monotonic() int64 { return base + int64(time.Since(start)) }

// Think keeps the processor busy for d.
func Think(d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}

// CPU is the user and system time of this process in seconds.
func CPU() float64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// Sleep sleeps in the kernel until the time has come: a pacing user's nanosleep,
// without the Go scheduler's timers in between.
func Sleep(until time.Time) {
	for left := time.Until(until); left > 0; left = time.Until(until) {
		ts := unix.NsecToTimespec(int64(left))
		_ = unix.Nanosleep(&ts, nil) // a signal may end it early: look again
	}
}

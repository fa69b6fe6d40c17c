package shmbuf

import (
	"runtime"
	"time"
)

const (
	// spinMost is how often a blocking call looks before it sleeps, with a PAUSE
	// between: some tens of microseconds, about what a sleep and a wake-up cost.
	spinMost = 1000
	// spinTime is about how long that takes. A sleep that was shorter might have been
	// spared.
	spinTime = 50 * time.Microsecond
	// probeEvery is after how many such sleeps spinning is tried again.
	probeEvery = 8
	// missesMost bounds by how many halvings spinning is cut.
	missesMost = 8
)

var cpus = runtime.NumCPU()

// spinLimit is 0 where the peer cannot move while we spin.
func spinLimit() int {
	if cpus == 1 {
		return 0
	}
	return spinMost
}

// patience adapts how long the waits of a handle spin: half as long after each that
// ended in a sleep nevertheless, so that a slow stream or a busy machine costs no
// more than a few looks a wait.
type patience struct {
	misses int // halvings
	short  int // sleeps that were shorter than spinning
}

func (p *patience) looks() int { return spinLimit() >> p.misses }

// learn takes how many of n looks were in vain, and reports whether the wait is over.
func (p *patience) learn(vain, n int) bool {
	if vain == n {
		p.misses = min(p.misses+1, missesMost)
		return false
	}
	if vain > n/4 && p.misses > 0 {
		p.misses--
	}
	return true
}

// slept takes how long a sleep was.
func (p *patience) slept(d time.Duration) {
	if d >= spinTime {
		return
	}
	if p.short++; p.short == probeEvery {
		p.short, p.misses = 0, 0
	}
}

// Package wait parks a goroutine until a peer process changes a word of shared
// memory, and orders memory between processes with membarrier.
//
// Where the kernel has no futex that works across processes, Sleep polls.
package wait

import (
	"sync/atomic"
	"time"
)

// longestPoll bounds one polling Sleep: its caller waits for a position too,
// which a peer may move without touching the word.
const longestPoll = time.Millisecond

// poll returns when *word is no longer value, after timeout, or after
// longestPoll, whichever comes first.
func poll(word *uint32, value uint32, timeout time.Duration) {
	left := min(timeout, longestPoll)
	for pause := 50 * time.Microsecond; left > 0; pause *= 2 {
		// Pairs with whatever store the peer changed the word by: all that
		// it stored before is visible to our caller after this load.
		if atomic.LoadUint32(word) != value {
			return
		}
		pause = min(pause, left)
		time.Sleep(pause)
		left -= pause
	}
}

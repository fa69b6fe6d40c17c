package peer

import (
	"sync/atomic"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/internal/order"
)

// Two words, each in a cache line of its own and not in one that a prefetcher
// takes along.
const (
	flagOut  = 0
	flagBack = 256 / 8
)

const (
	// flagsAtOnce is how many round trips are timed together.
	flagsAtOnce = 200
	// patientPolls is how often a side looks before it lets others run.
	patientPolls = 4096
	// ended tells the other side that it is over.
	ended = ^uint64(0)
)

// await spins until the word has another value than old; false when it is over.
func (s *side) await(word *uint64, old uint64) (value uint64, ok bool) {
	for polls := 0; ; polls++ {
		if value = atomic.LoadUint64(word); value != old {
			return value, value != ended
		}
		order.Pause(1)
		if polls%patientPolls == patientPolls-1 {
			if s.ctx.Err() != nil {
				return 0, false
			}
			yield()
		}
	}
}

// flagsPing measures what a round trip between two processors costs at least: one
// process sets a word, the other sets another one when it sees that.
func (s *side) flagsPing() error {
	memory, err := sharedWords()
	if err != nil {
		return err
	}
	defer order.StoreRelease64(&memory[flagOut], ended)
	var (
		number uint64
		times  []float64
		start  time.Time
	)
	// The first trips wait for the other process to start.
	for round := 0; round < 4 || time.Since(start) < s.Time; round++ {
		began := time.Now()
		if round == 1 {
			start = began
		}
		for range flagsAtOnce {
			number++
			order.StoreRelease64(&memory[flagOut], number)
			if _, ok := s.await(&memory[flagBack], number-1); !ok {
				return s.ctx.Err()
			}
		}
		if round > 0 {
			times = append(times, float64(time.Since(began).Nanoseconds())/flagsAtOnce)
		}
	}
	return s.out.Encode(job.Result{Nanoseconds: middle(times)})
}

func (s *side) flagsPong() error {
	memory, err := sharedWords()
	if err != nil {
		return err
	}
	for number := uint64(0); ; {
		seen, ok := s.await(&memory[flagOut], number)
		if !ok {
			return s.ctx.Err()
		}
		number = seen
		order.StoreRelease64(&memory[flagBack], number)
	}
}

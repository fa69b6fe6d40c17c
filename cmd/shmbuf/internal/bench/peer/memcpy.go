package peer

import (
	"runtime"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// memcpy copies Size bytes from one place to another, again and again, and answers
// how fast the fastest repetition was. A repetition is long enough for the clock.
func (s *side) memcpy() error {
	from, to := make([]byte, s.Size), make([]byte, s.Size)
	for i := range from {
		from[i], to[i] = byte(i), 1
	}
	copies := max(1, 256<<10/s.Size)
	best := time.Duration(1<<63 - 1)
	for start := time.Now(); time.Since(start) < s.Time && s.ctx.Err() == nil; {
		began := time.Now()
		for range copies {
			copy(to, from)
		}
		best = min(best, time.Since(began))
	}
	runtime.KeepAlive(to)
	return s.out.Encode(job.Result{BytesPerSecond: float64(copies*s.Size) / best.Seconds()})
}

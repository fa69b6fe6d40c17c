package ring

import (
	"sync/atomic"

	"github.com/shmbuf/shmbuf/internal/order"
)

// Spin looks up to n times, with a PAUSE between, whether records have come, until
// *stop is not 0. It returns how often it looked in vain; n: nothing has come.
func (c *consumer) Spin(n int, stop *uint32) int {
	for i := range n {
		if p := c.page.Position.Load(); p != c.ahead { // a hint: refresh validates it
			c.gatherRun(i, p)
			return i
		}
		if atomic.LoadUint32(stop) != 0 {
			return i
		}
		order.Pause(1)
	}
	c.gather.dense = 0
	return n
}

// gather is what a consumer remembers to let the records of a dense stream build up
// to a run. A consumer that is faster than its producer takes every record out of a
// cache line that the producer is still writing to, and each costs both sides
// misses; some kilobytes behind, both are several times faster.
type gather struct {
	enough uint64 // a run worth taking, in position units
	dense  uint32 // looks in a row that found records at once
	hold   uint32 // looks until gathering may be tried again
	vain   uint32 // by how much hold grows
}

const (
	gatherBytes = 32768 // a run of that many bytes is enough
	// PAUSEs before the first and the last look for more, doubling in between: a look
	// costs the producer a miss.
	gatherFirst = 8
	gatherLast  = 128
	denseLooks  = 4
	holdMost    = 4096
	// prefetchAhead is how many bytes before its use a line is asked for, when the
	// consumer is that far behind.
	prefetchAhead = 512
)

// gatherRun waits for more records when look number i has found position p. It does
// so only when the last looks have found records at once, and only while more come
// from one look to the next, so that a lone record, as in a round trip, is not kept.
func (c *consumer) gatherRun(i int, p uint64) {
	g := &c.gather
	if i > 1 {
		g.dense = 0
		return
	}
	if g.hold > 0 {
		g.hold--
		return
	}
	if g.dense < denseLooks {
		g.dense++
		return
	}
	grew := false
	for step := uint32(gatherFirst); step <= gatherLast && p-c.ahead < g.enough; step *= 2 {
		order.Pause(step)
		q := c.page.Position.Load()
		if q == p {
			break
		}
		p, grew = q, true
	}
	if grew {
		g.vain = 0
		return
	}
	g.vain = min(2*g.vain+denseLooks, holdMost)
	g.hold, g.dense = g.vain, 0
}

// Spin looks up to n times, with a PAUSE between, whether there is more room, until
// *stop is not 0. It returns how often it looked in vain; n: there is not.
func (gs *gates) Spin(n int, stop *uint32) int {
	for i := range n {
		for j := range gs.list {
			if gs.list[j].slot.Gate.Load() != gs.list[j].seen {
				return i
			}
		}
		if atomic.LoadUint32(stop) != 0 {
			return i
		}
		order.Pause(1)
	}
	return n
}

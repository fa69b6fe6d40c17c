package ring

import (
	"sync/atomic"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/order"
)

// cacheLine is the size of the processor's cache lines, mostly.
const cacheLine = 64

// Spin looks up to n times, with a PAUSE between, whether records have come, until
// *stop is not 0. It returns how often it looked in vain; n: nothing has come. With records
// at hand it does nothing.
//
// The first two lines of the record that is awaited are fetched along with the position,
// so that the misses overlap.
func (c *consumer) Spin(n int, stop *uint32) int {
	if c.ahead != c.published {
		return 0
	}
	at := c.ahead & (c.lap - 1) * c.unit
	awaited, second := unsafe.Add(c.ring, at), unsafe.Add(c.ring, min(at+cacheLine, c.lap*c.unit-1))
	for i := range n {
		order.Prefetch(awaited, second)
		if p := c.page.Position.Load(); p != c.ahead { // pairs with the producer's publication
			c.accept(p) // if p is not possible, refresh will say so
			return i
		}
		if i == 0 {
			c.Settle() // the ring is empty
		}
		if atomic.LoadUint32(stop) != 0 {
			return i
		}
		order.Pause(1)
	}
	return n
}

// SpinDense is Spin for one who takes copies of all there is, and may let the records of
// a dense stream build up to runs.
func (r *Reader) SpinDense(n int, stop *uint32) int {
	if r.ahead != r.published {
		return 0
	}
	r.gather.pause()
	i := r.Spin(n, stop)
	if i == 0 {
		r.gather.found(r.published - r.ahead)
	} else if i >= sparseLooks {
		r.gather.sparse()
	}
	return i
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

package ring

import (
	"sync/atomic"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/order"
)

// Spin looks up to n times, with a PAUSE between, whether records have come, until
// *stop is not 0. It returns how often it looked in vain; n: nothing has come.
//
// The line of the record that is awaited is fetched along with the position, so that
// the two misses overlap.
func (c *consumer) Spin(n int, stop *uint32) int {
	c.gather.pause()
	awaited := unsafe.Add(c.ring, c.ahead&(c.lap-1)*c.unit)
	for i := range n {
		order.Prefetch(awaited)
		if p := c.page.Position.Load(); p != c.ahead { // pairs with the producer's publication
			c.accept(p) // if p is not possible, refresh will say so
			if i == 0 {
				c.gather.found((p - c.ahead) * c.unit)
			} else if i >= sparseLooks {
				c.gather.sparse()
			}
			return i
		}
		if atomic.LoadUint32(stop) != 0 {
			return i
		}
		order.Pause(1)
	}
	c.gather.sparse()
	return n
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

package order

import "sync/atomic"

// Counter is counted by one goroutine at a time and read by any.
type Counter struct {
	_ [0]atomic.Uint64 // aligns n, which 32-bit machines do not
	n uint64
}

// Add counts k more. It orders nothing; only the owner calls it.
func (c *Counter) Add(k uint64) { StoreRelaxed64(&c.n, c.n+k) }

// Load gives the count. Any goroutine may ask.
func (c *Counter) Load() uint64 { return atomic.LoadUint64(&c.n) }

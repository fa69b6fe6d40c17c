package layout

import (
	"math/bits"
	"sync/atomic"

	"github.com/shmbuf/shmbuf/internal/order"
)

// U64 is a little-endian word in shared memory.
type U64 struct{ v uint64 }

// U32 is a little-endian word in shared memory.
type U32 struct{ v uint32 }

// LE64 converts between the machine's order and the segment's.
func LE64(v uint64) uint64 {
	if order.BigEndian {
		return bits.ReverseBytes64(v)
	}
	return v
}

// LE32 converts between the machine's order and the segment's.
func LE32(v uint32) uint32 {
	if order.BigEndian {
		return bits.ReverseBytes32(v)
	}
	return v
}

// Load reads the word with acquire order.
func (w *U64) Load() uint64 { return LE64(atomic.LoadUint64(&w.v)) }

// Publish stores with release order: pairs with the Load of the other side.
func (w *U64) Publish(v uint64) { order.StoreRelease64(&w.v, LE64(v)) }

// PublishFenced stores with release order, then fences: no later load moves
// before the store.
func (w *U64) PublishFenced(v uint64) { atomic.StoreUint64(&w.v, LE64(v)) }

// Set stores in one piece without ordering. Only the word's writer calls it.
func (w *U64) Set(v uint64) { order.StoreRelaxed64(&w.v, LE64(v)) }

// Load reads the word with acquire order.
func (w *U32) Load() uint32 { return LE32(atomic.LoadUint32(&w.v)) }

// Publish stores with release order: pairs with the Load of the other side.
func (w *U32) Publish(v uint32) { order.StoreRelease32(&w.v, LE32(v)) }

// PublishFenced stores with release order, then fences: no later load moves
// before the store.
func (w *U32) PublishFenced(v uint32) { atomic.StoreUint32(&w.v, LE32(v)) }

// Set stores in one piece without ordering. Only the word's writer calls it.
func (w *U32) Set(v uint32) { order.StoreRelaxed32(&w.v, LE32(v)) }

// Exchange stores v and returns what was there, as a full fence.
func (w *U32) Exchange(v uint32) uint32 { return LE32(atomic.SwapUint32(&w.v, LE32(v))) }

// Raw is the word as the kernel's futex call sees it.
func (w *U32) Raw() *uint32 { return &w.v }

package shmipc

import "github.com/shmbuf/shmbuf/bench/go/internal/work"

const (
	prefix     = 4        // before every message
	smallSlice = 64 << 10 // holds many small messages, which one flush sends
	slices     = 16       // at least, in all
	leastTotal = 4 << 20  // the library wants more than 1 MiB
	overhead   = 64       // of the library for a slice, and rounding
)

// memory is how the shared memory is cut up.
type memory struct {
	slice    uint32 // bytes that one holds
	capacity uint32 // of all
	window   uint64 // slices that one direction may have in use
}

// memoryFor messages of this size: as much as the ring would be, or room for a
// few messages. A multiple of the page, for slices that start like pages.
func memoryFor(a *work.Args) memory {
	slice := max(a.Size+prefix, smallSlice)
	total := max(a.Ring, leastTotal, slices*(slice+overhead))
	return memory{
		slice:    uint32((slice + 7) &^ 7),
		capacity: uint32(min(total, 1<<31)),
		window:   min(total, 1<<31) / (slice + overhead) / 2, // the other half for answers
	}
}

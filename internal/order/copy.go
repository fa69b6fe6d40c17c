package order

import "unsafe"

// Copy copies n bytes between places that do not overlap.
func Copy(to, from unsafe.Pointer, n uint64) {
	copy(unsafe.Slice((*byte)(to), n), unsafe.Slice((*byte)(from), n))
}

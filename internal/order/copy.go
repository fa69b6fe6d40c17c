package order

import "unsafe"

const (
	// mediumCopy to largeCopy is the range of copies that the Go runtime makes around
	// the caches already, where they are better off inside: what one side has written is
	// what the other reads next.
	mediumCopy = 512 << 10
	largeCopy  = 2 << 20
)

// Copy copies n bytes between places that do not overlap.
func Copy(to, from unsafe.Pointer, n uint64) {
	target, source := unsafe.Slice((*byte)(to), n), unsafe.Slice((*byte)(from), n)
	if n < largeCopy {
		for len(target) > mediumCopy {
			copy(target[:mediumCopy], source)
			target, source = target[mediumCopy:], source[mediumCopy:]
		}
	}
	copy(target, source)
}

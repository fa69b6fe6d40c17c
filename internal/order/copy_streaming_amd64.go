//go:build !race && !purego

package order

import "unsafe"

// streamingCopy is the shortest payload that is copied into the ring around the
// caches: some times the private caches of a core. Ordinary stores would first fetch
// every line they are going to overwrite, and drive out what the caches hold, the
// source of the copy among it.
const streamingCopy = largeCopy

// streamingStep is how much is copied between two chances for the scheduler to
// interrupt, which it cannot inside assembly.
const streamingStep = 1 << 20

// line is the size of a cache line.
const line = 64

// CopyIn copies n bytes into the ring.
func CopyIn(to, from unsafe.Pointer, n uint64) {
	if n < streamingCopy {
		Copy(to, from, n)
		return
	}
	head := -uint64(uintptr(to)) % line
	Copy(to, from, head)
	to, from, n = unsafe.Add(to, head), unsafe.Add(from, head), n-head
	lines := n / line
	Copy(unsafe.Add(to, lines*line), unsafe.Add(from, lines*line), n%line)
	// A load waits for an older store that has the same last 12 bits in its address.
	// Where the target lies a little ahead of the source in this respect, a copy from the
	// end to the beginning keeps out of its own way.
	down := (uintptr(to)-uintptr(from))%4096 < 2048
	for done := uint64(0); done < lines; {
		count := min(lines-done, streamingStep/line)
		if down {
			last := (lines - done - 1) * line
			streamLines(unsafe.Add(to, last), unsafe.Add(from, last), count, -line&(1<<64-1))
		} else {
			streamLines(unsafe.Add(to, done*line), unsafe.Add(from, done*line), count, line)
		}
		done += count
	}
}

// streamLines copies count lines, 1 or more, with stores that do not go through the
// caches, each line step bytes behind the one before. to is aligned to a line. Such stores obey no order: a
// fence behind them makes them visible before whatever is published next.
//
//go:noescape
func streamLines(to, from unsafe.Pointer, count, step uint64)

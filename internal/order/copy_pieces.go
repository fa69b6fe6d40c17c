//go:build (amd64 || arm64) && !race && !purego

package order

import "unsafe"

// InPieces tells whether Copy8 and Copy16 are worth their use here: the processor
// reads and writes words at any address, and nobody watches (the race detector sees
// whole copies only).
const InPieces = true

// Copy8 copies 8 bytes.
func Copy8(to, from unsafe.Pointer) { *(*uint64)(to) = *(*uint64)(from) }

// Copy16 copies 16 bytes.
func Copy16(to, from unsafe.Pointer) { *(*[2]uint64)(to) = *(*[2]uint64)(from) }

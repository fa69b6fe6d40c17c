//go:build !amd64 || race || purego

package order

import "unsafe"

// CopyIn copies n bytes into the ring.
func CopyIn(to, from unsafe.Pointer, n uint64) { Copy(to, from, n) }

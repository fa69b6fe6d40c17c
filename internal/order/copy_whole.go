//go:build !(amd64 || arm64) || race || purego

package order

import "unsafe"

// InPieces is false where short payloads are copied like long ones.
const InPieces = false

// Copy8 is not used here.
func Copy8(to, from unsafe.Pointer) { Copy(to, from, 8) }

// Copy16 is not used here.
func Copy16(to, from unsafe.Pointer) { Copy(to, from, 16) }

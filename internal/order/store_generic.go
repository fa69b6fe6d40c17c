//go:build !amd64 || race || purego

package order

import (
	"sync/atomic"
	"unsafe"
)

// StoreRelease64 stores v so that whoever load-acquires it sees every earlier
// store of this goroutine. (The race detector must see these stores, so that
// -race builds use this file everywhere.)
func StoreRelease64(p *uint64, v uint64) { atomic.StoreUint64(p, v) }

// StoreRelease32 is StoreRelease64 for 32 bits.
func StoreRelease32(p *uint32, v uint32) { atomic.StoreUint32(p, v) }

// StoreRelaxed64 stores v in one piece: a plain store could tear on 32 bits.
func StoreRelaxed64(p *uint64, v uint64) { atomic.StoreUint64(p, v) }

// StoreRelaxed32 is StoreRelaxed64 for 32 bits.
func StoreRelaxed32(p *uint32, v uint32) { atomic.StoreUint32(p, v) }

// Pause spends about n spin steps.
func Pause(n uint32) {
	for range n {
		atomic.LoadUint32(&pauseWord)
	}
}

var pauseWord uint32

// Prefetch asks for the cache lines at p and q to be fetched for reading.
func Prefetch(_, _ unsafe.Pointer) {}

//go:build amd64 && !race && !purego

package order

import "unsafe"

// StoreRelease64 stores v so that whoever load-acquires it sees every earlier
// store of this goroutine. atomic.StoreUint64 is an XCHG on amd64 and waits for
// the store buffer to drain; a MOV already is a release store there, and the
// compiler keeps the order of stores: each one depends on the memory that the one
// before it has left.
func StoreRelease64(p *uint64, v uint64) { *p = v }

// StoreRelease32 is StoreRelease64 for 32 bits.
func StoreRelease32(p *uint32, v uint32) { *p = v }

// Pause executes n PAUSE instructions, which leaves the memory pipeline and a
// sibling hyper-thread alone while spinning.
//
//go:noescape
func Pause(n uint32)

// StoreRelaxed64 stores v in one piece, without ordering anything. Only the
// owner of the word calls it.
func StoreRelaxed64(p *uint64, v uint64) { *p = v }

// StoreRelaxed32 is StoreRelaxed64 for 32 bits.
func StoreRelaxed32(p *uint32, v uint32) { *p = v }

// Prefetch asks for the cache lines at p and q to be fetched for reading.
//
//go:noescape
func Prefetch(p, q unsafe.Pointer)

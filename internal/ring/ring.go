// Package ring is the algorithm of shmbuf over plain memory: no operating
// system, no clock. It runs on a mapped segment as well as on a heap
// slice, so that vectors, fuzzing and the race detector can reach it.
//
// Each Writer and Reader is used by one goroutine at a time. Nothing here
// blocks: a call that cannot go on returns ErrWouldBlock, or, in the short ways of
// Write and Read, hands its arguments over to whoever waits.
package ring

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
)

// Conditions of the ring. The root package re-exports them.
var (
	ErrWouldBlock = errors.New("would block")
	ErrTooLarge   = errors.New("can never fit")
	ErrDamaged    = errors.New("damaged")
	ErrNothing    = errors.New("nothing reserved or peeked")
)

// damaged builds an ErrDamaged with the number that is wrong.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

// Wake wakes every waiter that sleeps on a word. The caller of this package
// supplies it: a futex call, or nothing where waiters poll.
type Wake func(word *layout.U32)

// signal is the publishing half of the wait protocol (section 3.7).
type signal struct {
	position *layout.U64 // ours; the waiting side looks at it
	word     *layout.U32 // the waiting side sets it, we exchange it with 0
	wake     Wake
	// barrier: the waiter runs membarrier, so that publishing needs no fence.
	barrier bool
	wakes   order.Counter
}

// publish stores v and wakes whoever sleeps. With barrier the load of the
// waiter's flag may move before the store; the waiter's membarrier between its
// store of the flag and its last look at the position makes that harmless.
func (s *signal) publish(v uint64) {
	if s.barrier {
		s.position.Publish(v)
	} else {
		s.position.PublishFenced(v)
	}
	if s.word.Load() != 0 {
		s.wakeNow()
	}
}

//go:noinline
func (s *signal) wakeNow() {
	if s.word.Exchange(0) != 0 {
		s.wakes.Add(1)
		s.wake(s.word)
	}
}

// Wakes is the number of wake calls made. Any goroutine may ask.
func (s *signal) Wakes() uint64 { return s.wakes.Load() }

// Record is one record in place. Payload stays valid until it is released.
type Record struct {
	Seq     uint64
	Kind    uint16
	Time    int64
	Payload []byte
}

// area is the ring's memory, addressed without bounds checks after validation.
type area struct {
	base unsafe.Pointer
	size uint64
}

func areaOf(mem []byte, g *layout.Geometry) area {
	data := mem[g.DataOffset : g.DataOffset+g.Capacity : g.DataOffset+g.Capacity]
	return area{base: unsafe.Pointer(&data[0]), size: g.Capacity}
}

// bytes is [off, off+n). The caller has checked that off+n ≤ size.
func (a area) bytes(off, n uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(a.base, off)), int(n))
}

// word is the 8-byte word at off, a multiple of 8 below size.
func (a area) word(off uint64) *layout.U64 {
	return (*layout.U64)(unsafe.Add(a.base, off))
}

// gate is the state of one gating slot as the producer sees it.
type gate struct {
	slot *layout.Slot
	seen uint64 // last validated value
}

// gates finds the consumer position that limits the producer.
type gates struct {
	list   []gate
	lowest uint64 // the smallest seen
}

func newGates(c layout.Control, g *layout.Geometry, position uint64) (gates, error) {
	gs := gates{lowest: position}
	for i := range g.Slots {
		s := c.Slot(i)
		if s.State.Load() == layout.SlotFree || s.Policy.Load() != layout.PolicyLossless {
			continue
		}
		v := s.Gate.Load()
		if position-v > g.Lap() {
			return gs, damaged("gate %d of slot %d is more than a lap behind position %d", v, i, position)
		}
		if c := s.Cursor.Load(); c-v > position-v {
			return gs, damaged("cursor %d of slot %d is outside %d…%d", c, i, v, position)
		}
		gs.list = append(gs.list, gate{s, v})
	}
	gs.recompute(position)
	return gs, nil
}

func (gs *gates) recompute(next uint64) {
	gs.lowest = next
	for _, g := range gs.list {
		if next-g.seen > next-gs.lowest {
			gs.lowest = g.seen
		}
	}
}

// refresh re-reads every gate and checks it against the published position;
// next is how far the producer has written. Each load pairs with the consumer's publication
// of its gate: what it has read before may now be overwritten.
func (gs *gates) refresh(position, next uint64) error {
	for i := range gs.list {
		g := &gs.list[i]
		v := g.slot.Gate.Load()
		if v-g.seen > position-g.seen {
			return damaged("gate %d of slot %d is outside %d…%d", v, i, g.seen, position)
		}
		g.seen = v
	}
	gs.recompute(next)
	return nil
}

// released is the exact position of the consumer that has come least far, as a hint: it
// is published later than what it stands for, and allows nothing.
func (gs *gates) released(position uint64) uint64 {
	least := position
	for i := range gs.list {
		if c := gs.list[i].slot.Cursor.Load(); position-c > position-least {
			least = c
		}
	}
	return least
}

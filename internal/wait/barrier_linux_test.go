package wait

import (
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestRegister(t *testing.T) {
	offered, _, errno := unix.Syscall(unix.SYS_MEMBARRIER, 0, 0, 0) // MEMBARRIER_CMD_QUERY
	if errno != 0 {
		offered = 0
	}
	for range 2 {
		if got, want := RegisterBarrier(), offered&membarrierRegisterGlobalExpedited != 0; got != want {
			t.Errorf("global: %v, want %v", got, want)
		}
		if got, want := RegisterPrivateBarrier(), offered&membarrierRegisterPrivateExpedited != 0; got != want {
			t.Errorf("private: %v, want %v", got, want)
		}
	}
	if RegisterPrivateBarrier() && !membarrier(membarrierPrivateExpedited) {
		t.Error("registered, but refused")
	}
}

// The publisher's side as the protocol wants it: a store and then a load, with
// nothing between them. Not inlined, and on memory that is not Go's, so that
// neither compiler nor race detector adds anything.
//
//go:noinline
func storeThenLoad(position, waiter *uint32, value uint32) uint32 {
	*position = value
	return *waiter
}

// Without the barrier both sides can read what was there before (on x86 the
// store waits in the store buffer): a lost wake-up.
func TestBarrierOrdersAnUnfencedPublisher(t *testing.T) {
	for what, test := range map[string]struct {
		register func() bool
		barrier  func()
	}{
		"global":  {RegisterBarrier, func() { Barrier() }},
		"private": {RegisterPrivateBarrier, PrivateBarrier},
	} {
		if !test.register() {
			t.Logf("%s: not offered here", what)
			continue
		}
		if lost := lostWakeUps(t, test.barrier); lost != 0 {
			t.Errorf("%s: %d lost wake-ups", what, lost)
		}
	}
}

// lostWakeUps lets both sides run freely and write down what they see of each
// other. A wake-up is lost where the waiter, after it had said j, did not see
// position i, and the publisher, after it had published i, did not see j.
func lostWakeUps(t *testing.T, barrier func()) (lost int) {
	const positions = 3_000_000
	_, mem, _ := twoMappings(t)
	position, waiter := wordAt(mem, 0), wordAt(mem, 256)
	saw := make([]uint32, positions+1) // by position: what the publisher saw of the waiter
	var ended atomic.Bool
	go func() {
		for i := uint32(1); i <= positions; i++ {
			saw[i] = storeThenLoad(position, waiter, i)
		}
		ended.Store(true) // publishes saw to the load below
	}()
	var seen []uint32 // by waiter's number, less 1: what it saw of the position
	for j := uint32(1); !ended.Load() && j < positions; j++ {
		atomic.StoreUint32(waiter, j)
		barrier()
		seen = append(seen, atomic.LoadUint32(position))
	}
	for !ended.Load() {
		time.Sleep(time.Millisecond)
	}
	for n, p := range seen {
		// Both only grow, so the first position that was not seen decides.
		if j := uint32(n + 1); p < positions && saw[p+1] < j {
			lost++
		}
	}
	return lost
}

// Package usage is what a handle and its rings share about the one goroutine that uses
// them: whether it is inside a call, whether a view is out, and what it has counted.
package usage

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/shmbuf/shmbuf/internal/order"
)

// Usage lets Close run beside a call of the goroutine that owns a handle, and
// unmap only when that call and any view it has handed out are done with.
//
// The owner writes state and then looks at closed; the closer writes closed and
// then looks at state. One of the two sees the other. Between the store and the
// load each side needs a full fence; the owner's would cost more than the rest of
// a call, so where the system has a barrier for all threads the closer fences for both.
type Usage struct {
	state  uint32 // written by the owner, read by the closer
	closed uint32 // written by the closer, read by the owner
	ended  uint32 // written by the closer when it needs the memory no more
	cheap  bool   // the closer fences for both
	// Leased: a view is out. The owner's own.
	Leased bool

	// Counters of records and bytes of payload, by the owner; any goroutine may read them.
	Records, Bytes order.Counter

	barrier func()
}

const (
	idle   = 0
	inCall = 1
	leased = 2
)

// New makes the Usage of a fresh handle. barrier orders the memory accesses of all
// threads of the process; nil where there is no such thing.
func New(barrier func()) Usage { return Usage{cheap: barrier != nil, barrier: barrier} }

func (u *Usage) set(state uint32) {
	if u.cheap {
		order.StoreRelaxed32(&u.state, state)
	} else {
		atomic.StoreUint32(&u.state, state)
	}
}

// Enter begins a call. False: the handle is closed, the memory must not be
// touched, and the caller ends with Abandon instead of Leave.
func (u *Usage) Enter() bool {
	u.set(inCall)
	return atomic.LoadUint32(&u.closed) == 0 // pairs with Close
}

// Leave ends a call: pairs with the load in Settle, behind which the closer
// takes the memory away unless a view is out.
func (u *Usage) Leave() {
	if u.Leased {
		u.set(leased)
	} else {
		u.set(idle)
	}
}

// Counted adds to the counters.
func (u *Usage) Counted(records, bytes uint64) {
	u.Records.Add(records)
	u.Bytes.Add(bytes)
}

// Abandon ends a call on a closed handle and gives up any view. True: the closer
// has left the unmapping to us.
func (u *Usage) Abandon() bool {
	u.Leased = false
	atomic.SwapUint32(&u.state, idle) // full fence: pairs with End
	return atomic.LoadUint32(&u.ended) != 0
}

// Closed tells whether Close was called. Any goroutine may ask.
func (u *Usage) Closed() bool { return atomic.LoadUint32(&u.closed) != 0 }

// Stop is the word that is not 0 once Close was called, for loops that look at it.
func (u *Usage) Stop() *uint32 { return &u.closed }

// Close marks the handle closed; false when it already was.
func (u *Usage) Close() bool {
	if !atomic.CompareAndSwapUint32(&u.closed, 0, 1) {
		return false
	}
	if u.cheap {
		u.barrier()
	}
	return true
}

// Settle waits for a call in flight to end. Later ones do not touch the memory.
func (u *Usage) Settle() {
	for spins := 0; atomic.LoadUint32(&u.state) == inCall; spins++ {
		if spins < 100 {
			runtime.Gosched()
		} else {
			time.Sleep(20 * time.Microsecond)
		}
	}
}

// End says that the closer is done with the memory. True: nobody else uses it.
func (u *Usage) End() bool {
	atomic.SwapUint32(&u.ended, 1) // full fence: pairs with Abandon
	return atomic.LoadUint32(&u.state) != leased
}

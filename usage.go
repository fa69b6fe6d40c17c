package shmbuf

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shmbuf/shmbuf/internal/order"
	"github.com/shmbuf/shmbuf/internal/wait"
)

// usage lets Close run beside a call of the goroutine that owns a handle, and
// unmap only when that call and any view it has handed out are done with.
//
// The owner writes state and then looks at closed; the closer writes closed and
// then looks at state. One of the two sees the other. Between the store and the
// load each side needs a full fence; the owner's would cost more than the rest of
// a call, so where the kernel has membarrier the closer fences for both.
type usage struct {
	state  uint32 // written by the owner, read by the closer
	closed uint32 // written by the closer, read by the owner
	ended  uint32 // written by the closer when it needs the memory no more
	cheap  bool   // the closer fences for both
	leased bool   // a view is out; the owner's own
	unmap  sync.Once
}

const (
	idle   = 0
	inCall = 1
	leased = 2
)

func newUsage() usage { return usage{cheap: wait.RegisterPrivateBarrier()} }

func (u *usage) set(state uint32) {
	if u.cheap {
		order.StoreRelaxed32(&u.state, state)
	} else {
		atomic.StoreUint32(&u.state, state)
	}
}

// enter begins a call. False: the handle is closed, the memory must not be
// touched, and the caller ends with abandon instead of leave.
func (u *usage) enter() bool {
	u.set(inCall)
	return atomic.LoadUint32(&u.closed) == 0 // pairs with close
}

// leave ends a call: pairs with the load in settle, behind which the closer
// takes the memory away unless a view is out.
func (u *usage) leave() {
	if u.leased {
		u.set(leased)
	} else {
		u.set(idle)
	}
}

// abandon ends a call on a closed handle and gives up any view. True: the closer
// has left the unmapping to us.
func (u *usage) abandon() bool {
	u.leased = false
	atomic.SwapUint32(&u.state, idle) // full fence: pairs with end
	return atomic.LoadUint32(&u.ended) != 0
}

func (u *usage) isClosed() bool { return atomic.LoadUint32(&u.closed) != 0 }

// close marks the handle closed; false when it already was.
func (u *usage) close() bool {
	if !atomic.CompareAndSwapUint32(&u.closed, 0, 1) {
		return false
	}
	if u.cheap {
		wait.PrivateBarrier()
	}
	return true
}

// settle waits for a call in flight to end. Later ones do not touch the memory.
func (u *usage) settle() {
	for spins := 0; atomic.LoadUint32(&u.state) == inCall; spins++ {
		if spins < 100 {
			runtime.Gosched()
		} else {
			time.Sleep(20 * time.Microsecond)
		}
	}
}

// end says that the closer is done with the memory. True: nobody else uses it.
func (u *usage) end() bool {
	atomic.SwapUint32(&u.ended, 1) // full fence: pairs with abandon
	return atomic.LoadUint32(&u.state) != leased
}

package shmbuf

import (
	"context"
	"os"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/wait"
)

// bareSlice bounds a sleep of a waiter without the barrier: it may be missed.
const bareSlice = time.Millisecond

// noWait stands for the context of a call that does not block.
var noWait context.Context = &struct{ context.Context }{context.Background()}

// pause is the state of one blocking call that has to wait. The caller loops:
// try, and while the ring would block, call a pause method. Nothing is touched
// before the first try fails: no clock, no context.
type pause struct {
	spins int  // classic: looks; native: spins that found something
	spun  bool // in vain
	armed bool
	naps  int
	bare  bool          // the kernel refused the barrier that we owe the other side
	end   error         // why waiting is in vain; one last try is under way
	nap   time.Duration // classic
}

// peer is what the native pause needs to know of the side it waits for.
type peer interface {
	// barrier: does the publisher leave the fence to the waiter?
	barrier() bool
	// alive: who has the other role?
	alive() (liveness, error)
	// atWork: is the other side about to bring what we wait for, without being asked?
	atWork() bool
	// spin looks up to n times whether the other side has moved, until *stop is not
	// 0, and returns how many looks were in vain; n: it has not.
	spin(n int, stop *uint32) int
}

// liveness of the other side.
type liveness int

const (
	absent liveness = iota // nobody has come, or everybody has left in order
	held                   // somebody is there
	died                   // somebody ended without leaving
)

// pauseNative waits one step on an event word (section 3.7): spin; nap while the other
// side is at work; then raise the flag, fence, and let the caller take its last look;
// then sleep.
func (h *handle) pauseNative(ctx context.Context, w *pause, p peer) error {
	if h.usage.Closed() {
		return os.ErrClosed
	}
	if w.end != nil {
		return w.end
	}
	if !w.spun {
		return h.spin(ctx, w, p)
	}
	if !w.armed {
		if w.naps < napsMost && p.atWork() {
			w.naps++
			return h.nap(ctx)
		}
		return h.arm(w, p)
	}
	w.armed = false
	return h.sleep(ctx, w, p)
}

// spin looks for a while. Where the other side moves each time but never far enough,
// the context ends the call.
func (h *handle) spin(ctx context.Context, w *pause, p peer) error {
	n := h.patience.looks()
	if n > 0 && h.patience.learn(p.spin(n, h.usage.Stop()), n) {
		if w.spins++; w.spins > 1 {
			return ctx.Err()
		}
		return nil
	}
	w.spun = true
	return nil
}

// arm says that we are going to sleep.
func (h *handle) arm(w *pause, p peer) error {
	h.waiter.PublishFenced(1) // pairs with the load in signal.publish
	w.bare = p.barrier() && !wait.Barrier()
	w.armed = true
	return nil
}

func (h *handle) sleep(ctx context.Context, w *pause, p peer) error {
	limit, alarmed := h.lookout.limit()
	if w.bare {
		limit = min(limit, bareSlice)
	}
	limit, expired := timeLeft(ctx, limit)
	if expired {
		return context.DeadlineExceeded
	}
	h.cancel.watch(ctx, h.waiter)
	// The flag is up and the context is watched: an end before that is seen here, a
	// later one clears the flag.
	if err := ctx.Err(); err != nil {
		return err
	}
	h.slept()
	start := time.Now()
	wait.Sleep(h.waiter.Raw(), layout.LE32(1), limit)
	slept := time.Since(start)
	h.patience.slept(slept)
	if !h.lookout.due() && !alarmed {
		return nil
	}
	if slept >= sleepSlice {
		h.lookout.begin(h.seg.FD(), h.wakeSelf)
	}
	return h.checkPeer(w, p)
}

// checkPeer finds out whether there is still somebody to wait for. The caller tries
// once more before the next pause reports the end: the peer may have published
// before it died.
func (h *handle) checkPeer(w *pause, p peer) error {
	alive, err := p.alive()
	if err != nil {
		return err
	}
	if alive == died && !h.awaitPeer {
		w.end = ErrPeerDied
	}
	var object pause
	err = h.checkObject(&object)
	if alive != held && object.end != nil {
		w.end = object.end // no successor can find this segment
	}
	return err
}

// checkObject finds out whether the memory is still the channel's. The caller
// tries once more before the next pause reports that it is not.
func (h *handle) checkObject(w *pause) error {
	if intact, err := h.seg.Intact(); err != nil {
		return err
	} else if !intact {
		return ErrSegmentLost
	}
	linked, err := h.seg.Linked()
	if err == nil && !linked {
		w.end = ErrRetired // no peer can find this segment
	}
	return err
}

// timeLeft is the time until the deadline of ctx, at most limit.
func timeLeft(ctx context.Context, limit time.Duration) (left time.Duration, expired bool) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return limit, false
	}
	left = time.Until(deadline)
	return min(left, limit), left <= 0
}

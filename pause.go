package shmbuf

import (
	"context"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
	"github.com/shmbuf/shmbuf/internal/wait"
)

const (
	// spinLimit bounds how long a blocking call spins before it sleeps: some tens
	// of microseconds, about what a sleep and a wake-up cost.
	spinLimit = 2000
	// sleepSlice bounds one sleep. After each the peer's role lock is looked at.
	sleepSlice = 50 * time.Millisecond
	// damageTime is how long a classic position may stay impossible.
	damageTime = time.Second
)

var spins = func() int {
	if runtime.NumCPU() == 1 {
		return 0 // the peer cannot move while we spin
	}
	return spinLimit
}()

// pause is the state of one blocking call that has to wait. The caller loops:
// try, and while the ring would block, call a pause method. Nothing is touched
// before the first try fails: no clock, no context.
type pause struct {
	spun  int
	armed bool
	end   error         // why waiting is in vain; one last try is under way
	nap   time.Duration // classic
}

// watch is what a handle remembers of the other side from call to call, so that
// many short waits find out as much as a long one.
type watch struct {
	checked  time.Time // when somebody was last looked for
	doubt    time.Time // classic: since when the peer's position is impossible
	refused  uint32    // classic: that position
	believed uint32    // classic: the last possible one
}

// due tells whether it is time to look for the other side again: after the first
// sleep in vain, then every sleepSlice.
func (w *watch) due() bool {
	now := time.Now()
	if now.Sub(w.checked) < sleepSlice {
		return false
	}
	w.checked = now
	return true
}

// stuck tells whether the same impossible position has stayed for damageTime
// without any progress.
func (w *watch) stuck(refused, believed uint32) bool {
	if w.doubt.IsZero() || w.refused != refused || w.believed != believed {
		w.doubt, w.refused, w.believed = time.Now(), refused, believed
	}
	return time.Since(w.doubt) > damageTime
}

// spin reports whether the call should just try again.
func (w *pause) spin() bool {
	if w.spun >= spins {
		return false
	}
	w.spun++
	order.Pause(1)
	return true
}

// peer is what the native pause needs to know of the side it waits for.
type peer interface {
	// barrier: does the publisher leave the fence to the waiter?
	barrier() bool
	// alive: who has the other role?
	alive() (liveness, error)
}

// liveness of the other side.
type liveness int

const (
	absent liveness = iota // nobody has come, or everybody has left in order
	held                   // somebody is there
	died                   // somebody ended without leaving
)

// pauseNative waits one step on an event word (section 3.7): spin; then raise the
// flag, fence, and let the caller take its last look; then sleep.
func (h *handle) pauseNative(ctx context.Context, w *pause, p peer) error {
	if h.usage.isClosed() {
		return os.ErrClosed
	}
	if w.end != nil {
		return w.end
	}
	if w.spin() {
		return nil
	}
	if !w.armed {
		if err := ctx.Err(); err != nil {
			return err
		}
		h.waiter.PublishFenced(1) // pairs with the load in signal.publish
		if p.barrier() {
			wait.Barrier()
		}
		w.armed = true
		return nil
	}
	w.armed = false
	limit, expired := timeLeft(ctx, sleepSlice)
	if expired {
		return context.DeadlineExceeded
	}
	h.cancel.watch(ctx, h.waiter)
	h.slept()
	wait.Sleep(h.waiter.Raw(), layout.LE32(1), limit)
	if h.watch.due() {
		return h.checkPeer(w, p)
	}
	return nil
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

// timeLeft is the time until the deadline of ctx, at most limit.
func timeLeft(ctx context.Context, limit time.Duration) (left time.Duration, expired bool) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return limit, false
	}
	left = time.Until(deadline)
	return min(left, limit), left <= 0
}

// cancellation wakes a sleeping call when its context ends. It stays registered
// from sleep to sleep, so that a call which sleeps for every record allocates
// nothing.
type cancellation struct {
	done <-chan struct{}
	stop func() bool
	word *target
}

// target is the word to wake; nil once the memory may go away.
type target struct {
	mu   sync.Mutex
	word *layout.U32
}

func (t *target) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.word != nil {
		wakeAll(t.word)
	}
}

func (c *cancellation) watch(ctx context.Context, word *layout.U32) {
	done := ctx.Done()
	if done == nil || done == c.done {
		return
	}
	c.forget()
	t := &target{word: word}
	c.done, c.word = done, t
	c.stop = context.AfterFunc(ctx, t.wake)
}

func (c *cancellation) forget() {
	if c.word == nil {
		return
	}
	c.stop()
	c.word.mu.Lock()
	c.word.word = nil
	c.word.mu.Unlock()
	*c = cancellation{}
}

// classicPeer is what the classic pause needs to know of the other side's position.
type classicPeer interface {
	Doubt() (refused uint32, doubtful bool)
	Believed() uint32
}

// pauseClassic waits one step for a peer that wakes nobody: spin, yield, then
// sleep 50 µs doubling to 1 ms.
func (h *handle) pauseClassic(ctx context.Context, w *pause, p classicPeer) error {
	if h.usage.isClosed() {
		return os.ErrClosed
	}
	if w.end != nil {
		return w.end
	}
	if w.spin() {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.nap == 0 {
		w.nap = 50 * time.Microsecond
		runtime.Gosched()
		return nil
	}
	if refused, doubtful := p.Doubt(); !doubtful {
		h.watch.doubt = time.Time{}
	} else if h.watch.stuck(refused, p.Believed()) {
		return fail("wait", h.name, ErrDamaged, "the other side's position has been %d, which is impossible, for a second; restart it", refused)
	}
	left, expired := timeLeft(ctx, w.nap)
	if expired {
		return context.DeadlineExceeded
	}
	h.slept()
	time.Sleep(left)
	w.nap = min(2*w.nap, time.Millisecond)
	if h.watch.due() {
		return h.checkObject(w)
	}
	return nil
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

package shmbuf

import (
	"context"
	"os"
	"runtime"
	"time"

	"github.com/shmbuf/shmbuf/internal/order"
)

// damageTime is how long a classic position may stay impossible.
const damageTime = time.Second

// doubt is what a handle remembers of an impossible position from call to call, so
// that many short waits find out as much as a long one.
type doubt struct {
	since    time.Time
	refused  uint32 // that position
	believed uint32 // the last possible one
}

// stuck tells whether the same impossible position has stayed for damageTime
// without any progress.
func (d *doubt) stuck(refused, believed uint32) bool {
	if d.since.IsZero() || d.refused != refused || d.believed != believed {
		d.since, d.refused, d.believed = time.Now(), refused, believed
	}
	return time.Since(d.since) > damageTime
}

// classicPeer is what the classic pause needs to know of the other side's position.
type classicPeer interface {
	Doubt() (refused uint32, doubtful bool)
	Believed() uint32
}

// pauseClassic waits one step for a peer that wakes nobody: spin, yield, then
// sleep 50 µs doubling to 1 ms.
func (h *handle) pauseClassic(ctx context.Context, w *pause, p classicPeer) error {
	if h.usage.Closed() {
		return os.ErrClosed
	}
	if w.end != nil {
		return w.end
	}
	if w.spins < spinLimit() {
		w.spins++
		order.Pause(1)
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
		h.doubt.since = time.Time{}
	} else if h.doubt.stuck(refused, p.Believed()) {
		return fail("wait", h.name, ErrDamaged, "the other side's position has been %d, which is impossible, for a second; restart it", refused)
	}
	left, expired := timeLeft(ctx, w.nap)
	if expired {
		return context.DeadlineExceeded
	}
	h.slept()
	time.Sleep(left)
	w.nap = min(2*w.nap, time.Millisecond)
	if h.lookout.due() {
		return h.checkObject(w)
	}
	return nil
}

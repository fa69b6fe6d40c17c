package shmbuf

import (
	"context"
	"fmt"
	"io"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// Record is a record in place. Payload points into the ring (but for a classic
// record that wraps) and is valid until the record is released. It must not be
// written to.
type Record = ring.Record

// Consumer receives records. One goroutine at a time uses it; Close may come from
// any goroutine.
//
// Blocking calls take a context, which is looked at only when the call has to
// wait: for records they spin some microseconds, then sleep without using the
// CPU. They end with io.EOF when the producer has closed and everything has been
// read, with ErrPeerDied when it died and everything it committed has been read
// (unless ConsumerOptions.AwaitPeer), with ErrRetired when the segment was
// replaced or removed, with the context's error, or with os.ErrClosed.
type Consumer struct {
	handle
	short     *ring.Reader // Read; = variable where there is one
	variable  *ring.Reader
	fixed     *ring.FixedReader
	classic   *ring.ClassicReader
	slot      *layout.Slot
	slotIndex uint32
	held      int    // records peeked and not released
	heldBytes uint64 // of their payloads
	heldSeq   uint64 // of the first
	keep      bool
	looks     uint // classic: how often in a row the ring was empty
}

// shorten sets the short way up.
func (c *Consumer) shorten() {
	if c.variable == nil {
		c.short = ring.OnlyLongReader((*longConsumer)(c))
		return
	}
	c.short = c.variable
	c.short.Shorten(&c.usage, (*longConsumer)(c))
}

// Stats returns the counters. Any goroutine may call it.
func (c *Consumer) Stats() Stats {
	s := c.stats()
	switch {
	case c.variable != nil:
		s.Wakes = c.variable.Wakes()
	case c.fixed != nil:
		s.Wakes = c.fixed.Wakes()
	default:
		s.GuardHits = c.classic.GuardHits()
	}
	return s
}

// barrier implements peer: a producer that publishes without a fence.
func (c *Consumer) barrier() bool {
	return c.control.Producer.Capabilities.Load()&layout.CapabilityBarrier != 0
}

// spin implements peer.
func (c *Consumer) spin(n int, stop *uint32) int {
	if c.variable != nil {
		return c.variable.Spin(n, stop)
	}
	return c.fixed.Spin(n, stop)
}

// atWork implements peer: how a producer works shows in the position alone.
func (c *Consumer) atWork() bool { return false }

// alive implements peer: died when the producer ended without closing.
func (c *Consumer) alive() (liveness, error) {
	if c.control.Producer.State.Load() != layout.ProducerActive {
		return held, nil // the end of the stream says more than we could
	}
	if locked, err := c.seg.Locked(producerRole); err != nil || locked {
		return held, err
	}
	return died, nil
}

// empty says why there is no record: ErrWouldBlock, io.EOF, ErrRetired; nil when
// one came in the meantime.
func (c *Consumer) empty() error {
	if c.classic != nil {
		return c.emptyClassic()
	}
	state := c.control.Producer.State.Load() // pairs with the store in endStream and retire
	if state < layout.ProducerClosed {
		return ErrWouldBlock
	}
	var seen uint64
	if c.variable != nil {
		seen = c.variable.Published()
	} else {
		seen = c.fixed.Published()
	}
	if c.control.Producer.Position.Load() != seen {
		return nil
	}
	switch state {
	case layout.ProducerClosed:
		return io.EOF
	case layout.ProducerRetired:
		return ErrRetired
	}
	return fmt.Errorf("%w: producer state %d; 0 to 3 are known", ErrDamaged, state)
}

// emptyClassic finds out whether the object was replaced: nothing more comes then.
// It asks the kernel (0.5 µs) the first, second, fourth … and every 64th time.
func (c *Consumer) emptyClassic() error {
	c.looks++
	if c.looks&(c.looks-1) != 0 && c.looks%64 != 0 {
		return ErrWouldBlock
	}
	linked, err := c.seg.Linked()
	switch {
	case err != nil:
		return err
	case linked:
		return ErrWouldBlock
	case c.classic.Readable() != 0:
		return nil
	}
	return ErrRetired
}

// pause waits one step for records.
func (c *Consumer) pause(ctx context.Context, w *pause) error {
	if !c.usage.Enter() {
		return c.refuse("read")
	}
	var err error
	if c.classic != nil {
		err = c.pauseClassic(ctx, w, c.classic)
	} else {
		err = c.pauseNative(ctx, w, c)
	}
	c.usage.Leave()
	return err
}

// Close leaves the channel: a later consumer goes on with the first record that
// has not been released. When the producer has closed and everything has been
// read, the channel is removed (unless Options.Keep or ConsumerOptions.Keep). Close wakes a
// blocked call, which returns os.ErrClosed. Payloads of records that are out stay
// valid until the next call on this handle. A second Close returns os.ErrClosed.
func (c *Consumer) Close() error {
	if err := c.beginClose(); err != nil {
		return err
	}
	if c.classic != nil {
		return c.endClose(c.seg.Unlock(classicConsumerRole))
	}
	return c.endClose(c.detach())
}

// detach publishes what has been released, frees the slot and removes the channel
// if that was all of it.
func (c *Consumer) detach() error {
	if c.variable != nil {
		c.variable.Settle()
	} else {
		c.fixed.Settle()
	}
	c.slot.State.PublishFenced(layout.SlotDetached) // pairs with the load in done
	wakeAll(&c.control.Event.SpaceWaiter)
	if err := c.seg.Unlock(slotRole(c.slotIndex)); err != nil {
		return err
	}
	if c.keep {
		return nil
	}
	return c.removeWhenDone()
}

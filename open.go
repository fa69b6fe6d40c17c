package shmbuf

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// errNotReady: the object exists, but its creator has not filled it in yet.
var errNotReady = errors.New("not ready")

// Open attaches a consumer to the channel name, whichever layout it has. opts
// may be nil. It resumes where the last consumer of the slot stopped, at the
// first record when there was none.
//
// Open does not wait for the channel: fs.ErrNotExist when there is none (see
// OpenWait). A live consumer on the slot makes it fail with ErrBusy. Other
// conditions: ErrInvalid, ErrNotChannel, ErrVersion, ErrDamaged,
// fs.ErrPermission. The result is used by one goroutine at a time.
func Open(name string, opts *ConsumerOptions) (*Consumer, error) {
	c, err := open(name, opts)
	if errors.Is(err, errNotReady) {
		err = notReadyYet(name)
	}
	return c, explain("open", name, err)
}

func notReadyYet(name string) error {
	return fail("open", name, ErrNotChannel, "the object under this name has not been initialised by any producer; start the producer, wait for it with OpenWait, or remove the object")
}

// OpenWait is Open for a consumer that may start before its producer: it waits
// until the channel exists or ctx ends.
func OpenWait(ctx context.Context, name string, opts *ConsumerOptions) (*Consumer, error) {
	for nap := time.Millisecond; ; nap = min(2*nap, 10*time.Millisecond) {
		c, err := open(name, opts)
		unready := errors.Is(err, errNotReady)
		if !unready && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errAgain) {
			return c, explain("open", name, err)
		}
		timer := time.NewTimer(nap)
		select {
		case <-timer.C:
			continue
		case <-ctx.Done():
			timer.Stop()
		}
		if unready {
			return nil, notReadyYet(name)
		}
		return nil, fail("open", name, ctx.Err(), "no producer has created the channel in the time allowed (%v); start it, or wait longer", ctx.Err())
	}
}

func open(name string, opts *ConsumerOptions) (*Consumer, error) {
	var o ConsumerOptions
	if opts != nil {
		o = *opts
	}
	if err := segment.CheckName(name); err != nil {
		return nil, refuseArgument("open", name, err)
	}
	for range attempts {
		c, err := attach(name, &o)
		if !errors.Is(err, errAgain) {
			return c, err
		}
		time.Sleep(time.Millisecond)
	}
	return nil, errAgain
}

// attach tries once. errAgain: the object lost its name meanwhile.
func attach(name string, o *ConsumerOptions) (c *Consumer, err error) {
	seg, err := segment.Open(name, false)
	if err != nil {
		return nil, openProblem("open", name, err)
	}
	defer func() {
		if c == nil {
			_ = seg.Close()
		}
	}()
	id, g, err := identify("open", seg)
	switch {
	case err != nil:
		return nil, err
	case id == layout.NotReady:
		return nil, errNotReady
	case id == layout.Classic:
		return attachClassic(seg, o)
	case o.Slot >= g.Slots:
		return nil, fail("open", name, ErrInvalid, "slot %d; the channel was created with %d (Options.Slots)", o.Slot, g.Slots)
	case o.Slot != 0:
		return nil, fail("open", name, ErrInvalid, "slot %d; this version has consumers on slot 0 only", o.Slot)
	}
	return attachNative(seg, o, g)
}

func attachNative(seg *segment.Segment, o *ConsumerOptions, g *layout.Geometry) (*Consumer, error) {
	ctl := layout.ControlOf(seg.Bytes())
	slot := ctl.Slot(o.Slot)
	if ok, err := seg.TryLock(slotRole(o.Slot)); err != nil {
		return nil, err
	} else if !ok {
		return nil, fail("open", seg.Name(), ErrBusy, "a live consumer (pid %d) holds slot %d; stop it first", slot.PID.Load(), o.Slot)
	}
	if linked, err := seg.Linked(); err != nil || !linked {
		return nil, again(err)
	}
	if ctl.Producer.State.Load() == layout.ProducerRetired {
		return nil, errAgain // about to be unlinked
	}
	bits, barrier := capabilities()
	// Before any gate is published: pairs with the load in Producer.barrier.
	slot.Capabilities.PublishFenced(bits)
	c := &Consumer{handle: handle{
		name: seg.Name(), seg: seg, control: ctl, geometry: g, capacity: g.Capacity, maxRecord: g.MaxRecord(),
		awaitPeer: o.AwaitPeer, usage: newUsage(), sharedSleep: &slot.Sleeps, waiter: &ctl.Event.DataWaiters,
	}, slot: slot, slotIndex: o.Slot, keep: o.Keep}
	var err error
	if g.Format == layout.FormatFixed {
		c.fixed, err = ring.NewFixedReader(seg.Bytes(), g, o.Slot, barrier, wake)
	} else {
		c.variable, err = ring.NewReader(seg.Bytes(), g, o.Slot, barrier, wake)
	}
	if err != nil {
		return nil, err
	}
	c.shorten()
	slot.PID.Set(processID())
	slot.Language.Set(layout.LanguageGo)
	slot.Attached.Set(uint64(time.Now().UnixNano()))
	slot.Epoch.Publish(slot.Epoch.Load() + 1)
	slot.State.Publish(layout.SlotAttached) // pairs with the load in Producer.alive
	// Whatever the word says: a predecessor killed between clearing it and its wake
	// call leaves the producer asleep.
	wakeAll(&ctl.Event.SpaceWaiter)
	return c, nil
}

func attachClassic(seg *segment.Segment, o *ConsumerOptions) (*Consumer, error) {
	if o.Slot != 0 {
		return nil, fail("open", seg.Name(), ErrInvalid, "slot %d; a classic channel has one consumer, slot 0", o.Slot)
	}
	if ok, err := seg.TryLock(classicConsumerRole); err != nil {
		return nil, err
	} else if !ok {
		return nil, fail("open", seg.Name(), ErrBusy, "a live consumer holds the channel; stop it first")
	}
	if linked, err := seg.Linked(); err != nil || !linked {
		return nil, again(err)
	}
	capacity := layout.ClassicHeaderOf(seg.Bytes()).Capacity.Load()
	if capacity == 0 || capacity&(capacity-1) != 0 || uint64(capacity)+layout.ClassicHeaderSize > seg.Size() {
		return nil, errNotReady // changed since it was identified
	}
	r, err := ring.NewClassicReader(seg.Bytes(), capacity)
	for try := 0; err != nil; try++ {
		if try == attempts {
			h := layout.ClassicHeaderOf(seg.Bytes())
			return nil, fmt.Errorf("%w: head %d and tail %d cannot both be true with a capacity of %d", ErrDamaged, h.Head.Load(), h.Tail.Load(), capacity)
		}
		time.Sleep(time.Millisecond) // a peer may be storing one of them
		r, err = ring.NewClassicReader(seg.Bytes(), capacity)
	}
	c := &Consumer{handle: handle{
		name: seg.Name(), layout: Classic, seg: seg, capacity: uint64(capacity), maxRecord: r.MaxRecord(),
		awaitPeer: o.AwaitPeer, usage: newUsage(),
	}, classic: r}
	c.shorten()
	return c, nil
}

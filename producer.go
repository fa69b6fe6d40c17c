package shmbuf

import (
	"errors"
	"io/fs"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// Producer sends records. One goroutine at a time uses it; Close may come from
// any goroutine.
//
// Blocking calls take a context, which is looked at only when the call has to
// wait: for room they spin some microseconds, then sleep without using the CPU.
// They end with the context's error, with ErrPeerDied when the consumer died
// (unless Options.AwaitPeer), or with os.ErrClosed. A channel whose consumer has
// not come yet, or has left in order, is waited for.
type Producer struct {
	handle
	short     *ring.Writer // Write; = variable where there is one
	variable  *ring.Writer
	fixed     *ring.FixedWriter
	classic   *ring.ClassicWriter
	times     bool
	pace      pace // of the consumer
	discarded uint64
}

// newProducer takes over a native segment whose producer role is held.
func newProducer(seg *segment.Segment, o *Options, g *layout.Geometry) (*Producer, error) {
	c := layout.ControlOf(seg.Bytes())
	p := &Producer{handle: handle{
		name: seg.Name(), seg: seg, control: c, geometry: g, capacity: g.Capacity, maxRecord: g.MaxRecord(),
		awaitPeer: o.AwaitPeer, logger: o.logger(), usage: newUsage(), sharedSleep: &c.Producer.Sleeps,
		waiter: &c.Event.SpaceWaiter,
	}, times: g.Times()}
	bits, barrier := capabilities()
	var err error
	if g.Format == layout.FormatFixed {
		p.fixed, err = ring.NewFixedWriter(seg.Bytes(), g, barrier, wake)
	} else {
		p.variable, err = ring.NewWriter(seg.Bytes(), g, barrier, wake)
	}
	if err != nil {
		return nil, err
	}
	p.shorten()
	page := c.Producer
	// Before anything is published: pairs with the waiter's load in barrier().
	page.Capabilities.PublishFenced(bits)
	page.PID.Set(processID())
	page.Language.Set(layout.LanguageGo)
	page.Attached.Set(uint64(time.Now().UnixNano()))
	page.Epoch.Publish(page.Epoch.Load() + 1)
	page.State.PublishFenced(layout.ProducerActive) // pairs with the load in Consumer.empty
	wakeAll(&c.Event.DataWaiters)
	return p, nil
}

func newClassicProducer(seg *segment.Segment, o *Options, capacity uint32) *Producer {
	w := ring.NewClassicWriter(seg.Bytes(), capacity)
	p := &Producer{handle: handle{
		name: seg.Name(), layout: Classic, seg: seg, capacity: uint64(capacity), maxRecord: w.MaxRecord(),
		awaitPeer: o.AwaitPeer, logger: o.logger(), usage: newUsage(),
	}, classic: w}
	p.shorten()
	return p
}

// shorten sets the short way up.
func (p *Producer) shorten() {
	if p.variable == nil {
		p.short = ring.OnlyLongWriter((*longProducer)(p))
		return
	}
	p.short = p.variable
	p.short.Shorten(&p.usage, (*longProducer)(p))
}

// Stats returns the counters. Any goroutine may call it.
func (p *Producer) Stats() Stats {
	s := p.stats()
	s.Discarded = p.discarded
	switch {
	case p.variable != nil:
		s.Wakes = p.variable.Wakes()
	case p.fixed != nil:
		s.Wakes = p.fixed.Wakes()
	default:
		s.GuardHits = p.classic.GuardHits()
	}
	return s
}

// barrier implements peer: consumers that publish gates without a fence. The state of
// a slot does not matter: a consumer sets it later than its first gate.
func (p *Producer) barrier() bool {
	for i := range p.geometry.Slots {
		if p.control.Slot(i).Capabilities.Load()&layout.CapabilityBarrier != 0 {
			return true
		}
	}
	return false
}

// spin implements peer.
func (p *Producer) spin(n int, stop *uint32) int {
	if p.variable != nil {
		return p.variable.Spin(n, stop)
	}
	return p.fixed.Spin(n, stop)
}

// atWork implements peer.
func (p *Producer) atWork() bool {
	if p.variable != nil {
		return p.pace.atWork(time.Now(), p.variable.Released(), p.geometry.Lap())
	}
	return p.pace.atWork(time.Now(), p.fixed.Released(), p.geometry.Lap())
}

// alive implements peer: died when a consumer that gates ended without leaving.
func (p *Producer) alive() (liveness, error) {
	state := absent
	for i := range p.geometry.Slots {
		s := p.control.Slot(i)
		if s.Policy.Load() != layout.PolicyLossless || s.State.Load() != layout.SlotAttached {
			continue
		}
		state = held
		if locked, err := p.seg.Locked(slotRole(i)); err != nil || !locked {
			return died, err
		}
	}
	return state, nil
}

// Close ends the stream: consumers read what is left and then get io.EOF. The
// channel is removed when all of it has been read and its consumers have left
// (unless Options.Keep). A reservation that is out is given up; its bytes stay
// valid until the next call on this handle. Close wakes a blocked call, which
// returns os.ErrClosed. A second Close returns os.ErrClosed.
func (p *Producer) Close() error {
	if err := p.beginClose(); err != nil {
		return err
	}
	if p.classic != nil {
		return p.endClose(p.seg.Unlock(classicProducerRole))
	}
	return p.endClose(p.endStream())
}

func (p *Producer) endStream() error {
	page := p.control.Producer
	wakes := uint64(0)
	if p.variable != nil {
		wakes = p.variable.Wakes()
	} else {
		wakes = p.fixed.Wakes()
	}
	page.Wakes.Set(page.Wakes.Load() + wakes)
	page.State.PublishFenced(layout.ProducerClosed) // pairs with the load in Consumer.empty
	wakeAll(&p.control.Event.DataWaiters)
	// Unlocked first: of two sides that close at the same moment, the one that
	// looks last sees the other's state and can take the role to remove.
	if err := p.seg.Unlock(producerRole); err != nil {
		return err
	}
	return p.removeWhenDone()
}

// removeWhenDone removes a channel that has been closed, drained and left by
// all. Both sides call it when they have closed.
func (h *handle) removeWhenDone() error {
	if h.geometry.Keep() || !h.done() {
		return nil
	}
	// Keeps a new producer from taking over while the name goes away. When
	// somebody holds the role, it goes on with the channel or removes it itself.
	if ok, err := h.seg.TryLock(producerRole); err != nil || !ok {
		return err
	}
	if !h.done() {
		return h.seg.Unlock(producerRole)
	}
	retire(h.control)
	err := h.seg.Unlink()
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, h.seg.Unlock(producerRole))
}

// done tells whether the stream has ended and every consumer has left after
// reading all of it. A slot whose consumer has never come is not done.
func (h *handle) done() bool {
	if h.control.Producer.State.Load() != layout.ProducerClosed {
		return false
	}
	position := h.control.Producer.Position.Load()
	for i := range h.geometry.Slots {
		s := h.control.Slot(i)
		state := s.State.Load() // pairs with the store in Consumer.detach
		if state == layout.SlotFree {
			continue
		}
		if state != layout.SlotDetached || s.Policy.Load() == layout.PolicyLossless && s.Cursor.Load() != position {
			return false
		}
	}
	return true
}

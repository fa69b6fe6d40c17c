package shmbuf

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// errAgain: the object changed under us; start over.
var errAgain = fmt.Errorf("the channel keeps being replaced: %w", ErrRetired)

// attempts to create or open while others replace the channel.
const attempts = 100

// Create makes the channel name and takes its producer role. opts may be nil.
//
// Where a channel of this name and geometry exists and its producer is gone,
// Create continues it: consumers that are attached go on with the next record.
// Where the geometry differs, the old segment is retired and replaced. A live
// producer makes Create fail with ErrBusy, a taken name with Options.Exclusive
// with fs.ErrExist; memory is reserved at once (ErrNoSpace). Other conditions:
// ErrInvalid, ErrNotChannel, ErrVersion, ErrDamaged, fs.ErrPermission.
//
// Create does not block. The result is used by one goroutine at a time.
func Create(name string, opts *Options) (*Producer, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	p, err := create(name, &o)
	return p, explain("create", name, err)
}

func create(name string, o *Options) (*Producer, error) {
	if err := segment.CheckName(name); err != nil {
		return nil, refuseArgument("create", name, err)
	}
	build, adopt := createNative, adoptNative
	var g *layout.Geometry
	var err error
	switch o.Layout {
	case Native:
		g, err = o.geometry()
	case Classic:
		build, adopt = createClassic, replaceClassic
		_, _, err = o.classicCapacity()
	default:
		return nil, fail("create", name, ErrInvalid, "layout %d; use Native or Classic", o.Layout)
	}
	if err != nil {
		return nil, refuseArgument("create", name, err)
	}
	var discarded uint64
	for range attempts {
		p, lost, err := adopt(name, o, g)
		discarded += lost
		if errors.Is(err, fs.ErrNotExist) {
			p, err = build(name, o, g)
			if errors.Is(err, fs.ErrExist) && !o.Exclusive {
				continue // another creator was faster: look at what it made
			}
		}
		if errors.Is(err, errAgain) {
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			return nil, err
		}
		p.discarded = discarded
		return p, nil
	}
	return nil, fail("create", name, ErrBusy, "the channel has been closed, but its producer role is still held, or others keep replacing it; let the old producer end, or use another name")
}

// createNative builds a segment without a name, takes its producer role, and only
// then gives it the name, so that nobody ever sees it half made or unheld.
func createNative(name string, o *Options, g *layout.Geometry) (*Producer, error) {
	mode, exact := o.Mode, true
	if mode == 0 {
		mode = 0o600
	}
	reserved := g.SegmentSize
	if o.Lazy {
		reserved = g.DataOffset
	}
	seg, err := segment.NewLazy(name, g.SegmentSize, reserved, mode, exact)
	if err != nil {
		return nil, err
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	fresh := *g
	fresh.SegmentID = binary.LittleEndian.Uint64(id[:])
	fresh.Created = time.Now().UnixNano()
	mem := seg.Bytes()
	initialise(mem, &fresh)
	p, err := lockAndAttach(seg, o, &fresh)
	if err != nil {
		_ = seg.Close()
		return nil, err
	}
	if err := seg.Publish(); err != nil {
		_ = seg.Close()
		return nil, err
	}
	return p, nil
}

// initialise fills the control area of a fresh segment, all of it zero before.
func initialise(mem []byte, g *layout.Geometry) {
	g.Encode(mem[:layout.ProducerOffset])
	c := layout.ControlOf(mem)
	c.Producer.Position.Set(g.StartPosition)
	c.Producer.Frontier.Set(g.StartPosition)
	for i := range c.Producer.Journal {
		c.Producer.Journal[i].End.Set(g.StartPosition)
	}
	s := c.Slot(0) // lossless from the start: nothing is lost before the consumer comes
	s.Gate.Set(g.StartPosition)
	s.Cursor.Set(g.StartPosition)
	s.State.Set(layout.SlotJoined)
	// Last: pairs with the load of the first bytes in identify.
	layout.MagicOf(mem).Publish(layout.Magic)
}

// lockAndAttach takes the producer role of a mapped native segment.
func lockAndAttach(seg *segment.Segment, o *Options, g *layout.Geometry) (*Producer, error) {
	ok, err := seg.TryLock(producerRole)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, producerBusy(seg)
	}
	return newProducer(seg, o, g)
}

func producerBusy(seg *segment.Segment) error {
	page := layout.ControlOf(seg.Bytes()).Producer
	if page.State.Load() != layout.ProducerActive {
		return errAgain // somebody holds the role to remove the channel
	}
	pid := page.PID.Load()
	return fail("create", seg.Name(), ErrBusy, "a live producer (pid %d) holds the channel; stop it or use another name", pid)
}

// adoptNative looks at the object that has the name: it continues a segment
// that fits, and retires one that does not (then the error is fs.ErrNotExist, and
// lost the number of records nobody is left to read).
func adoptNative(name string, o *Options, want *layout.Geometry) (p *Producer, lost uint64, err error) {
	seg, err := segment.Open(name, false)
	if err != nil {
		return nil, 0, openProblem("create", name, err)
	}
	defer func() {
		if p == nil {
			_ = seg.Close()
		}
	}()
	id, g, err := identify("create", seg)
	switch {
	case err != nil:
		return nil, 0, err
	case id == layout.Classic:
		return nil, 0, fail("create", name, fs.ErrExist, "a classic channel has this name; remove it with shmbuf rm %s, or create with the classic layout", name)
	case id == layout.NotReady:
		return nil, 0, notChannel("create", name, seg.Size())
	case o.Exclusive:
		return nil, 0, fail("create", name, fs.ErrExist, "a channel of this name exists; use another name, remove it, or do not ask for exclusive creation")
	}
	if ok, err := seg.TryLock(producerRole); err != nil {
		return nil, 0, err
	} else if !ok {
		return nil, 0, producerBusy(seg)
	}
	if linked, err := seg.Linked(); err != nil || !linked {
		return nil, 0, again(err)
	}
	c := layout.ControlOf(seg.Bytes())
	if c.Producer.State.Load() != layout.ProducerRetired && g.Fits(want) {
		p, err = newProducer(seg, o, g)
		return p, 0, err
	}
	lost = unreadRecords(seg, c, g)
	retire(c)
	if err := seg.Unlink(); err != nil {
		return nil, 0, err
	}
	return nil, lost, fs.ErrNotExist
}

// again turns "the object is gone" into another attempt.
func again(err error) error {
	if err != nil {
		return err
	}
	return errAgain
}

// retire tells everybody attached that this segment is at its end.
func retire(c layout.Control) {
	c.Producer.State.PublishFenced(layout.ProducerRetired) // pairs with the load in Consumer.empty
	wakeAll(&c.Event.DataWaiters)
}

// unreadRecords counts what is lost with a segment: the records nobody is
// attached to read.
func unreadRecords(seg *segment.Segment, c layout.Control, g *layout.Geometry) uint64 {
	if held, err := seg.Locked(slotRole(0)); err != nil || held {
		return 0
	}
	return unread(c, g, c.Slot(0))
}

// unread is the number of published records that the consumer of s has not
// released. The fields are another process's: the result is for people.
func unread(c layout.Control, g *layout.Geometry, s *layout.Slot) uint64 {
	count, ok := publishedCount(c, g)
	seq := s.Sequence.Load()
	if !ok || seq > count {
		return 0
	}
	return count - seq
}

// publishedCount is the number of records published in the segment's life.
func publishedCount(c layout.Control, g *layout.Geometry) (uint64, bool) {
	for range 100 {
		pos := c.Producer.Position.Load()
		if g.Format == layout.FormatFixed {
			return pos - g.StartPosition, true
		}
		if count, ok := c.Producer.CountAt(pos); ok {
			return count, true
		}
	}
	return 0, false
}

// createClassic builds a classic object of request+16 bytes and gives it the name.
func createClassic(name string, o *Options, _ *layout.Geometry) (*Producer, error) {
	request, capacity, _ := o.classicCapacity() // checked by create
	mode, exact := o.Mode, true
	if mode == 0 {
		mode, exact = 0o666, false
	}
	seg, err := segment.New(name, request+layout.ClassicHeaderSize, mode, exact)
	if err != nil {
		return nil, err
	}
	h := layout.ClassicHeaderOf(seg.Bytes())
	h.Head.Set(uint32(o.StartPosition))
	h.Tail.Set(uint32(o.StartPosition))
	h.Capacity.Publish(uint32(capacity)) // pairs with the consumer's check for 0
	ok, err := seg.TryLock(classicProducerRole)
	if err == nil && !ok {
		err = fail("create", name, ErrBusy, "a live producer holds the channel; stop it or use another name")
	}
	if err == nil {
		err = seg.Publish()
	}
	if err != nil {
		_ = seg.Close()
		return nil, err
	}
	if capacity != request {
		o.logger().Info("shmbuf: the classic layout rounds the capacity down to a power of two",
			"channel", name, "requested", request, "capacity", capacity)
	}
	return newClassicProducer(seg, o, uint32(capacity)), nil
}

// replaceClassic removes the classic object that has the name, as classic
// producers do when they start; fs.ErrNotExist then says that the name is free.
func replaceClassic(name string, o *Options, _ *layout.Geometry) (*Producer, uint64, error) {
	seg, err := segment.Open(name, false)
	if err != nil {
		return nil, 0, openProblem("create", name, err)
	}
	defer seg.Close() //nolint:errcheck // nothing was written
	id, _, err := identify("create", seg)
	switch {
	case err != nil:
		return nil, 0, err
	case o.Exclusive:
		return nil, 0, fail("create", name, fs.ErrExist, "a channel of this name exists; use another name, remove it, or do not ask for exclusive creation")
	case id == layout.NotReady:
		return nil, 0, notChannel("create", name, seg.Size())
	case id == layout.Native:
		return nil, 0, fail("create", name, ErrNotChannel, "a native channel has this name, not a classic one; remove it with shmbuf rm %s, or create with the native layout", name)
	}
	if ok, err := seg.TryLock(classicProducerRole); err != nil {
		return nil, 0, err
	} else if !ok {
		return nil, 0, fail("create", name, ErrBusy, "a live producer holds the channel; stop it or use another name")
	}
	if err := seg.Unlink(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	return nil, 0, fs.ErrNotExist
}

// processID is a function because the Go 1.26 compiler cannot store a package
// variable in swapped byte order on s390x.
func processID() uint32 { return uint32(os.Getpid()) }

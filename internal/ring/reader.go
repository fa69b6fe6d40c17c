package ring

import (
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/usage"
)

// consumer is what readers of both record formats share: the slot, the
// positions, and the rule for publishing the gate (section 3.7).
type consumer struct {
	page      *layout.ProducerPage
	slot      *layout.Slot
	lap       uint64 // a power of two
	ring      unsafe.Pointer
	unit      uint64 // bytes of a position
	cursor    uint64 // released up to here
	ahead     uint64 // peeked up to here; = cursor when nothing is peeked
	published uint64 // last validated producer position
	gate      uint64 // last published
	step      uint64 // cursor may run this far ahead of the gate
	signal    signal
}

func (c *consumer) attach(mem []byte, g *layout.Geometry, slot uint32, barrier bool, wake Wake) error {
	ctl := layout.ControlOf(mem)
	s := ctl.Slot(slot)
	c.page, c.slot, c.lap, c.step = ctl.Producer, s, g.Lap(), max(g.Lap()/layout.GateDivisor, 1)
	c.ring, c.unit = unsafe.Pointer(&mem[g.DataOffset]), max(uint64(g.RecordSize), 1)
	c.gate, c.cursor = s.Gate.Load(), s.Cursor.Load()
	c.signal = signal{position: &s.Gate, word: &ctl.Event.SpaceWaiter, wake: wake, barrier: barrier}
	c.ahead = c.cursor
	c.published = ctl.Producer.Position.Load()
	switch {
	case c.published-c.gate > c.lap:
		return damaged("gate %d of slot %d is more than a lap behind position %d", c.gate, slot, c.published)
	case c.cursor-c.gate > c.published-c.gate:
		return damaged("cursor %d of slot %d is outside %d…%d", c.cursor, slot, c.gate, c.published)
	}
	// A predecessor may have released more than it had published.
	c.publishGate()
	return nil
}

// refresh looks for records behind c.ahead. ErrWouldBlock: there are none, and
// the gate is published.
func (c *consumer) refresh() error {
	p := c.page.Position.Load() // pairs with the producer's publication
	if p == c.ahead && p-c.cursor >= c.published-c.cursor {
		c.published = p
		if c.cursor != c.gate {
			c.publishGate()
		}
		return ErrWouldBlock
	}
	if p-c.cursor > c.lap || p-c.cursor < c.published-c.cursor {
		return damaged("position %d after %d, with the consumer at %d and %d to a lap", p, c.published, c.cursor, c.lap)
	}
	c.published = p
	return nil
}

// more is refresh in the common case: false when there is nothing, or something
// is wrong.
func (c *consumer) more() bool {
	return c.accept(c.page.Position.Load()) // pairs with the producer's publication
}

// accept takes note of p, a position just loaded, if it is possible and new.
func (c *consumer) accept(p uint64) bool {
	if p == c.ahead || p-c.cursor > c.lap || p-c.cursor < c.published-c.cursor {
		return false
	}
	c.published = p
	return true
}

// release gives everything before ahead back.
func (c *consumer) release() {
	c.cursor = c.ahead
	c.slot.Cursor.Set(c.cursor)
	if c.cursor-c.gate >= c.step || c.signal.word.Load() != 0 {
		c.publishGate()
	}
}

// publishGate pairs with the producer's load in gates.refresh.
func (c *consumer) publishGate() {
	c.gate = c.cursor
	c.signal.publish(c.gate)
}

// Position is the exact consumer position.
func (c *consumer) Position() uint64 { return c.cursor }

// Published is the producer position last seen.
func (c *consumer) Published() uint64 { return c.published }

// Peeked tells whether records are held in place.
func (c *consumer) Peeked() bool { return c.ahead != c.cursor }

// Wakes is the number of wake calls made. Any goroutine may ask.
func (c *consumer) Wakes() uint64 { return c.signal.Wakes() }

// Settle publishes the gate: the ring was found empty, or the consumer leaves.
func (c *consumer) Settle() {
	if c.cursor != c.gate {
		c.publishGate()
	}
}

// Reader takes variable-size records (section 3.5).
type Reader struct {
	consumer
	data   area
	mask   uint64
	align  uint64
	header uint64
	seq    uint64 // of the next record
	known  bool   // seq is known
	gather gather

	use  *usage.Usage // of the short way, as the next one
	long LongReader
}

// NewReader attaches to the ring in mem at the slot's cursor. The caller holds
// the slot.
func NewReader(mem []byte, g *layout.Geometry, slot uint32, barrier bool, wake Wake) (*Reader, error) {
	r := &Reader{
		data: areaOf(mem, g), mask: g.Capacity - 1,
		align: uint64(g.Alignment), header: uint64(g.HeaderSize),
	}
	if err := r.attach(mem, g, slot, barrier, wake); err != nil {
		return nil, err
	}
	if r.cursor%r.align != 0 {
		return nil, damaged("cursor %d is not a multiple of the alignment %d", r.cursor, g.Alignment)
	}
	return r, nil
}

// Peek sets rec to the next record that has not been peeked, in place. Release
// gives back all that was peeked. ErrWouldBlock when there is none.
func (r *Reader) Peek(rec *Record) error {
	off, n, kind, err := r.next()
	if err != nil {
		return err
	}
	rec.Seq, rec.Kind, rec.Time = r.seq-1, kind, 0
	if r.header == layout.HeaderSizeTimes {
		rec.Time = int64(r.data.word(off + 16).Load())
	}
	rec.Payload = r.data.bytes(off+r.header, n)
	return nil
}

// View is Peek in the common case; see PeekSeen. False: nothing was done, Peek knows why.
func (r *Reader) View(rec *Record) bool {
	if r.ahead == r.published && !r.more() {
		return false
	}
	done, _ := r.PeekSeen(unsafe.Slice(rec, 1))
	return done == 1
}

// Read copies the next record to dst and releases it; nothing may be peeked. When
// dst is too short the record stays, and short is true with its length.
func (r *Reader) Read(dst []byte) (n uint64, short bool, err error) {
	off, n, _, err := r.next()
	if err != nil {
		return 0, false, err
	}
	if n > uint64(len(dst)) {
		r.Unpeek(r.seq - 1)
		return n, true, nil
	}
	copy(dst, r.data.bytes(off+r.header, n))
	r.Release()
	return n, false, nil
}

// next validates the record behind ahead and moves ahead and seq past it. It
// skips pads.
func (r *Reader) next() (off, n uint64, kind uint16, err error) {
	for {
		if r.ahead == r.published {
			if err := r.refresh(); err != nil {
				return 0, 0, 0, err
			}
		}
		off = r.ahead & r.mask
		rest := r.mask + 1 - off
		have := r.published - r.ahead
		word := r.data.word(off).Load()
		n, kind = word&layout.LengthMax, uint16(word>>layout.KindShift)
		if kind == layout.KindPad {
			if n != rest || rest > have {
				return 0, 0, 0, damaged("pad of %d bytes at position %d, %d bytes before the end of the ring", n, r.ahead, rest)
			}
			r.skip(rest)
			continue
		}
		stride := (r.header + n + r.align - 1) &^ (r.align - 1)
		if stride > rest || stride > have {
			return 0, 0, 0, damaged("record of %d bytes at position %d, where %d can be", n, r.ahead, min(rest, have))
		}
		seq := r.data.word(off + 8).Load()
		if seq != r.seq && r.known {
			return 0, 0, 0, damaged("sequence number %d at position %d, expected %d", seq, r.ahead, r.seq)
		}
		r.seq, r.known = seq+1, true
		r.ahead += stride
		return off, n, kind, nil
	}
}

// skip passes a pad. With nothing peeked before it the pad is released at once,
// so that a producer that waits for the whole ring can go on.
func (r *Reader) skip(n uint64) {
	alone := r.ahead == r.cursor
	r.ahead += n
	if alone {
		r.release()
	}
}

// Release gives back every record peeked so far.
func (r *Reader) Release() {
	r.slot.Sequence.Set(r.seq)
	r.release()
}

// Unpeek takes back a Peek of the single record with sequence number seq: the
// next Peek returns it again.
func (r *Reader) Unpeek(seq uint64) {
	r.ahead, r.seq = r.cursor, seq
}

// Sequence is the sequence number of the next record, once one has been seen.
func (r *Reader) Sequence() (uint64, bool) { return r.seq, r.known }

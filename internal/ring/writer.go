package ring

import (
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
	"github.com/shmbuf/shmbuf/internal/usage"
)

// Writer publishes variable-size records (section 3.5).
type Writer struct {
	data     area
	page     *layout.ProducerPage
	journal  *[2]layout.JournalCell // by itself: a check of page for nil would load the position's line
	mask     uint64
	align    uint64
	header   uint64
	max      uint64
	clear    uint64 // up to here the short way may write: before the gates and the end of the lap
	position uint64 // published
	next     uint64 // = position but inside a batch: end of what is written
	count    uint64 // records written, published or not
	gates    gates
	signal   signal

	cell int // journal cell that does not hold the published position

	reserved    bool
	start       uint64 // where the reserved record begins, behind any pad
	reservedLen uint64

	use  *usage.Usage // of the short way, as the next one
	long LongWriter
}

// NewWriter attaches to the ring in mem. The caller holds the producer role.
func NewWriter(mem []byte, g *layout.Geometry, barrier bool, wake Wake) (*Writer, error) {
	c := layout.ControlOf(mem)
	w := &Writer{
		data: areaOf(mem, g), page: c.Producer, journal: &c.Producer.Journal,
		mask: g.Capacity - 1, align: uint64(g.Alignment), header: uint64(g.HeaderSize),
		max:      g.MaxRecord(),
		position: c.Producer.Position.Load(),
		signal:   signal{position: &c.Producer.Position, word: &c.Event.DataWaiters, wake: wake, barrier: barrier},
	}
	w.next = w.position
	if w.position%w.align != 0 {
		return nil, damaged("position %d is not a multiple of the alignment %d", w.position, w.align)
	}
	count, ok := c.Producer.CountAt(w.position)
	if !ok {
		return nil, damaged("no journal cell ends at position %d", w.position)
	}
	w.count = count
	if w.page.Journal[0].End.Load() == w.position {
		w.cell = 1
	}
	var err error
	if w.gates, err = newGates(c, g, w.position); err != nil {
		return nil, err
	}
	w.clear = w.next // the first write finds out
	// Whatever a dead predecessor reserved is given up.
	w.page.Frontier.Set(w.position)
	return w, nil
}

// Position is the published producer position.
func (w *Writer) Position() uint64 { return w.position }

// Count is the number of records published over the life of the segment.
func (w *Writer) Count() uint64 { return w.count }

// Wakes is the number of wake calls made. Any goroutine may ask.
func (w *Writer) Wakes() uint64 { return w.signal.Wakes() }

// Released is how far the last consumer has come; see gates.released.
func (w *Writer) Released() uint64 { return w.gates.released(w.position) }

// Spin looks for more room; see gates.Spin.
func (w *Writer) Spin(n int, stop *uint32) int { return w.gates.Spin(n, stop) }

// MaxRecord is the longest payload in bytes.
func (w *Writer) MaxRecord() uint64 { return w.max }

// room finds where a record of n bytes goes: its start, after writing a pad when
// the lap has no room for it.
func (w *Writer) room(n uint64) (start uint64, err error) {
	if n > w.max {
		return 0, ErrTooLarge
	}
	stride := (w.header + n + w.align - 1) &^ (w.align - 1)
	rest := w.mask + 1 - w.next&w.mask
	need := stride
	if stride > rest {
		need += rest
	}
	if w.next+need-w.gates.lowest > w.mask+1 {
		if err := w.full(stride, rest, need); err != nil {
			return 0, err
		}
	}
	// Announces the bytes that are about to change, for readers that do not gate.
	w.page.Frontier.Set(w.next + need)
	if stride > rest {
		w.pad(rest)
		return w.next + rest, nil
	}
	return w.next, nil
}

// full looks again at the gates. When there is still no room it publishes what
// is pending, and the pad ahead of a record that could otherwise never fit.
func (w *Writer) full(stride, rest, need uint64) error {
	if err := w.gates.refresh(w.position, w.next); err != nil {
		return err
	}
	if w.next+need-w.gates.lowest <= w.mask+1 {
		return nil
	}
	if stride > rest && rest+stride > w.mask+1 && w.next+rest-w.gates.lowest <= w.mask+1 {
		w.page.Frontier.Set(w.next + rest)
		w.pad(rest)
		w.next += rest
		w.clearUp()
		w.publish()
	}
	return ErrWouldBlock
}

func (w *Writer) pad(rest uint64) {
	w.data.word(w.next & w.mask).Set(rest | layout.KindPad<<layout.KindShift)
}

// put writes the header of a record of n bytes at start. Nothing is visible yet.
func (w *Writer) put(start, n uint64, kind uint16, time int64) {
	off := start & w.mask
	w.data.word(off).Set(n | uint64(kind)<<layout.KindShift)
	w.data.word(off + 8).Set(w.count)
	if w.header == layout.HeaderSizeTimes {
		w.data.word(off + 16).Set(uint64(time))
	}
	w.next = start + (w.header+n+w.align-1)&^(w.align-1)
	w.count++
	w.clearUp()
}

// clearUp notes what is at hand after next. The short way stays off rings with times.
func (w *Writer) clearUp() {
	if w.header != layout.HeaderSize {
		w.clear = w.next
		return
	}
	rest, free := w.mask+1-w.next&w.mask, w.mask+1-(w.next-w.gates.lowest)
	w.clear = w.next + min(rest, free)
}

// publish makes all that is written visible: pairs with the load of the position
// in Reader.refresh. The journal cell of the position published before stays
// intact, so that a kill between any two stores leaves one that matches.
func (w *Writer) publish() {
	cell := &w.journal[w.cell&1]
	w.cell ^= 1
	cell.End.Set(w.next)
	cell.Count.Set(w.count)
	w.position = w.next
	w.signal.publish(w.next)
}

// Append copies one record into the ring without publishing it.
func (w *Writer) Append(p []byte, kind uint16, time int64) error {
	w.reserved = false // an earlier reservation would begin where this record goes
	n := uint64(len(p))
	start, err := w.room(n)
	if err != nil {
		return err
	}
	order.CopyIn(unsafe.Add(w.data.base, start&w.mask+w.header), unsafe.Pointer(unsafe.SliceData(p)), n)
	w.put(start, n, kind, time)
	return nil
}

// Flush publishes what Append has written.
func (w *Writer) Flush() {
	if w.next != w.position {
		w.publish()
	}
}

// Write copies one record into the ring and publishes it.
func (w *Writer) Write(p []byte, kind uint16, time int64) error {
	if err := w.Append(p, kind, time); err != nil {
		return err
	}
	w.publish()
	return nil
}

// Reserve finds room for n bytes and returns them for filling in place. An
// earlier reservation is given up.
func (w *Writer) Reserve(n uint64) ([]byte, error) {
	w.reserved = false
	start := w.next
	if stride := (w.header + n + w.align - 1) &^ (w.align - 1); stride <= w.clear-w.next {
		w.page.Frontier.Set(w.next + stride)
	} else {
		var err error
		if start, err = w.room(n); err != nil {
			return nil, err
		}
	}
	w.reserved, w.start, w.reservedLen = true, start, n
	return w.data.bytes(start&w.mask+w.header, n), nil
}

// Commit publishes the first n bytes of the reservation as one record.
func (w *Writer) Commit(n uint64, kind uint16, time int64) error {
	if !w.reserved {
		return ErrNothing
	}
	if n > w.reservedLen {
		return ErrTooLarge
	}
	w.reserved = false
	w.put(w.start, n, kind, time)
	w.publish()
	return nil
}

// Abort gives the reservation up; without one it does nothing.
func (w *Writer) Abort() {
	if w.reserved {
		w.reserved = false
		w.page.Frontier.Set(w.next) // = the position, but inside a batch
	}
}

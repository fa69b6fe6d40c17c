package ring

import (
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
)

// FixedWriter publishes fixed-size records (section 3.6). Positions count
// records.
type FixedWriter struct {
	data     area
	page     *layout.ProducerPage
	size     uint64 // of a record
	lap      uint64 // records in the ring
	origin   uint64
	position uint64
	gates    gates
	signal   signal
	reserved uint64 // records
}

// NewFixedWriter attaches to the ring in mem. The caller holds the producer role.
func NewFixedWriter(mem []byte, g *layout.Geometry, barrier bool, wake Wake) (*FixedWriter, error) {
	c := layout.ControlOf(mem)
	w := &FixedWriter{
		data: areaOf(mem, g), page: c.Producer, size: g.RecordSize, lap: g.RecordCount,
		origin: g.StartPosition, position: c.Producer.Position.Load(),
		signal: signal{position: &c.Producer.Position, word: &c.Event.DataWaiters, wake: wake, barrier: barrier},
	}
	var err error
	if w.gates, err = newGates(c, g, w.position); err != nil {
		return nil, err
	}
	w.page.Frontier.Set(w.position)
	return w, nil
}

// Position is the published producer position, in records.
func (w *FixedWriter) Position() uint64 { return w.position }

// Count is the number of records published over the life of the segment.
func (w *FixedWriter) Count() uint64 { return w.position - w.origin }

// Wakes is the number of wake calls made. Any goroutine may ask.
func (w *FixedWriter) Wakes() uint64 { return w.signal.Wakes() }

// Released is how far the last consumer has come; see gates.released.
func (w *FixedWriter) Released() uint64 { return w.gates.released(w.position) }

// Spin looks for more room; see gates.Spin.
func (w *FixedWriter) Spin(n int, stop *uint32) int { return w.gates.Spin(n, stop) }

// RecordSize is the size of a record in bytes.
func (w *FixedWriter) RecordSize() uint64 { return w.size }

// Reserve returns room for 1 to most records up to the end of the lap, as one run
// of bytes. An earlier reservation is given up.
func (w *FixedWriter) Reserve(most uint64) ([]byte, error) {
	w.reserved = 0
	if most == 0 {
		return nil, ErrTooLarge
	}
	off := w.position & (w.lap - 1)
	n := min(most, w.lap-off)
	if free := w.lap - (w.position - w.gates.lowest); free < n {
		if err := w.gates.refresh(w.position, w.position); err != nil {
			return nil, err
		}
		if free = w.lap - (w.position - w.gates.lowest); free == 0 {
			return nil, ErrWouldBlock
		}
		n = min(n, free)
	}
	w.page.Frontier.Set(w.position + n)
	w.reserved = n
	return w.data.bytes(off*w.size, n*w.size), nil
}

// Commit publishes the first n reserved records.
func (w *FixedWriter) Commit(n uint64) error {
	if w.reserved == 0 {
		return ErrNothing
	}
	if n > w.reserved {
		return ErrTooLarge
	}
	w.reserved = 0
	if n != 0 {
		w.position += n
		w.signal.publish(w.position)
	}
	return nil
}

// Abort gives the reservation up; without one it does nothing.
func (w *FixedWriter) Abort() {
	if w.reserved != 0 {
		w.reserved = 0
		w.page.Frontier.Set(w.position)
	}
}

// Write copies whole records, as many as fit in up to two runs, and returns how
// many. ErrWouldBlock when none fits.
func (w *FixedWriter) Write(p []byte) (uint64, error) {
	total := uint64(len(p)) / w.size
	var done uint64
	for done < total {
		room, err := w.Reserve(total - done)
		if err != nil {
			if done > 0 && err == ErrWouldBlock {
				return done, nil
			}
			return done, err
		}
		n := uint64(len(room)) / w.size
		order.CopyIn(unsafe.Pointer(&room[0]), unsafe.Pointer(&p[done*w.size]), n*w.size)
		if err := w.Commit(n); err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// FixedReader takes fixed-size records (section 3.6).
type FixedReader struct {
	consumer
	data   area
	size   uint64
	origin uint64
}

// NewFixedReader attaches to the ring in mem at the slot's cursor. The caller
// holds the slot.
func NewFixedReader(mem []byte, g *layout.Geometry, slot uint32, barrier bool, wake Wake) (*FixedReader, error) {
	r := &FixedReader{data: areaOf(mem, g), size: g.RecordSize, origin: g.StartPosition}
	if err := r.attach(mem, g, slot, barrier, wake); err != nil {
		return nil, err
	}
	return r, nil
}

// Peek returns the next 1 to most records up to the end of the lap as one run of
// bytes, in place. What was peeked before and not released is returned again.
func (r *FixedReader) Peek(most uint64) ([]byte, error) {
	r.ahead = r.cursor
	if most == 0 {
		return nil, ErrTooLarge
	}
	if r.published-r.cursor < most {
		if err := r.refresh(); err != nil {
			return nil, err
		}
	}
	off := r.cursor & (r.lap - 1)
	n := min(most, r.lap-off, r.published-r.cursor)
	r.ahead = r.cursor + n
	return r.data.bytes(off*r.size, n*r.size), nil
}

// Release gives back the first n peeked records.
func (r *FixedReader) Release(n uint64) error {
	if n > r.ahead-r.cursor {
		return ErrNothing
	}
	r.ahead = r.cursor + n
	r.slot.Sequence.Set(r.ahead - r.origin)
	r.release()
	return nil
}

// Sequence is the sequence number of the next record to be released.
func (r *FixedReader) Sequence() uint64 { return r.cursor - r.origin }

// RecordSize is the size of a record in bytes.
func (r *FixedReader) RecordSize() uint64 { return r.size }

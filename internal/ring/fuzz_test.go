package ring

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// FuzzReaderVariable reads a ring of any content at any positions.
func FuzzReaderVariable(f *testing.F) {
	mem, g, w, _ := filled(f, 0)
	f.Add(bytes.Clone(mem[g.DataOffset:]), w.Position(), uint64(0), uint64(0), uint8(3))
	f.Add([]byte{0, 16, 0, 0, 0, 0, 0xFF, 0xFF}, uint64(4096), uint64(0), uint64(0), uint8(0))
	f.Add([]byte{}, uint64(8), uint64(1<<64-4088), uint64(1<<64-8), uint8(12))
	f.Add(bytes.Clone(mem[g.DataOffset:]), w.Position(), uint64(0), uint64(0), uint8(16))
	f.Fuzz(func(t *testing.T, ring []byte, position, gate, cursor uint64, how uint8) {
		g := variable(4096, 0)
		g.Alignment = 8 << (how >> 2 & 3)
		g.Flags = uint32(how & 1)
		mem := segment(t, g)
		copy(mem[g.DataOffset:], ring)
		c := layout.ControlOf(mem)
		c.Producer.Position.Set(position)
		c.Slot(0).Gate.Set(gate)
		c.Slot(0).Cursor.Set(cursor)
		r, err := NewReader(mem, g, 0, false, noWake)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if how&16 != 0 {
			drainShort(t, mem, g, r)
			return
		}
		if how&2 == 0 {
			_, _ = drain(t, mem, g, r)
			return
		}
		dst := make([]byte, 100)
		for range 5000 {
			_, short, err := r.Read(dst)
			if short {
				dst = make([]byte, 4096)
			} else if err != nil {
				return
			}
		}
		t.Fatal("more records than the ring can hold")
	})
}

// FuzzReaderClassic is the same for the classic layout.
func FuzzReaderClassic(f *testing.F) {
	f.Add([]byte{3, 0, 0, 0, 1, 2, 3, 1, 0, 0, 0, 9}, uint32(12), uint32(0))
	f.Add([]byte{0, 0, 0, 0}, uint32(4), uint32(1<<32-4))
	f.Add([]byte{255, 255, 255, 255}, uint32(64), uint32(0))
	f.Fuzz(func(t *testing.T, ring []byte, head, tail uint32) {
		mem := heap(layout.ClassicHeaderSize + 64)
		copy(mem[layout.ClassicHeaderSize:], ring)
		h := layout.ClassicHeaderOf(mem)
		h.Head.Set(head)
		h.Tail.Set(tail)
		h.Capacity.Set(64)
		r, err := NewClassicReader(mem, 64)
		if err != nil {
			if head-tail <= 64 {
				t.Fatalf("head %d, tail %d: %v", head, tail, err)
			}
			return
		}
		left := head - tail
		for range 20 {
			var rec Record
			err := r.Peek(&rec)
			switch {
			case err == nil:
			case errors.Is(err, ErrWouldBlock) && left == 0, errors.Is(err, ErrDamaged) && left != 0:
				return
			default:
				t.Fatalf("%d bytes left: %v", left, err)
			}
			if uint32(len(rec.Payload))+4 > left {
				t.Fatalf("%d bytes of payload with %d left", len(rec.Payload), left)
			}
			left -= 4 + uint32(len(rec.Payload))
			r.Release()
			if h.Tail.Load() != head-left {
				t.Fatalf("tail %d with %d left before %d", h.Tail.Load(), left, head)
			}
		}
		t.Fatal("more records than the ring can hold")
	})
}

// FuzzWriter drives both sides with any calls and compares them with a queue.
func FuzzWriter(f *testing.F) {
	f.Add([]byte("\x00\x10\x00\x01\x20\x00\x05\x00\x00"), uint64(0))
	f.Add(bytes.Repeat([]byte{0, 0xF0, 0x0F, 5, 0, 0}, 10), uint64(1<<64-8192))
	f.Add(bytes.Repeat([]byte{3, 50, 1, 3, 99, 2, 4, 0, 0, 6, 0, 0, 6, 0, 0}, 30), uint64(1<<32-4096))
	f.Add(bytes.Repeat([]byte{1, 80, 4, 5, 0, 0, 2, 44, 3, 7, 0, 0, 5, 0, 0}, 30), uint64(64))
	f.Fuzz(func(t *testing.T, calls []byte, start uint64) {
		g := variable(4096, start&^7)
		mem := segment(t, g)
		m := &model{w: writer(t, mem, g), r: reader(t, mem, g), mem: mem, g: g}
		for len(calls) >= 3 {
			m.call(t, calls[0]%8, uint64(binary.LittleEndian.Uint16(calls[1:]))%4200)
			calls = calls[3:]
		}
	})
}

// model is what the ring should do: a queue of payload lengths, of which the
// first held are peeked and the last pending not published.
type model struct {
	w             *Writer
	r             *Reader
	mem           []byte
	g             *layout.Geometry
	queue         []uint64
	pending, held int
	seq           uint64 // of queue[0]
}

func (m *model) call(t *testing.T, call byte, n uint64) {
	count := m.seq + uint64(len(m.queue)) // number of the next record
	payload := bytes.Repeat([]byte{byte(count)}, int(n))
	var err error
	switch call {
	case 0:
		err = m.w.Write(payload, 0, 0)
		m.wrote(t, err, n, true)
	case 1, 2: // reserve, and commit all or half, or give it up
		var view []byte
		if view, err = m.w.Reserve(n); err == nil {
			inside(t, m.mem, m.g, view)
			copy(view, payload)
			if call == 2 && n%3 == 0 {
				m.w.Abort()
				return
			}
			n >>= call - 1
			err = m.w.Commit(n, 0, 0)
		}
		m.wrote(t, err, n, true)
	case 3:
		err = m.w.Append(payload, 0, 0)
		m.wrote(t, err, n, false)
	case 4:
		m.w.Flush()
		m.pending = 0
	case 5:
		m.peek(t)
		m.release()
	case 6:
		m.peek(t)
	default: // a successor on either side
		m.w.Flush()
		m.pending, m.held = 0, 0
		m.w, m.r = writer(t, m.mem, m.g), reader(t, m.mem, m.g)
		if m.w.Count() != count {
			t.Fatalf("the successor counts %d, want %d", m.w.Count(), count)
		}
	}
}

func (m *model) wrote(t *testing.T, err error, n uint64, publish bool) {
	switch {
	case err == nil:
		m.queue = append(m.queue, n)
		m.pending++
		if publish {
			m.pending = 0
		}
	case errors.Is(err, ErrTooLarge) && n > 4080:
	case errors.Is(err, ErrWouldBlock) && m.w.Count() == m.seq+uint64(len(m.queue)):
		if m.w.Position() == m.w.next {
			m.pending = 0 // published together with a pad
		}
		m.mustProgress(t, n)
	default:
		t.Fatalf("%d bytes: %v", n, err)
	}
}

// mustProgress: when everything has been read and released, any record that is
// not too long fits, at the latest behind a pad.
func (m *model) mustProgress(t *testing.T, n uint64) {
	if len(m.queue) != 0 {
		return
	}
	_ = m.r.Peek(new(Record)) // skips a pad, publishes the gate
	err := m.w.Append(nil, 0, 0)
	if err != nil {
		t.Fatalf("an empty ring has no room for a record of 0 bytes (after one of %d): %v", n, err)
	}
	m.w.Flush()
	m.queue, m.pending = append(m.queue, 0), 0
}

func (m *model) peek(t *testing.T) {
	var rec Record
	err := m.r.Peek(&rec)
	if m.held == len(m.queue)-m.pending {
		if err != ErrWouldBlock { //nolint:errorlint // bare
			t.Fatalf("record %d, which was not published: %v", rec.Seq, err)
		}
		return
	}
	number := m.seq + uint64(m.held)
	if err != nil || rec.Seq != number || uint64(len(rec.Payload)) != m.queue[m.held] {
		t.Fatalf("record %d of %d bytes: sequence %d, %d bytes, %v", number, m.queue[m.held], rec.Seq, len(rec.Payload), err)
	}
	for _, b := range rec.Payload {
		if b != byte(number) {
			t.Fatalf("record %d has a byte of record %d", number, b)
		}
	}
	inside(t, m.mem, m.g, rec.Payload)
	m.held++
}

func (m *model) release() {
	m.r.Release()
	m.seq += uint64(m.held)
	m.queue = m.queue[m.held:]
	m.held = 0
}

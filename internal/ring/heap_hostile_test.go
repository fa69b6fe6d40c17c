package ring_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// within demands that b lies in the ring, or, where the layout allows it, is a
// private copy that cannot be longer than the ring.
func within(ringBytes, b []byte, private bool) error {
	if len(b) == 0 {
		return nil
	}
	at := uintptr(unsafe.Pointer(&b[0])) - uintptr(unsafe.Pointer(&ringBytes[0]))
	if at >= uintptr(len(ringBytes)) && private && len(b) <= len(ringBytes) {
		return nil
	}
	if at >= uintptr(len(ringBytes)) || uintptr(len(b)) > uintptr(len(ringBytes))-at {
		return fmt.Errorf("%d bytes at %#x of a ring of %d", len(b), at, len(ringBytes))
	}
	return nil
}

// known are the conditions that a ring may report to an honest caller.
func known(err error) bool {
	return err == nil || err == ring.ErrWouldBlock || err == ring.ErrTooLarge || errors.Is(err, ring.ErrDamaged)
}

// badValue is something another process may have stored over v.
func badValue(r *rand.Rand, v uint64) uint64 {
	switch r.IntN(6) {
	case 0:
		return r.Uint64()
	case 1:
		return v + r.Uint64N(8192) - 4096
	case 2:
		return v ^ 1<<r.IntN(64)
	case 3:
		return v&(1<<layout.KindShift-1) | layout.KindPad<<layout.KindShift
	case 4:
		return uint64(1)<<r.IntN(64) - r.Uint64N(3)
	}
	return 0
}

// spoil changes one or several words that the other side could reach: control
// words, and words of the ring, with a preference for those near the positions.
func spoil(r *rand.Rand, mem []byte, g *layout.Geometry) {
	c := layout.ControlOf(mem)
	slot := c.Slot(0)
	control := []*layout.U64{
		&c.Producer.Position, &c.Producer.Frontier, &c.Producer.Journal[0].End, &c.Producer.Journal[0].Count,
		&c.Producer.Journal[1].End, &c.Producer.Journal[1].Count, &slot.Gate, &slot.Cursor, &slot.Sequence,
	}
	for range 1 + r.IntN(3) {
		target := control[r.IntN(len(control))]
		if r.IntN(2) == 0 {
			near := slot.Cursor.Load() & (g.Capacity - 1) &^ 7
			off := (near + 8*r.Uint64N(40)) & (g.Capacity - 1)
			target = (*layout.U64)(unsafe.Pointer(&mem[g.DataOffset+off]))
		}
		target.Set(badValue(r, target.Load()))
	}
}

// In the middle of a stream, words change that only the other side should have
// changed. Both sides go on, and whatever they then say, they stay in the ring.
func TestHostileVariable(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for round := range streamLength() / 250 {
		g := &layout.Geometry{Capacity: 4096, Alignment: 8 << r.IntN(4), Flags: r.Uint32N(2) * layout.FlagTimes}
		g.StartPosition = (r.Uint64() >> r.IntN(64)) &^ uint64(g.Alignment-1)
		mem := heapSegment(t, g)
		area := mem[g.DataOffset:]
		none := func(*layout.U32) {}
		w, errW := ring.NewWriter(mem, g, false, none)
		rd, errR := ring.NewReader(mem, g, 0, false, none)
		if errW != nil || errR != nil {
			t.Fatal(errW, errR)
		}
		dst := make([]byte, 200)
		for call := range 120 {
			var view []byte
			var err error
			switch r.IntN(5) {
			case 0:
				err = w.Write(make([]byte, r.IntN(200)), uint16(r.IntN(3)), 0)
			case 1:
				if view, err = w.Reserve(r.Uint64N(4200)); err == nil {
					clear(view)
					err = w.Commit(uint64(len(view))/2, 1, 0)
				}
			case 2:
				_, _, err = rd.Read(dst)
			case 3:
				var rec ring.Record
				if err = rd.Peek(&rec); err == nil {
					view = rec.Payload
				}
				rd.Release()
			default:
				if call > 30 && r.IntN(4) == 0 {
					spoil(r, mem, g)
				}
				if r.IntN(30) == 0 { // a successor that finds the damage
					if w2, err := ring.NewWriter(mem, g, false, none); err == nil {
						w = w2
					} else if !known(err) {
						t.Fatal(err)
					}
					var rd2 *ring.Reader
					if rd2, err = ring.NewReader(mem, g, 0, false, none); err == nil {
						rd = rd2
					}
				}
			}
			if !known(err) {
				t.Fatalf("round %d, call %d: %v", round, call, err)
			}
			if err := within(area, view, false); err != nil {
				t.Fatalf("round %d, call %d: %v", round, call, err)
			}
		}
	}
}

func TestHostileFixed(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for round := range streamLength() / 250 {
		g := &layout.Geometry{Format: layout.FormatFixed, RecordSize: 1 + r.Uint64N(20), RecordCount: 2 << r.IntN(6), Alignment: 1}
		g.StartPosition = r.Uint64() >> r.IntN(64)
		mem := heapSegment(t, g)
		c := layout.ControlOf(mem)
		none := func(*layout.U32) {}
		w, errW := ring.NewFixedWriter(mem, g, false, none)
		rd, errR := ring.NewFixedReader(mem, g, 0, false, none)
		if errW != nil || errR != nil {
			t.Fatal(errW, errR)
		}
		for call := range 60 {
			var view []byte
			var err error
			switch r.IntN(3) {
			case 0:
				if view, err = w.Reserve(1 + r.Uint64N(80)); err == nil {
					clear(view)
					err = w.Commit(uint64(len(view)) / g.RecordSize)
				}
			case 1:
				if view, err = rd.Peek(1 + r.Uint64N(80)); err == nil {
					err = rd.Release(uint64(len(view)) / g.RecordSize)
				}
			default:
				if r.IntN(4) == 0 {
					target := []*layout.U64{&c.Producer.Position, &c.Slot(0).Gate, &c.Slot(0).Cursor}[r.IntN(3)]
					target.Set(badValue(r, target.Load()))
				}
			}
			if !known(err) {
				t.Fatalf("round %d, call %d: %v", round, call, err)
			}
			if err := within(mem[g.DataOffset:], view, false); err != nil {
				t.Fatalf("round %d, call %d: %v", round, call, err)
			}
		}
	}
}

func TestHostileClassic(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	for round := range streamLength() / 250 {
		capacity := uint32(16) << r.IntN(5)
		mem := heapClassic(t, capacity, r.Uint32())
		h, area := layout.ClassicHeaderOf(mem), mem[layout.ClassicHeaderSize:]
		w := ring.NewClassicWriter(mem, capacity)
		rd, err := ring.NewClassicReader(mem, capacity)
		if err != nil {
			t.Fatal(err)
		}
		for call := range 100 {
			var view []byte
			var err error
			switch r.IntN(4) {
			case 0:
				if view, err = w.Reserve(r.Uint64N(uint64(capacity))); err == nil {
					clear(view)
					err = w.Commit(1 + r.Uint64N(uint64(len(view))))
				}
			case 1, 2:
				var rec ring.Record
				if err = rd.Peek(&rec); err == nil {
					view = rec.Payload
				}
				rd.Release()
			default:
				switch at := r.IntN(20); {
				case at < 2:
					word := []*layout.U32{&h.Head, &h.Tail}[at]
					word.Set(uint32(badValue(r, uint64(word.Load()))))
				case at < 6:
					area[r.IntN(len(area))] = byte(r.Uint32())
				}
			}
			if !known(err) {
				t.Fatalf("round %d, call %d: %v", round, call, err)
			}
			if err := within(area, view, true); err != nil {
				t.Fatalf("round %d, call %d: %v", round, call, err)
			}
			if w.Free() > capacity || rd.Readable() > capacity {
				t.Fatalf("round %d, call %d: %d bytes free and %d readable of %d", round, call, w.Free(), rd.Readable(), capacity)
			}
		}
	}
}

package ring_test

import (
	"fmt"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// A publisher wakes once for each time somebody announced himself, and takes the
// announcement away; with the barrier and without.
func TestWakes(t *testing.T) {
	for _, barrier := range []bool{false, true} {
		t.Run(fmt.Sprintf("barrier=%t", barrier), func(t *testing.T) {
			g := &layout.Geometry{Format: layout.FormatFixed, RecordSize: 8, RecordCount: 64, Alignment: 8}
			mem := heapSegment(t, g)
			event := layout.ControlOf(mem).Event
			var data, space uint64
			counted := func(n *uint64, want *layout.U32) ring.Wake {
				return func(word *layout.U32) {
					if *n++; word != want || word.Load() != 0 {
						t.Errorf("woken on another word, or %d is left in it", word.Load())
					}
				}
			}
			w, err := ring.NewFixedWriter(mem, g, barrier, counted(&data, &event.DataWaiters))
			if err != nil {
				t.Fatal(err)
			}
			rd, err := ring.NewFixedReader(mem, g, 0, barrier, counted(&space, &event.SpaceWaiter))
			if err != nil {
				t.Fatal(err)
			}
			for i := range uint64(30) {
				waiting := uint32(i % 3) // 0: nobody; whatever is stored otherwise, somebody
				event.DataWaiters.Set(waiting)
				event.SpaceWaiter.Set(waiting)
				before := [2]uint64{data, space}
				if n, err := w.Write(make([]byte, 8)); n != 1 || err != nil {
					t.Fatal(n, err)
				}
				if _, err := rd.Peek(1); err != nil {
					t.Fatal(err)
				}
				if err := rd.Release(1); err != nil {
					t.Fatal(err)
				}
				due := uint64(min(waiting, 1))
				if data-before[0] != due || space-before[1] != due {
					t.Fatalf("record %d with %d waiting: %d and %d wakes", i, waiting, data-before[0], space-before[1])
				}
			}
			if w.Wakes() != data || rd.Wakes() != space || data != 20 {
				t.Errorf("%d and %d wakes are counted, %d and %d were made", w.Wakes(), rd.Wakes(), data, space)
			}
		})
	}
}

// The slowest of several lossless slots limits the producer; free slots and
// lossy ones do not.
func TestSeveralSlots(t *testing.T) {
	g := &layout.Geometry{Format: layout.FormatFixed, RecordSize: 8, RecordCount: 16, Alignment: 8, Slots: 4, StartPosition: 1<<64 - 5}
	mem := heapSegment(t, g)
	c := layout.ControlOf(mem)
	none := func(*layout.U32) {}
	readers := map[uint32]*ring.FixedReader{}
	for slot, policy := range map[uint32]uint32{0: layout.PolicyLossless, 2: layout.PolicyLossless, 3: layout.PolicyLossy} {
		s := c.Slot(slot)
		s.Gate.Set(g.StartPosition)
		s.Cursor.Set(g.StartPosition)
		s.State.Set(layout.SlotAttached)
		s.Policy.Set(policy)
		rd, err := ring.NewFixedReader(mem, g, slot, false, none)
		if err != nil {
			t.Fatal(err)
		}
		readers[slot] = rd
	}
	w, err := ring.NewFixedWriter(mem, g, false, none)
	if err != nil {
		t.Fatal(err)
	}
	take := func(slot uint32, n uint64) {
		t.Helper()
		if run, err := readers[slot].Peek(n); err != nil || uint64(len(run)) != 8*n || readers[slot].Release(n) != nil {
			t.Fatalf("slot %d: %d bytes, %v", slot, len(run), err)
		}
	}
	for _, step := range []struct {
		what    string
		take    map[uint32]uint64
		written uint64
	}{
		{"an empty ring", nil, 16},
		{"slot 0 alone", map[uint32]uint64{0: 5}, 0},
		{"slot 2 a little", map[uint32]uint64{2: 3}, 3},
		{"slot 2 past slot 0", map[uint32]uint64{2: 2}, 2},
		{"slot 2 alone", map[uint32]uint64{2: 6}, 0},
		{"slot 0 too", map[uint32]uint64{0: 4}, 4},
	} {
		for slot, n := range step.take {
			take(slot, n)
		}
		n, err := w.Write(make([]byte, 8*20))
		if n != step.written || (err == ring.ErrWouldBlock) != (n == 0) {
			t.Errorf("%s: %d written, %v; want %d", step.what, n, err, step.written)
		}
	}
}

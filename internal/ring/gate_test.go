package ring

import (
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// The gate is published when the cursor is a sixteenth of the ring ahead of it,
// when the ring is empty, when the producer waits, and at the end; not else.
func TestGateRule(t *testing.T) {
	g := variable(4096, 0)
	mem := segment(t, g)
	w, r := writer(t, mem, g), reader(t, mem, g)
	slot, event := layout.ControlOf(mem).Slot(0), layout.ControlOf(mem).Event
	for range 60 {
		must(t, w.Write(make([]byte, 16), 0, 0)) // 32 bytes each
	}
	take := func() {
		must(t, r.Peek(new(Record)))
		r.Release()
	}
	gate := func(want uint64, why string) {
		t.Helper()
		if got := slot.Gate.Load(); got != want {
			t.Errorf("%s: gate %d, want %d (cursor %d)", why, got, want, slot.Cursor.Load())
		}
	}
	for range 7 {
		take()
	}
	gate(0, "224 bytes behind")
	take()
	gate(256, "a sixteenth of 4096 behind")
	event.SpaceWaiter.Set(1)
	take()
	gate(288, "the producer waits")
	if event.SpaceWaiter.Load() != 0 || r.Wakes() != 1 {
		t.Errorf("waiter flag %d, %d wakes", event.SpaceWaiter.Load(), r.Wakes())
	}
	take()
	gate(288, "one record later")
	r.Settle()
	gate(320, "the consumer leaves")
	if slot.Cursor.Load() != 320 || slot.Sequence.Load() != 10 {
		t.Errorf("cursor %d, sequence %d", slot.Cursor.Load(), slot.Sequence.Load())
	}
	for range 50 {
		take()
	}
	if err := r.Peek(new(Record)); err != ErrWouldBlock { //nolint:errorlint // bare
		t.Fatal(err)
	}
	gate(60*32, "the ring is empty")
}

// Unpeek brings the same record back, for either call.
func TestUnpeek(t *testing.T) {
	g := variable(4096, 0)
	mem := segment(t, g)
	w, r := writer(t, mem, g), reader(t, mem, g)
	for i := range 40 { // over the end of the lap, with a pad
		must(t, w.Write(make([]byte, 200+i), uint16(i), 0))
		var first, again Record
		must(t, r.Peek(&first))
		r.Unpeek(first.Seq)
		if r.Peeked() {
			t.Fatal("still peeked")
		}
		if n, short, err := r.Read(make([]byte, 199+i)); !short || n != uint64(200+i) || err != nil {
			t.Fatalf("short read: %d %t %v", n, short, err)
		}
		must(t, r.Peek(&again))
		if again.Seq != uint64(i) || &again.Payload[0] != &first.Payload[0] || again.Kind != uint16(i) {
			t.Fatalf("record %d came back as %d", i, again.Seq)
		}
		r.Release()
	}
}

// Exact fits: a full ring of one record, of many, and a record that ends with the
// lap; then nothing more, and after a release exactly as much again.
func TestExactFit(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			for _, n := range []int{4080, 2032, 1008, 112, 0} {
				g := variable(4096, start)
				mem := segment(t, g)
				w, r := writer(t, mem, g), reader(t, mem, g)
				fit := 4096 / (n + 16)
				for lap := range 3 {
					for i := range fit {
						if err := w.Write(make([]byte, n), 0, 0); err != nil {
							t.Fatalf("record %d of %d: %v", i, fit, err)
						}
					}
					for range 2 {
						if err := w.Write(nil, 0, 0); err != ErrWouldBlock { //nolint:errorlint // bare
							t.Fatalf("a full ring: %v", err)
						}
					}
					if w.Position() != start+uint64(lap+1)*4096 {
						t.Fatalf("position %d", w.Position())
					}
					for range fit {
						must(t, r.Peek(new(Record)))
						r.Release()
					}
				}
				if err := w.Write(make([]byte, 4081), 0, 0); err != ErrTooLarge { //nolint:errorlint // bare
					t.Fatalf("a record one byte too long: %v", err)
				}
			}
		})
	}
}

// A reservation leaves no trace when it is given up, by Abort or by a write.
func TestReservations(t *testing.T) {
	g := variable(4096, 0)
	mem := segment(t, g)
	w, r := writer(t, mem, g), reader(t, mem, g)
	frontier := &layout.ControlOf(mem).Producer.Frontier
	for range 100 {
		_, err := w.Reserve(500)
		must(t, err)
		if frontier.Load() < w.Position()+516 {
			t.Fatalf("frontier %d with 516 bytes reserved at %d", frontier.Load(), w.Position())
		}
		w.Abort()
		w.Abort()
		if frontier.Load() != w.Position() {
			t.Fatalf("frontier %d after Abort at %d", frontier.Load(), w.Position())
		}
		if err := w.Commit(1, 0, 0); err != ErrNothing { //nolint:errorlint // bare
			t.Fatal(err)
		}
		view, err := w.Reserve(500)
		must(t, err)
		view[0] = 1
		must(t, w.Write([]byte{2}, 0, 0))
		if err := w.Commit(1, 0, 0); err != ErrNothing { //nolint:errorlint // bare
			t.Fatal(err)
		}
		view, err = w.Reserve(500)
		must(t, err)
		if err := w.Commit(501, 0, 0); err != ErrTooLarge { //nolint:errorlint // bare
			t.Fatal(err)
		}
		view[0] = 3
		must(t, w.Commit(1, 0, 0))
		for _, want := range []byte{2, 3} {
			var rec Record
			must(t, r.Peek(&rec))
			if len(rec.Payload) != 1 || rec.Payload[0] != want {
				t.Fatalf("%x, want %d", rec.Payload, want)
			}
			r.Release()
		}
	}
}

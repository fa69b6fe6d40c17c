package ring_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// classicPair is both ends of a fresh classic object of 64 bytes.
func classicPair(t *testing.T, start uint32) (*layout.ClassicHeader, []byte, *ring.ClassicWriter, *ring.ClassicReader) {
	t.Helper()
	mem := heapClassic(t, 64, start)
	r, err := ring.NewClassicReader(mem, 64)
	if err != nil {
		t.Fatal(err)
	}
	return layout.ClassicHeaderOf(mem), mem[layout.ClassicHeaderSize:], ring.NewClassicWriter(mem, 64), r
}

// A record starts at every byte of the ring, so that its length word and its
// payload wrap at each place, and lies byte by byte where the wire has it.
func TestClassicWraps(t *testing.T) {
	payload := []byte("0123456789abcdefghijklmnopqrstuvwxyz")
	wire := append([]byte{byte(len(payload)), 0, 0, 0}, payload...)
	for start := range uint32(64) {
		start -= 32 // on both sides of 2^32
		h, data, w, r := classicPair(t, start)
		room, err := w.Reserve(uint64(len(payload)) + 7)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Commit(uint64(copy(room, payload))); err != nil {
			t.Fatal(err)
		}
		for i, b := range wire {
			if got := data[(start+uint32(i))%64]; got != b {
				t.Fatalf("from %d: byte %d is %q, want %q", start, i, got, b)
			}
		}
		var rec ring.Record
		if err := r.Peek(&rec); err != nil || !bytes.Equal(rec.Payload, payload) {
			t.Fatalf("from %d: %q, %v", start, rec.Payload, err)
		}
		inPlace := (start+4)%64 <= 64-uint32(len(payload))
		if got := &rec.Payload[0] == &data[(start+4)%64]; got != inPlace {
			t.Errorf("from %d: in place %t, want %t", start, got, inPlace)
		}
		r.Release()
		if h.Tail.Load() != start+uint32(len(wire)) || w.Free() != 64 {
			t.Errorf("from %d: tail %d, %d bytes free", start, h.Tail.Load(), w.Free())
		}
	}
}

func TestClassicLimits(t *testing.T) {
	_, _, w, r := classicPair(t, 50)
	for _, n := range []uint64{0, 61, 1 << 32, 1<<32 + 8, 1<<64 - 4} {
		if _, err := w.Reserve(n); err != ring.ErrTooLarge {
			t.Errorf("a reservation of %d bytes: %v", n, err)
		}
	}
	if err := w.Write(make([]byte, w.MaxRecord())); err != nil || w.MaxRecord() != 60 {
		t.Fatalf("the longest record, %d bytes: %v", w.MaxRecord(), err)
	}
	if err := w.Write([]byte{1}); err != ring.ErrWouldBlock || w.Free() != 0 {
		t.Errorf("a full ring: %v, %d bytes free", err, w.Free())
	}
	var rec ring.Record
	if err := r.Peek(&rec); err != nil || len(rec.Payload) != 60 {
		t.Fatalf("%d bytes, %v", len(rec.Payload), err)
	}
	r.Release()
	if room, err := w.Reserve(10); err != nil || len(room) != 10 {
		t.Fatalf("%d bytes, %v", len(room), err)
	}
	for _, n := range []uint64{0, 11, 1<<32 + 1} {
		if err := w.Commit(n); err != ring.ErrTooLarge {
			t.Errorf("%d of 10 bytes committed: %v", n, err)
		}
	}
	if err := w.Commit(10); err != nil || w.Commit(10) != ring.ErrNothing {
		t.Errorf("a commit, and another: %v", err)
	}
}

// Writers of other makes may store empty records; ours delivers them and goes on.
func TestClassicZeroLength(t *testing.T) {
	h, data, _, r := classicPair(t, 61) // its length word wraps
	copy(data[1:], []byte{2, 0, 0, 0, 'h', 'i'})
	h.Head.Publish(61 + 4 + 6)
	for i, want := range []string{"", "hi"} {
		rec := ring.Record{Payload: []byte("old")}
		if err := r.Peek(&rec); err != nil || string(rec.Payload) != want || rec.Seq != uint64(i) {
			t.Fatalf("record %d is %q, number %d: %v", i, rec.Payload, rec.Seq, err)
		}
		r.Release()
	}
	if h.Tail.Load() != 71 {
		t.Errorf("tail %d", h.Tail.Load())
	}
}

// The reader's guard: what lies outside the window is counted, named, and taken
// for "unchanged"; a lasting 0 inside it is a position like any other.
func TestClassicReaderGuard(t *testing.T) {
	h, _, w, r := classicPair(t, 1<<32-20)
	if err := w.Write(make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	real := h.Head.Load()
	if r.Readable() != 8 {
		t.Fatalf("%d bytes readable", r.Readable())
	}
	hits := uint64(0)
	for _, v := range []uint32{real - 1, real - 9, real + 57, 1 << 31} {
		h.Head.Set(v)
		if got := r.Readable(); got != 8 {
			t.Errorf("head %d was believed: %d bytes readable", v, got)
		}
		if bad, doubt := r.Doubt(); !doubt || bad != v {
			t.Errorf("doubt %t about %d, want %d", doubt, bad, v)
		}
		if hits++; r.GuardHits() != hits {
			t.Errorf("%d hits, want %d", r.GuardHits(), hits)
		}
	}
	h.Head.Set(real)
	if _, doubt := r.Doubt(); r.Readable() != 8 || !doubt {
		t.Errorf("back: %d readable, doubt before the look %t", r.Readable(), doubt)
	}
	if _, doubt := r.Doubt(); doubt {
		t.Error("doubt about the position it had before")
	}
	h.Head.Set(real + 56)
	if got := r.Readable(); got != 64 {
		t.Errorf("the furthest possible head: %d bytes readable", got)
	}
	h, _, _, r = classicPair(t, 1<<32-20)
	h.Head.Set(0)
	if got := r.Readable(); got != 20 || r.GuardHits() != 0 {
		t.Errorf("a lasting 0 in the window: %d bytes readable", got)
	}
}

// The writer's guard is the same about the tail: between its last value and head.
func TestClassicWriterGuard(t *testing.T) {
	h, _, w, _ := classicPair(t, 1<<32-20)
	if err := w.Write(make([]byte, 36)); err != nil { // 40 bytes, to 20
		t.Fatal(err)
	}
	for i, v := range []uint32{1<<32 - 21, 21, 1 << 31} {
		h.Tail.Set(v)
		if got := w.Free(); got != 24 || w.GuardHits() != uint64(i+1) {
			t.Errorf("tail %d was believed: %d bytes free, %d hits", v, got, w.GuardHits())
		}
		if bad, doubt := w.Doubt(); !doubt || bad != v {
			t.Errorf("doubt %t about %d, want %d", doubt, bad, v)
		}
	}
	h.Tail.Set(0)
	if got := w.Free(); got != 44 {
		t.Errorf("a lasting 0 in the window: %d bytes free", got)
	}
	h.Tail.Set(20)
	if got := w.Free(); got != 64 {
		t.Errorf("tail at head: %d bytes free", got)
	}
}

func TestClassicDamagedLength(t *testing.T) {
	for _, length := range []byte{9, 200} {
		h, data, _, r := classicPair(t, 0)
		data[0] = length
		h.Head.Set(12)
		for range 2 { // it does not go away
			if err := r.Peek(new(ring.Record)); !errors.Is(err, ring.ErrDamaged) {
				t.Errorf("length %d with 8 bytes behind it: %v", length, err)
			}
		}
		if r.Release(); h.Tail.Load() != 0 {
			t.Errorf("tail %d after damage", h.Tail.Load())
		}
	}
	h, _, _, r := classicPair(t, 0)
	h.Head.Set(3)
	if err := r.Peek(new(ring.Record)); !errors.Is(err, ring.ErrDamaged) {
		t.Errorf("3 bytes, fewer than a length: %v", err)
	}
	mem := heapClassic(t, 64, 100)
	layout.ClassicHeaderOf(mem).Head.Set(165)
	if _, err := ring.NewClassicReader(mem, 64); err != ring.ErrWouldBlock {
		t.Errorf("65 of 64 bytes readable: %v", err)
	}
}

// A power of two is all that the wire asks of a capacity; not even a length word
// fits in the smallest.
func TestClassicTinyRings(t *testing.T) {
	for capacity, want := range map[uint32]uint64{1: 0, 2: 0, 4: 0, 8: 4} {
		mem := heapClassic(t, capacity, 0)
		r, err := ring.NewClassicReader(mem, capacity)
		if err != nil || r.MaxRecord() != want {
			t.Fatalf("%d bytes: records of %d, %v; want %d", capacity, r.MaxRecord(), err, want)
		}
		layout.ClassicHeaderOf(mem).Head.Set(capacity)
		if err := r.Peek(new(ring.Record)); capacity < 4 && !errors.Is(err, ring.ErrDamaged) || capacity >= 4 && err != nil {
			t.Errorf("%d bytes, all readable: %v", capacity, err)
		}
	}
}

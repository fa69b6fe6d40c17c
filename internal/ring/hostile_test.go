package ring

import (
	"errors"
	"fmt"
	"testing"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// values another process may have stored where a word should be v.
func values(v uint64) []uint64 {
	return []uint64{
		0, 1, v - 1, v + 1, v - 8, v + 8, v - 64, v + 64, v - 4096, v + 4096, v ^ 1<<63, v ^ 1<<32, v | 0xFFFF<<48, ^v,
		1<<64 - 1, 4095, 4080, 4081, 4096, 1<<48 - 1, 1<<48 - 17,
	}
}

// inside fails the test when b is not inside the ring of mem.
func inside(t testing.TB, mem []byte, g *layout.Geometry, b []byte) {
	t.Helper()
	if len(b) == 0 {
		return
	}
	at := uint64(uintptr(unsafe.Pointer(&b[0])) - uintptr(unsafe.Pointer(&mem[0])))
	if at < g.DataOffset || at+uint64(len(b)) > g.SegmentSize {
		t.Fatalf("%d bytes at %#x are outside the ring %#x…%#x", len(b), at, g.DataOffset, g.SegmentSize)
	}
}

// drain reads until an error and demands that it is one that a caller knows, and
// soon.
func drain(t testing.TB, mem []byte, g *layout.Geometry, r *Reader) (n int, err error) {
	t.Helper()
	for ; n < 5000; n++ {
		var rec Record
		if err := r.Peek(&rec); err != nil {
			if !errors.Is(err, ErrWouldBlock) && !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return n, err
		}
		inside(t, mem, g, rec.Payload)
		r.Release()
	}
	t.Fatal("more records than the ring can hold")
	return
}

// spoilable lists the words of a ring with records in it.
func spoilable(mem []byte, g *layout.Geometry) map[string]*layout.U64 {
	c := layout.ControlOf(mem)
	words := map[string]*layout.U64{
		"position": &c.Producer.Position, "gate": &c.Slot(0).Gate, "cursor": &c.Slot(0).Cursor, "frontier": &c.Producer.Frontier,
		"sequence of the slot": &c.Slot(0).Sequence, "journal": &c.Producer.Journal[0].End, "other journal": &c.Producer.Journal[1].End,
		"count": &c.Producer.Journal[0].Count, "oldest": &c.Producer.Oldest,
	}
	for off := uint64(0); off < 320; off += 8 {
		words[fmt.Sprint("ring ", off)] = (*layout.U64)(unsafe.Pointer(&mem[g.DataOffset+off]))
		words[fmt.Sprint("end of the ring ", off)] = (*layout.U64)(unsafe.Pointer(&mem[g.SegmentSize-320+off]))
	}
	return words
}

// filled is a ring with a pad and records across the end of a lap. The reader has
// taken some.
func filled(t testing.TB, start uint64) (mem []byte, g *layout.Geometry, w *Writer, r *Reader) {
	g = variable(4096, start)
	mem = segment(t, g)
	w, r = writer(t, mem, g), reader(t, mem, g)
	for i := range 130 {
		must(t, w.Write(make([]byte, i%50), 3, 0))
		if i < 110 {
			must(t, r.Peek(new(Record)))
			r.Release()
		}
	}
	return
}

// Every word that matters, with every bad value, before either side goes on and
// before either side attaches: an error or nothing, and never a slice outside.
func TestSpoiledWords(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			mem, g, _, _ := filled(t, start)
			for word := range spoilable(mem, g) {
				target := spoilable(mem, g)[word]
				for _, v := range values(target.Load()) {
					live, g, w, r := filled(t, start)
					spoilable(live, g)[word].Set(v)
					_, _ = drain(t, live, g, r)
					for range 200 {
						if view, err := w.Reserve(100); err == nil {
							inside(t, live, g, view)
							must(t, w.Commit(100, 0, 0))
						} else if !errors.Is(err, ErrWouldBlock) && !errors.Is(err, ErrDamaged) {
							t.Fatal(err)
						}
					}

					left, g, _, _ := filled(t, start)
					spoilable(left, g)[word].Set(v)
					if r, err := NewReader(left, g, 0, false, noWake); err == nil {
						_, _ = drain(t, left, g, r)
					} else if !errors.Is(err, ErrDamaged) {
						t.Fatal(err)
					}
					if w, err := NewWriter(left, g, false, noWake); err == nil {
						for range 200 {
							_ = w.Write(make([]byte, 100), 0, 0)
						}
					} else if !errors.Is(err, ErrDamaged) {
						t.Fatal(err)
					}
				}
			}
		})
	}
}

// What must be called damage, word by word.
func TestDamageIsNamed(t *testing.T) {
	for _, tc := range []struct {
		word  string
		value func(uint64) uint64
	}{
		{"position", func(v uint64) uint64 { return v - 8 }},
		{"position", func(v uint64) uint64 { return v + 1<<20 }},
		{"position", func(uint64) uint64 { return 0 }},
		{"length", func(v uint64) uint64 { return v + 4096 }},
		{"length", func(v uint64) uint64 { return v | 1<<47 }},
		{"length", func(v uint64) uint64 { return v | layout.KindPad<<48 }},
		{"sequence", func(v uint64) uint64 { return v + 1 }},
		{"sequence", func(v uint64) uint64 { return v - 1 }},
	} {
		mem, g, w, r := filled(t, 0)
		word := map[string]*layout.U64{
			"position": &w.page.Position, "length": r.data.word(r.ahead & r.mask), "sequence": r.data.word(r.ahead&r.mask + 8),
		}[tc.word]
		if tc.word == "position" {
			_, _ = drain(t, mem, g, r)
		}
		word.Set(tc.value(word.Load()))
		before := r.Position()
		for range 2 { // and again: it does not go away
			if n, err := drain(t, mem, g, r); n != 0 || !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %d records, %v", tc.word, n, err)
			}
			if _, _, err := r.Read(make([]byte, 4096)); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: Read: %v", tc.word, err)
			}
		}
		if r.Position() != before {
			t.Errorf("%s: the consumer moved over damage", tc.word)
		}
	}
}

func TestFixedDamage(t *testing.T) {
	for _, tc := range []struct {
		what  string
		spoil func(layout.Control)
	}{
		{"position back", func(c layout.Control) { c.Producer.Position.Set(c.Slot(0).Cursor.Load()) }},
		{"position further back", func(c layout.Control) { c.Producer.Position.Set(0) }},
		{"position ahead", func(c layout.Control) { c.Producer.Position.Set(1 << 40) }},
		{"gate", func(c layout.Control) { c.Slot(0).Gate.Set(1 << 40) }},
		{"gate behind", func(c layout.Control) { c.Slot(0).Gate.Set(0) }},
	} {
		g := fixed(8, 16, 1<<20)
		mem := segment(t, g)
		w, err := NewFixedWriter(mem, g, false, noWake)
		must(t, err)
		r, err := NewFixedReader(mem, g, 0, false, noWake)
		must(t, err)
		_, err = w.Write(make([]byte, 8*10))
		must(t, err)
		_, err = r.Peek(4)
		must(t, err)
		must(t, r.Release(4))
		tc.spoil(layout.ControlOf(mem))
		if tc.what[0] == 'g' {
			_, err = w.Write(make([]byte, 8*16))
		} else {
			_, err = r.Peek(16)
		}
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", tc.what, err)
		}
	}
}

// A classic peer may store anything: the positions are refused, records of bad
// length are damage, and nothing panics.
func TestClassicDamage(t *testing.T) {
	for _, v := range values(300) {
		mem := heap(layout.ClassicHeaderSize + 256)
		h := layout.ClassicHeaderOf(mem)
		h.Capacity.Set(256)
		w := NewClassicWriter(mem, 256)
		r, err := NewClassicReader(mem, 256)
		must(t, err)
		for i := 1; i < 20; i++ {
			must(t, w.Write(make([]byte, i)))
			if i < 15 {
				must(t, r.Peek(new(Record)))
				r.Release()
			}
		}
		word := h.Head.Load() - 23 // of the last record
		w.data.put(word, []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)})
		for err = nil; err == nil; err = r.Peek(new(Record)) {
			r.Release()
		}
		if n := uint32(v); n > 19 && !errors.Is(err, ErrDamaged) {
			t.Errorf("a last record of %d bytes: %v", n, err)
		}
		tail, head := h.Tail.Load(), h.Head.Load()
		h.Head.Set(uint32(v))
		if uint32(v)-head > tail+256-head { // not in the window
			must(t, w.Write([]byte{1}))
			h.Head.Set(uint32(v))
			if r.Readable(); r.GuardHits() == 0 {
				t.Errorf("head %d after %d was believed", uint32(v), head)
			}
		}
		h.Tail.Set(uint32(v))
		free := w.Free()
		if free > 256 {
			t.Errorf("tail %d: %d bytes free of 256", uint32(v), free)
		}
	}
}

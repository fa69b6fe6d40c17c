package layout

import (
	"bytes"
	"testing"
	"unsafe"
)

// Whatever the order of the machine is, words are little-endian in memory, and
// the overlays put them where the specification has them.
func TestWordsInMemory(t *testing.T) {
	words := make([]uint64, 0x3000/8+3*SlotSize/8)
	mem := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*8)
	c := ControlOf(mem)
	eight, four := []byte{8, 7, 6, 5, 4, 3, 2, 1}, []byte{4, 3, 2, 1}
	for _, tc := range []struct {
		name string
		at   int
		word *U64
	}{
		{"magic", 0, MagicOf(mem)},
		{"position", 0x1000, &c.Producer.Position},
		{"second cell of the journal", 0x10A0, &c.Producer.Journal[1].End},
		{"its count", 0x10A8, &c.Producer.Journal[1].Count},
		{"gate of slot 0", 0x3000, &c.Slot(0).Gate},
		{"cursor of slot 2", 0x3480, &c.Slot(2).Cursor},
	} {
		for way, store := range map[string]func(uint64){"Set": tc.word.Set, "Publish": tc.word.Publish, "PublishFenced": tc.word.PublishFenced} {
			store(0)
			store(0x01020304_05060708)
			if !bytes.Equal(mem[tc.at:][:8], eight) || tc.word.Load() != 0x01020304_05060708 {
				t.Errorf("%s, %s: % x, loaded as %#x", tc.name, way, mem[tc.at:][:8], tc.word.Load())
			}
		}
	}
	h := ClassicHeaderOf(mem[0x800:])
	for _, tc := range []struct {
		name string
		at   int
		word *U32
	}{
		{"data waiters", 0x2000, &c.Event.DataWaiters},
		{"space waiter", 0x2080, &c.Event.SpaceWaiter},
		{"state of slot 1", 0x3300, &c.Slot(1).State},
		{"head", 0x800, &h.Head},
		{"tail", 0x804, &h.Tail},
		{"capacity", 0x808, &h.Capacity},
	} {
		for way, store := range map[string]func(uint32){"Set": tc.word.Set, "Publish": tc.word.Publish, "PublishFenced": tc.word.PublishFenced} {
			store(0)
			store(0x01020304)
			if !bytes.Equal(mem[tc.at:][:4], four) || tc.word.Load() != 0x01020304 {
				t.Errorf("%s, %s: % x, loaded as %#x", tc.name, way, mem[tc.at:][:4], tc.word.Load())
			}
		}
		if old := tc.word.Exchange(1); old != 0x01020304 || !bytes.Equal(mem[tc.at:][:4], []byte{1, 0, 0, 0}) {
			t.Errorf("%s: exchanged %#x for % x", tc.name, old, mem[tc.at:][:4])
		}
		if *tc.word.Raw() != LE32(1) {
			t.Errorf("%s: the kernel sees %#x", tc.name, *tc.word.Raw())
		}
	}
	if v := LE64(1); *(*byte)(unsafe.Pointer(&v)) != 1 {
		t.Errorf("LE64(1) is %#x", v)
	}
}

// The journal answers for the positions in its two cells and no others.
func TestCountAt(t *testing.T) {
	var p ProducerPage
	p.Journal[0].End.Set(1<<64 - 8)
	p.Journal[0].Count.Set(41)
	p.Journal[1].End.Set(24)
	p.Journal[1].Count.Set(42)
	for pos, want := range map[uint64]uint64{1<<64 - 8: 41, 24: 42} {
		if n, ok := p.CountAt(pos); n != want || !ok {
			t.Errorf("at %d: %d, %t; want %d", pos, n, ok, want)
		}
	}
	for _, pos := range []uint64{0, 16, 25} {
		if n, ok := p.CountAt(pos); ok {
			t.Errorf("at %d: %d, and no cell ends there", pos, n)
		}
	}
}

// A successor fits when all that was asked for is the same; identity, age and
// the first position are the segment's own.
func TestFits(t *testing.T) {
	own := variable()
	own.SegmentID, own.Created, own.StartPosition = 1, 2, 8
	if !own.Fits(variable()) {
		t.Error("the same geometry does not fit")
	}
	for name, change := range map[string]func(*Geometry){
		"capacity":   func(g *Geometry) { g.Capacity *= 2 },
		"format":     func(g *Geometry) { g.Format = FormatFixed },
		"alignment":  func(g *Geometry) { g.Alignment = 16 },
		"slots":      func(g *Geometry) { g.Slots = 2 },
		"times":      func(g *Geometry) { g.Flags = FlagTimes },
		"keep":       func(g *Geometry) { g.Flags = FlagKeep },
		"descriptor": func(g *Geometry) { g.Descriptor = "text/html" },
	} {
		want := variable()
		change(want)
		if own.Fits(want) {
			t.Errorf("another %s fits", name)
		}
		if want.Keep() != (name == "keep") || want.Times() != (name == "times") {
			t.Errorf("%s: keep %t, times %t", name, want.Keep(), want.Times())
		}
	}
}

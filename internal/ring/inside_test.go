package ring

import (
	"testing"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// These tests run on heap memory, which the race detector sees.

// heap is 8-byte aligned memory. There is a little more behind it, because an
// empty payload at the end of the ring is a pointer to just behind the segment,
// which must not be another object of the Go heap.
func heap(n uint64) []byte {
	words := make([]uint64, n/8+2)
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), n)
}

// segment is a fresh native segment, as Create makes it.
func segment(t testing.TB, g *layout.Geometry) []byte {
	t.Helper()
	if g.Slots == 0 {
		g.Slots = 1
	}
	if g.Alignment == 0 {
		g.Alignment = layout.MinAlignment
	}
	if err := g.Complete(); err != nil {
		t.Fatal(err)
	}
	mem := heap(g.SegmentSize)
	c := layout.ControlOf(mem)
	c.Producer.Position.Set(g.StartPosition)
	for i := range c.Producer.Journal {
		c.Producer.Journal[i].End.Set(g.StartPosition)
	}
	s := c.Slot(0)
	s.Gate.Set(g.StartPosition)
	s.Cursor.Set(g.StartPosition)
	s.State.Set(layout.SlotJoined)
	return mem
}

func variable(capacity, start uint64) *layout.Geometry {
	return &layout.Geometry{Capacity: capacity, StartPosition: start}
}

func fixed(size, count, start uint64) *layout.Geometry {
	return &layout.Geometry{
		Format: layout.FormatFixed, RecordSize: size, RecordCount: count,
		Alignment: uint32(min(size&-size, 8)), StartPosition: start,
	}
}

func noWake(*layout.U32) {}

func writer(t testing.TB, mem []byte, g *layout.Geometry) *Writer {
	t.Helper()
	w, err := NewWriter(mem, g, false, noWake)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func reader(t testing.TB, mem []byte, g *layout.Geometry) *Reader {
	t.Helper()
	r, err := NewReader(mem, g, 0, false, noWake)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// starts are positions from which a few laps cross what could overflow.
var starts = map[string]uint64{
	"0": 0, "near 2^32": 1<<32 - 5*4096, "near 2^63": 1<<63 - 5*4096, "near 2^64": 1<<64 - 5*4096,
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

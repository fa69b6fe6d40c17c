package ring_test

import (
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// Headers that a producer of another make could have published, in the last 64
// bytes of a lap with 128 bytes more behind it in the next: steps 3 and 4 of
// reading in section 3.5, each broken by one unit.
func TestBoundsOfRecords(t *testing.T) {
	const pad = layout.KindPad << layout.KindShift
	for _, tc := range []struct {
		name   string
		header uint64
		behind uint64 // published bytes behind the header's position
		fine   bool
	}{
		{"to the end of the lap", 48, 64 + 128, true},
		{"one byte over the end of the lap", 49, 64 + 128, false},
		{"over the end of the lap", 100, 64 + 128, false},
		{"over the end of the lap, of another kind", 100 | 7<<layout.KindShift, 64 + 128, false},
		{"all that is published", 24, 40, true},
		{"one byte more than is published", 25, 40, false},
		{"a header and no more", 0, 16, true},
		{"less than a header", 0, 8, false},
		{"the greatest length", 1<<layout.KindShift - 1, 64 + 128, false},
		{"a length whose stride is 0 in 48 bits", 1<<layout.KindShift - 16, 64 + 128, false},
		{"a pad too short", pad | 56, 64 + 128, false},
		{"a pad too long", pad | 72, 64 + 128, false},
		{"a pad of nothing", pad, 64 + 128, false},
		{"a pad that is not published", pad | 64, 56, false},
	} {
		for _, start := range []uint64{4096 - 64, 1<<64 - 64} {
			for _, call := range []string{"Peek", "Read"} {
				g := &layout.Geometry{Capacity: 4096, Alignment: 8, StartPosition: start}
				mem := heapSegment(t, g)
				page := layout.ControlOf(mem).Producer
				rd, err := ring.NewReader(mem, g, 0, false, func(*layout.U32) {})
				if err != nil {
					t.Fatal(err)
				}
				binary.LittleEndian.PutUint64(mem[g.DataOffset+4096-64:], tc.header)
				page.Position.Set(start + tc.behind)
				if call == "Peek" {
					err = rd.Peek(new(ring.Record))
				} else {
					_, _, err = rd.Read(make([]byte, 4096))
				}
				if tc.fine != (err == nil) || !tc.fine && !errors.Is(err, ring.ErrDamaged) {
					t.Errorf("%s by %s from %#x: %v", tc.name, call, start, err)
				}
				if !tc.fine && rd.Position() != start {
					t.Errorf("%s by %s: the consumer moved from %#x to %#x", tc.name, call, start, rd.Position())
				}
			}
		}
	}
}

// The common case of Read checks the same: it is reached from the second record
// on, here the one in the last 64 bytes of a lap.
func TestBoundsOfTheSecondRecord(t *testing.T) {
	for length, fine := range map[uint64]bool{47: true, 48: true, 49: false, 100: false, 4000: false} {
		g := &layout.Geometry{Capacity: 4096, Alignment: 8, StartPosition: 4096 - 128}
		mem := heapSegment(t, g)
		rd, err := ring.NewReader(mem, g, 0, false, func(*layout.U32) {})
		if err != nil {
			t.Fatal(err)
		}
		lap := mem[g.DataOffset:]
		binary.LittleEndian.PutUint64(lap[4096-128:], 48)
		binary.LittleEndian.PutUint64(lap[4096-64:], length)
		binary.LittleEndian.PutUint64(lap[4096-56:], 1)
		layout.ControlOf(mem).Producer.Position.Set(2*4096 - 128) // a lap ahead
		dst := make([]byte, 4096)
		if n, short, err := rd.Read(dst); n != 48 || short || err != nil {
			t.Fatal(n, short, err)
		}
		n, _, err := rd.Read(dst)
		if fine != (err == nil) || fine && n != length || !fine && !errors.Is(err, ring.ErrDamaged) {
			t.Errorf("a second record of %d bytes: %d bytes, %v", length, n, err)
		}
	}
}

// A 0 that lies in the window and is gone an instant later is refused; see
// section 2. The positions are before 2^32, so that 0 is possible.
func TestClassicFlashInTheWindow(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("nobody can see an instant without a second processor")
	}
	mem := heapClassic(t, 64, 1<<32-40)
	h := layout.ClassicHeaderOf(mem)
	if err := ring.NewClassicWriter(mem, 64).Write(make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	truth := h.Head.Load()
	stop, done := make(chan struct{}), make(chan struct{})
	defer func() { close(stop); <-done }()
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				h.Head.Publish(0)
				order.Pause(60)
				h.Head.Publish(truth)
				order.Pause(50)
			}
		}
	}()
	believed := 0 // the writer may lose its processor in that instant
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		r, err := ring.NewClassicReader(mem, 64)
		if err != nil {
			t.Fatal(err)
		}
		for r.Readable() == 8 {
			if bad, doubt := r.Doubt(); doubt && bad == 0 {
				return
			}
		}
		believed++
	}
	t.Errorf("no instant of 0 was refused, %d were believed", believed)
}

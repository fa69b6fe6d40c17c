package ring

import (
	"context"
	"errors"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/usage"
)

// plainLong is the long way behind the short one, without any waiting.
type plainLong struct {
	usage usage.Usage
	w     *Writer
	r     *Reader
}

func (l *plainLong) LongWrite(_ context.Context, kind uint16, p []byte) error {
	return l.w.Write(p, kind, 0)
}

var errShort = errors.New("short")

func (l *plainLong) LongRead(_ context.Context, dst []byte) (int, error) {
	n, short, err := l.r.Read(dst)
	if short {
		return int(n), errShort
	}
	return int(n), err
}

// drainShort is drain by the short ways: copies into buffers of lengths around their
// limits, and batches in place.
func drainShort(t testing.TB, mem []byte, g *layout.Geometry, r *Reader) {
	t.Helper()
	l := &plainLong{usage: usage.New(func() {}), r: r}
	r.Shorten(&l.usage, l)
	sizes := []int{4096, 128, 129, 0, 15, 16, 17, 8, 7}
	batch := make([]Record, 3)
	for i, short := 0, 0; i < 20000; i++ {
		size := sizes[i%len(sizes)]
		dst := make([]byte, size+8)
		n, err := r.Receive(context.Background(), dst[:size:size])
		for j, b := range dst[size:] {
			if b != 0 {
				t.Fatalf("byte %d behind a buffer of %d was written", j, size)
			}
		}
		switch {
		case err == nil && n > size:
			t.Fatalf("%d bytes in a buffer of %d", n, size)
		case errors.Is(err, errShort) && short < 2*len(sizes):
			short++ // a larger buffer comes, or none is large enough
			continue
		case err != nil && !errors.Is(err, errShort):
			if !errors.Is(err, ErrWouldBlock) && !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		case err != nil:
			return
		}
		short = 0
		if done, _ := r.PeekSeen(batch); done > 0 {
			for _, rec := range batch[:done] {
				inside(t, mem, g, rec.Payload)
			}
			r.Release()
		}
	}
	t.Fatal("more records than the ring can hold")
}

// A pad of 8 bytes at the very end of the memory: nothing behind it is looked at.
func TestShortWaysAtALastWord(t *testing.T) {
	g := variable(4096, 0)
	mem := segment(t, g)
	w, r := writer(t, mem, g), reader(t, mem, g)
	l := &plainLong{usage: usage.New(func() {}), w: w, r: r}
	w.Shorten(&l.usage, l)
	r.Shorten(&l.usage, l)
	dst, batch := make([]byte, 4096), make([]Record, 4)
	must(t, w.Send(context.Background(), 0, make([]byte, 40)))
	must(t, w.Send(context.Background(), 0, make([]byte, 4096-16-56-8)))
	for _, want := range []int{40, 4096 - 16 - 56 - 8} {
		if n, err := r.Receive(context.Background(), dst); err != nil || n != want {
			t.Fatalf("%d bytes, want %d: %v", n, want, err)
		}
	}
	must(t, w.Send(context.Background(), 7, []byte("behind the pad"))) // written the long way: it needs a pad
	if done, _ := r.PeekSeen(batch); done != 0 {
		t.Fatalf("%d records at the pad", done)
	}
	n, err := r.Receive(context.Background(), dst)
	if err != nil || string(dst[:n]) != "behind the pad" {
		t.Fatalf("%q, %v", dst[:n], err)
	}
}

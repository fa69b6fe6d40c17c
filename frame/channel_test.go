package frame_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/frame"
)

// open makes a channel of this test alone, and both its ends.
func open(t testing.TB, capacity uint64) (*shmbuf.Producer, *shmbuf.Consumer) {
	t.Helper()
	name := fmt.Sprintf("frame-test-%d-%d", os.Getpid(), time.Now().UnixNano())
	p, err := shmbuf.Create(name, &shmbuf.Options{Capacity: capacity, Alignment: 64})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Close()
		_ = shmbuf.ForceRemove(name) // a test may leave records that nobody reads
	})
	c, err := shmbuf.Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return p, c
}

func deadline(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestEveryFormatCrosses(t *testing.T) {
	p, c := open(t, 1<<16)
	ctx := deadline(t)
	for n := range uint64(80) { // several laps of the ring
		format := frame.Formats()[n%8]
		h, err := frame.NewHeader(format, 2*uint32(n%40)+2, 2*uint32(n%7)+2)
		if err != nil {
			t.Fatal(err)
		}
		h.Stride += uint32(n % 5)
		h.Timestamp, h.Number = -int64(n), n<<40
		pixels := make([]byte, h.PixelBytes())
		for i := range pixels {
			pixels[i] = byte(uint64(i)*7 + n)
		}
		if n%2 == 0 {
			err = frame.Write(ctx, p, h, pixels)
		} else {
			err = frame.TryWrite(p, h, pixels)
		}
		if err != nil {
			t.Fatalf("frame %d: %v", n, err)
		}
		got, err := frame.Peek(ctx, c)
		if err != nil {
			t.Fatalf("frame %d: %v", n, err)
		}
		if got.Header != h || !bytes.Equal(got.Pixels, pixels) {
			t.Fatalf("frame %d arrives as %+v with %d bytes of pixels, sent %+v", n, got.Header, len(got.Pixels), h)
		}
		if err := c.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := frame.Peek(ctx, c); !errors.Is(err, io.EOF) {
		t.Errorf("after the last frame: %v, want io.EOF", err)
	}
}

func TestReserveInPlace(t *testing.T) {
	p, c := open(t, 1<<16)
	ctx := deadline(t)
	h, err := frame.NewHeader(frame.BGR24, 33, 7)
	if err != nil {
		t.Fatal(err)
	}
	r, err := frame.Reserve(ctx, p, h)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Pixels) != 33*7*3 {
		t.Fatalf("%d bytes of pixels, want %d", len(r.Pixels), 33*7*3)
	}
	r.Abort()
	r.Abort() // twice does nothing
	if _, err := frame.TryPeek(c); !errors.Is(err, shmbuf.ErrWouldBlock) {
		t.Fatalf("an aborted frame: %v, want ErrWouldBlock", err)
	}

	if r, err = frame.TryReserve(p, h); err != nil {
		t.Fatal(err)
	}
	defer r.Abort() // after Commit it does nothing
	for i := range r.Pixels {
		r.Pixels[i] = byte(i)
	}
	before := frame.Now()
	r.Stamp(before, 42)
	if err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	f, err := frame.TryPeek(c)
	if err != nil {
		t.Fatal(err)
	}
	if age := frame.Now() - f.Timestamp; f.Timestamp != before || f.Number != 42 || age < 0 || age > int64(time.Minute) {
		t.Errorf("timestamp %d, number %d; want %d and 42", f.Timestamp, f.Number, before)
	}
	if f.Pixels[100] != 100 {
		t.Errorf("pixel byte 100 is %d", f.Pixels[100])
	}
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestWriteRefuses(t *testing.T) {
	p, c := open(t, 1<<12)
	ctx := deadline(t)
	h, _ := frame.NewHeader(frame.Gray8, 4, 4)
	for _, n := range []int{0, 15, 17} {
		err := frame.Write(ctx, p, h, make([]byte, n))
		if !errors.Is(err, shmbuf.ErrInvalid) || !strings.Contains(err.Error(), fmt.Sprintf(" %d bytes of pixels", n)) || !strings.Contains(err.Error(), p.Name()) {
			t.Errorf("%d bytes for 16 pixels: %v", n, err)
		}
	}
	h.Stride = 3
	if _, err := frame.Reserve(ctx, p, h); !errors.Is(err, shmbuf.ErrInvalid) {
		t.Errorf("short stride: %v", err)
	}
	huge, _ := frame.NewHeader(frame.BGRA, 65535, 65535)
	if _, err := frame.TryReserve(p, huge); !errors.Is(err, shmbuf.ErrTooLarge) {
		t.Errorf("17 GB in a ring of 4 KiB: %v", err)
	}
	if _, err := frame.TryPeek(c); !errors.Is(err, shmbuf.ErrWouldBlock) {
		t.Errorf("a refused frame was sent: %v", err)
	}
}

func TestPeekPassesWhatIsNoFrame(t *testing.T) {
	p, c := open(t, 1<<12)
	ctx := deadline(t)
	if err := p.Write(ctx, []byte("just text")); err != nil {
		t.Fatal(err)
	}
	h, _ := frame.NewHeader(frame.Gray8, 2, 2)
	if err := frame.Write(ctx, p, h, []byte{1, 2, 3, 4}); err != nil {
		t.Fatal(err)
	}
	_, err := frame.Peek(ctx, c)
	if !errors.Is(err, shmbuf.ErrDamaged) || !strings.Contains(err.Error(), c.Name()) || !strings.Contains(err.Error(), "9 bytes") {
		t.Fatalf("text instead of a frame: %v", err)
	}
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	if f, err := frame.Peek(ctx, c); err != nil || !bytes.Equal(f.Pixels, []byte{1, 2, 3, 4}) {
		t.Errorf("the frame behind it: %v, %v", f.Pixels, err)
	}
}

func TestPeekEndsWithItsContext(t *testing.T) {
	_, c := open(t, 1<<12)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := frame.Peek(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing sent: %v, want DeadlineExceeded", err)
	}
}

func TestNoAllocations(t *testing.T) {
	p, c := open(t, 1<<16)
	ctx := context.Background()
	h, _ := frame.NewHeader(frame.BGR24, 64, 16)
	pixels := make([]byte, h.PixelBytes())
	take := func() {
		if _, err := frame.Peek(ctx, c); err != nil {
			t.Fatal(err)
		}
		if err := c.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		if err := frame.Write(ctx, p, h, pixels); err != nil {
			t.Fatal(err)
		}
		take()
	}); n != 0 {
		t.Errorf("Write and Peek allocate %v times a frame", n)
	}
	if n := testing.AllocsPerRun(100, func() {
		r, err := frame.Reserve(ctx, p, h)
		if err != nil {
			t.Fatal(err)
		}
		r.Stamp(frame.Now(), 1)
		if err := r.Commit(); err != nil {
			t.Fatal(err)
		}
		take()
	}); n != 0 {
		t.Errorf("Reserve, Stamp, Commit and Peek allocate %v times a frame", n)
	}
}

func BenchmarkWritePeek1080p(b *testing.B) {
	p, c := open(b, 1<<24)
	ctx := context.Background()
	h, _ := frame.NewHeader(frame.BGR24, 1920, 1080)
	pixels := make([]byte, h.PixelBytes())
	b.SetBytes(int64(len(pixels)))
	b.ReportAllocs()
	for range b.N {
		if err := frame.Write(ctx, p, h, pixels); err != nil {
			b.Fatal(err)
		}
		if _, err := frame.Peek(ctx, c); err != nil {
			b.Fatal(err)
		}
		if err := c.Release(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReservePeek1080p(b *testing.B) {
	p, c := open(b, 1<<24)
	ctx := context.Background()
	h, _ := frame.NewHeader(frame.BGR24, 1920, 1080)
	b.ReportAllocs()
	for range b.N {
		r, err := frame.Reserve(ctx, p, h)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Commit(); err != nil {
			b.Fatal(err)
		}
		if _, err := frame.Peek(ctx, c); err != nil {
			b.Fatal(err)
		}
		if err := c.Release(); err != nil {
			b.Fatal(err)
		}
	}
}

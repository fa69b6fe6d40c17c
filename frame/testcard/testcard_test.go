package testcard

import (
	"bytes"
	"errors"
	"hash/crc32"
	"image/png"
	"math"
	"os"
	"testing"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/frame"
)

func draw(t testing.TB, f frame.PixelFormat, w, h uint32, number uint64) frame.Frame {
	t.Helper()
	card, err := New(f, w, h)
	if err != nil {
		t.Fatal(err)
	}
	pixels := bytes.Repeat([]byte{0x5A}, int(card.Header().PixelBytes()))
	card.Draw(pixels, number)
	return frame.Frame{Header: card.Header(), Pixels: pixels}
}

func TestNumberReadsBack(t *testing.T) {
	for _, f := range []frame.PixelFormat{frame.Gray8, frame.BGR24, frame.RGB24, frame.BGRA, frame.RGBA} {
		for _, size := range [][2]uint32{{1920, 1080}, {161, 91}, {MinWidth, MinHeight}, {720, 1280}} {
			for _, number := range []uint64{0, 1, 29, 299, 0xA5A5A5A5, math.MaxUint32} {
				if got, ok := Number(draw(t, f, size[0], size[1], number)); !ok || uint64(got) != number {
					t.Errorf("%v %v: number %d reads back as %d, %v", f, size, number, got, ok)
				}
			}
		}
	}
	// Twenty digits, the longest number, still fit the panel.
	for _, size := range [][2]uint32{{MinWidth, MinHeight}, {720, 1280}, {1920, 1080}, {3000, 90}, {160, 3000}} {
		if got, ok := Number(draw(t, frame.BGR24, size[0], size[1], math.MaxUint64)); !ok || got != math.MaxUint32 {
			t.Errorf("%v: largest number reads back as %d, %v", size, got, ok)
		}
	}
}

func TestNumberRefusesOtherPictures(t *testing.T) {
	f := draw(t, frame.BGR24, 320, 180, 7)
	if n, ok := Number(f); !ok || n != 7 {
		t.Fatalf("a whole card reads as %d, %v", n, ok)
	}
	clear(f.Pixels)
	if n, ok := Number(f); ok {
		t.Errorf("a black picture reads as number %d", n)
	}
	f.Pixels = f.Pixels[:100]
	if n, ok := Number(f); ok {
		t.Errorf("a cut picture reads as number %d", n)
	}
}

func TestDeterministicAndMoving(t *testing.T) {
	seen := map[uint32]uint64{}
	for number := range uint64(400) {
		sum := crc32.ChecksumIEEE(draw(t, frame.BGR24, 320, 180, number).Pixels)
		if before, ok := seen[sum]; ok {
			t.Fatalf("numbers %d and %d give the same picture", before, number)
		}
		seen[sum] = number
	}
	// The picture is part of what other programs may rely on: these sums change
	// only together with a deliberate change of the drawing.
	for number, want := range map[uint64]uint32{0: 0xf1376020, 123456: 0x615535f0} {
		if got := crc32.ChecksumIEEE(draw(t, frame.BGR24, 1920, 1080, number).Pixels); got != want {
			t.Errorf("picture %d has CRC %#08x, want %#08x", number, got, want)
		}
	}
}

func TestFormatsShowTheSamePicture(t *testing.T) {
	a, err := draw(t, frame.BGR24, 320, 180, 77).Image()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []frame.PixelFormat{frame.RGB24, frame.BGRA, frame.RGBA} {
		b, err := draw(t, f, 320, 180, 77).Image()
		if err != nil {
			t.Fatal(err)
		}
		for y := range 180 {
			for x := range 320 {
				if a.At(x, y) != b.At(x, y) {
					t.Fatalf("%v differs from bgr24 at %d,%d: %v, %v", f, x, y, b.At(x, y), a.At(x, y))
				}
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		f    frame.PixelFormat
		w, h uint32
	}{{frame.NV12, 640, 480}, {frame.YUYV, 640, 480}, {frame.Gray16, 640, 480}, {0, 640, 480}, {frame.BGR24, 159, 90}, {frame.BGR24, 160, 89}, {frame.BGR24, 70000, 90}} {
		if _, err := New(c.f, c.w, c.h); !errors.Is(err, shmbuf.ErrInvalid) {
			t.Errorf("New(%v, %d, %d): %v, want ErrInvalid", c.f, c.w, c.h, err)
		}
	}
}

func TestDrawDoesNotAllocate(t *testing.T) {
	card, err := New(frame.BGR24, 320, 180)
	if err != nil {
		t.Fatal(err)
	}
	pixels := make([]byte, card.Header().PixelBytes())
	if n := testing.AllocsPerRun(50, func() { card.Draw(pixels, 123456789) }); n != 0 {
		t.Errorf("Draw allocates %v times", n)
	}
}

// TestWritePNG writes the card to the file named by TESTCARD_PNG, for people.
func TestWritePNG(t *testing.T) {
	name := os.Getenv("TESTCARD_PNG")
	if name == "" {
		t.Skip("TESTCARD_PNG is not set")
	}
	m, err := draw(t, frame.BGR24, 1920, 1080, 1234).Image()
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := png.Encode(out, m); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkDraw1080p(b *testing.B) {
	card, err := New(frame.BGR24, 1920, 1080)
	if err != nil {
		b.Fatal(err)
	}
	pixels := make([]byte, card.Header().PixelBytes())
	b.SetBytes(int64(len(pixels)))
	b.ReportAllocs()
	for i := range b.N {
		card.Draw(pixels, uint64(i))
	}
}

package frame

import (
	"errors"
	"image"
	"image/color"
	"testing"

	"github.com/shmbuf/shmbuf"
)

// paint fills a frame of the given format with two colours, one per half, and
// stride bytes beyond the row with rubbish that must not show.
func paint(t *testing.T, f PixelFormat, width, height uint32, left, right []byte) Frame {
	t.Helper()
	h, err := NewHeader(f, width, height)
	if err != nil {
		t.Fatal(err)
	}
	h.Stride += 5
	frame := Frame{Header: h, Pixels: make([]byte, h.PixelBytes())}
	for i := range frame.Pixels {
		frame.Pixels[i] = 0x77
	}
	for y := range int(height) {
		row := frame.row(y)
		for i := range row {
			unit := left
			if i >= len(row)/2/len(left)*len(left) {
				unit = right
			}
			row[i] = unit[i%len(unit)]
		}
	}
	return frame
}

func near(a, b color.NRGBA, tolerance int) bool {
	d := func(x, y uint8) bool { return int(x)-int(y) <= tolerance && int(y)-int(x) <= tolerance }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B) && a.A == b.A
}

func at(m image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
}

func TestImageColours(t *testing.T) {
	// Orange and its mirror, odd sizes where the format allows them.
	orange, blue := color.NRGBA{255, 128, 16, 255}, color.NRGBA{16, 128, 255, 255}
	for _, c := range []struct {
		format      PixelFormat
		w, h        uint32
		left, right []byte
		wl, wr      color.NRGBA
	}{
		{Gray8, 6, 3, []byte{10}, []byte{200}, color.NRGBA{10, 10, 10, 255}, color.NRGBA{200, 200, 200, 255}},
		{Gray16, 6, 5, []byte{0x34, 10}, []byte{0x12, 200}, color.NRGBA{10, 10, 10, 255}, color.NRGBA{200, 200, 200, 255}},
		{BGR24, 6, 3, []byte{16, 128, 255}, []byte{255, 128, 16}, orange, blue},
		{RGB24, 6, 1, []byte{255, 128, 16}, []byte{16, 128, 255}, orange, blue},
		{BGRA, 2, 3, []byte{16, 128, 255, 9}, []byte{255, 128, 16, 255}, color.NRGBA{255, 128, 16, 9}, blue},
		{RGBA, 2, 3, []byte{255, 128, 16, 255}, []byte{16, 128, 255, 7}, orange, color.NRGBA{16, 128, 255, 7}},
	} {
		m, err := paint(t, c.format, c.w, c.h, c.left, c.right).Image()
		if err != nil {
			t.Fatal(err)
		}
		if m.Bounds() != image.Rect(0, 0, int(c.w), int(c.h)) {
			t.Errorf("%v: bounds %v", c.format, m.Bounds())
		}
		for y := range int(c.h) {
			if l, r := at(m, 0, y), at(m, int(c.w)-1, y); !near(l, c.wl, 0) || !near(r, c.wr, 0) {
				t.Errorf("%v row %d: %v and %v, want %v and %v", c.format, y, l, r, c.wl, c.wr)
			}
		}
	}
}

// The values are BT.601 with brightness 16…235, as cv2.cvtColor converts them.
func TestImageYUV(t *testing.T) {
	red, white, black := [3]byte{81, 90, 240}, [3]byte{235, 128, 128}, [3]byte{16, 128, 128}
	cases := []struct {
		yuv  [3]byte
		want color.NRGBA
	}{
		{red, color.NRGBA{254, 0, 0, 255}},
		{white, color.NRGBA{255, 255, 255, 255}},
		{black, color.NRGBA{0, 0, 0, 255}},
		{[3]byte{145, 54, 34}, color.NRGBA{0, 255, 1, 255}},
		{[3]byte{41, 240, 110}, color.NRGBA{0, 0, 255, 255}},
		{[3]byte{255, 128, 128}, color.NRGBA{255, 255, 255, 255}},
		{[3]byte{0, 128, 128}, color.NRGBA{0, 0, 0, 255}},
	}
	for _, c := range cases {
		y, u, v := c.yuv[0], c.yuv[1], c.yuv[2]
		packed := paint(t, YUYV, 4, 3, []byte{y, u, y, v}, []byte{16, 128, 16, 128})
		planar := paint(t, NV12, 4, 4, []byte{y}, []byte{16})
		for row := 4; row < 6; row++ {
			copy(planar.row(row), []byte{u, v, 128, 128})
		}
		for _, f := range []Frame{packed, planar} {
			m, err := f.Image()
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := m.(*image.YCbCr); !ok {
				t.Fatalf("%v became %T", f.Format, m)
			}
			for row := range int(f.Height) {
				if l, r := at(m, 1, row), at(m, 2, row); !near(l, c.want, 2) || !near(r, color.NRGBA{0, 0, 0, 255}, 0) {
					t.Errorf("%v %v row %d: %v and %v, want %v and black", f.Format, c.yuv, row, l, r, c.want)
				}
			}
		}
	}
}

func TestImageRefuses(t *testing.T) {
	f := paint(t, NV12, 4, 4, []byte{1}, []byte{2})
	f.Pixels = f.Pixels[:len(f.Pixels)-1]
	if _, err := f.Image(); !errors.Is(err, shmbuf.ErrInvalid) {
		t.Errorf("missing pixels: %v", err)
	}
	f.Width = 3
	if _, err := f.Image(); !errors.Is(err, shmbuf.ErrInvalid) {
		t.Errorf("odd width: %v", err)
	}
}

func TestImageIsACopy(t *testing.T) {
	f := paint(t, Gray8, 2, 1, []byte{1}, []byte{2})
	m, err := f.Image()
	if err != nil {
		t.Fatal(err)
	}
	f.Pixels[0] = 99
	if got := m.(*image.Gray).Pix[0]; got != 1 {
		t.Errorf("the image changed with the ring: %d", got)
	}
}

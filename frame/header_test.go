package frame

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/shmbuf/shmbuf"
)

func TestFormatTable(t *testing.T) {
	want := []struct {
		value      PixelFormat
		name, caps string
		row7       uint64 // bytes of a row of 7 pixels
	}{
		{1, "gray8", "GRAY8", 7},
		{2, "bgr24", "BGR", 21},
		{3, "rgb24", "RGB", 21},
		{4, "bgra", "BGRA", 28},
		{5, "rgba", "RGBA", 28},
		{6, "yuyv", "YUY2", 14},
		{7, "nv12", "NV12", 7},
		{8, "gray16", "GRAY16_LE", 14},
	}
	if got := len(Formats()); got != len(want) {
		t.Fatalf("Formats has %d entries, want %d", got, len(want))
	}
	for i, w := range want {
		f := Formats()[i]
		if f != w.value || f.String() != w.name || f.Caps() != w.caps || f.RowBytes(7) != w.row7 || !f.Valid() {
			t.Errorf("format %d is %v %q %q row %d, want %+v", i, uint32(f), f, f.Caps(), f.RowBytes(7), w)
		}
		for _, name := range []string{w.name, w.caps} {
			if got, err := ParsePixelFormat(name); got != f || err != nil {
				t.Errorf("ParsePixelFormat(%q) = %v, %v", name, got, err)
			}
		}
	}
	for _, bad := range []PixelFormat{0, 9, 1 << 31} {
		if bad.Valid() || bad.Caps() != "" || bad.RowBytes(1) != 0 || !strings.Contains(bad.String(), "PixelFormat(") {
			t.Errorf("PixelFormat %d passes for a format: %v", uint32(bad), bad)
		}
	}
	if _, err := ParsePixelFormat("BGR24 "); !errors.Is(err, shmbuf.ErrInvalid) {
		t.Errorf("unknown name gives %v, want ErrInvalid", err)
	}
}

func TestHeaderBytes(t *testing.T) {
	h := Header{Width: 1920, Height: 1080, Stride: 5824, Format: BGR24, Timestamp: -2, Number: 0x0102030405060708}
	dst := bytes.Repeat([]byte{0xEE}, HeaderSize+1)
	if err := Encode(dst, h); err != nil {
		t.Fatal(err)
	}
	want := "46524d31" + "80070000" + "38040000" + "c0160000" + "02000000" + "00000000" +
		"feffffffffffffff" + "0807060504030201" + strings.Repeat("00", 24) + "ee"
	if got := hex.EncodeToString(dst); got != want {
		t.Errorf("header bytes\n%s, want\n%s", got, want)
	}
	if got, err := Decode(dst); err != nil || got != h {
		t.Errorf("Decode = %+v, %v; want %+v", got, err, h)
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		format        PixelFormat
		width, height uint32
		pixels        uint64
	}{
		{Gray8, 1, 1, 1},
		{Gray8, 3, 5, 15},
		{BGR24, 3, 5, 45},
		{RGB24, 7, 1, 21},
		{BGRA, 1, 7, 28},
		{RGBA, 3, 3, 36},
		{YUYV, 2, 1, 4},
		{YUYV, 6, 5, 60},
		{NV12, 2, 2, 6},
		{NV12, 6, 4, 36},
		{Gray16, 3, 3, 18},
		{BGR24, 1920, 1080, 6220800},
		{NV12, 1920, 1080, 3110400},
		{BGRA, 65535, 65535, 17179344900},
		{NV12, 65534, 65534, 6442057734},
	} {
		h, err := NewHeader(c.format, c.width, c.height)
		if err != nil {
			t.Errorf("%v %d×%d: %v", c.format, c.width, c.height, err)
			continue
		}
		if uint64(h.Stride) != h.RowBytes() || h.PixelBytes() != c.pixels || h.Size() != c.pixels+64 {
			t.Errorf("%v %d×%d: stride %d, %d bytes of pixels, %d in all; want %d", c.format, c.width, c.height, h.Stride, h.PixelBytes(), h.Size(), c.pixels)
		}
	}
	padded := Header{Width: 2, Height: 4, Stride: 100, Format: NV12}
	if padded.Validate() != nil || padded.PixelBytes() != 600 {
		t.Errorf("nv12 with stride 100: %v, %d bytes; want 600", padded.Validate(), padded.PixelBytes())
	}
	huge := Header{Width: 65535, Height: 65535, Stride: 1<<32 - 1, Format: Gray8}
	if huge.Validate() != nil || huge.PixelBytes() != 65535*(1<<32-1) {
		t.Errorf("largest stride: %v, %d bytes", huge.Validate(), huge.PixelBytes())
	}
}

// badHeaders are refused as invalid when written and as damaged when read.
var badHeaders = []struct {
	name, says string
	h          Header
}{
	{"format 0", "format 0 ", Header{Width: 1, Height: 1, Stride: 9}},
	{"format 9", "format 9 ", Header{Width: 1, Height: 1, Stride: 9, Format: 9}},
	{"no width", "0×1", Header{Height: 1, Stride: 9, Format: Gray8}},
	{"no height", "1×0", Header{Width: 1, Stride: 9, Format: Gray8}},
	{"wide", "65536×1", Header{Width: 65536, Height: 1, Stride: 65536, Format: Gray8}},
	{"high", "1×65536", Header{Width: 1, Height: 65536, Stride: 9, Format: Gray8}},
	{"huge", "4294967295×", Header{Width: 1<<32 - 1, Height: 1<<32 - 1, Stride: 1<<32 - 1, Format: Gray8}},
	{"stride", "stride 20 ", Header{Width: 7, Height: 1, Stride: 20, Format: BGR24}},
	{"no stride", "stride 0 ", Header{Width: 7, Height: 1, Format: Gray8}},
	{"odd yuyv", "width 3 is odd", Header{Width: 3, Height: 2, Stride: 99, Format: YUYV}},
	{"odd nv12 width", "width 3 is odd", Header{Width: 3, Height: 2, Stride: 99, Format: NV12}},
	{"odd nv12 height", "height 3 is odd", Header{Width: 2, Height: 3, Stride: 99, Format: NV12}},
}

func TestBadHeaders(t *testing.T) {
	for _, c := range badHeaders {
		t.Run(c.name, func(t *testing.T) {
			dst := bytes.Repeat([]byte{0xEE}, HeaderSize)
			err := Encode(dst, c.h)
			if !errors.Is(err, shmbuf.ErrInvalid) || !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Encode: %v; want ErrInvalid with %q", err, c.says)
			}
			if !bytes.Equal(dst, bytes.Repeat([]byte{0xEE}, HeaderSize)) {
				t.Error("Encode wrote to dst in spite of the error")
			}
			c.h.put(dst)
			if _, err := Decode(dst); !errors.Is(err, shmbuf.ErrDamaged) || errors.Is(err, shmbuf.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Decode: %v; want ErrDamaged with %q", err, c.says)
			}
		})
	}
	if err := Encode(make([]byte, 63), Header{Width: 1, Height: 1, Stride: 1, Format: Gray8}); !errors.Is(err, shmbuf.ErrInvalid) {
		t.Errorf("Encode into 63 bytes: %v", err)
	}
	if _, err := NewHeader(BGR24, 1<<31, 1); !errors.Is(err, shmbuf.ErrInvalid) {
		t.Errorf("NewHeader with width 2^31: %v", err)
	}
}

func TestParse(t *testing.T) {
	h, _ := NewHeader(NV12, 4, 2)
	record := make([]byte, h.Size())
	h.put(record)
	for i := range record[HeaderSize:] {
		record[HeaderSize+i] = byte(i)
	}
	f, err := Parse(append(record, 1, 2, 3)) // bytes after the pixels are left out
	if err != nil || f.Header != h || !bytes.Equal(f.Pixels, record[HeaderSize:]) || cap(f.Pixels) != 12 {
		t.Fatalf("Parse = %+v, %v", f, err)
	}
	for n := range record {
		if _, err := Parse(record[:n]); !errors.Is(err, shmbuf.ErrDamaged) {
			t.Fatalf("the first %d bytes of %d: %v, want ErrDamaged", n, len(record), err)
		}
	}
	huge, _ := NewHeader(BGRA, 65535, 65535)
	huge.put(record)
	if _, err := Parse(record); !errors.Is(err, shmbuf.ErrDamaged) || !strings.Contains(err.Error(), "17179344964") {
		t.Errorf("65535×65535 in %d bytes: %v", len(record), err)
	}
	record[0] = 'f'
	if _, err := Parse(record); !errors.Is(err, shmbuf.ErrDamaged) || !strings.Contains(err.Error(), "66 52 4d 31") {
		t.Errorf("wrong magic: %v", err)
	}
}

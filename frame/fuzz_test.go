package frame

import (
	"bytes"
	"errors"
	"testing"

	"github.com/shmbuf/shmbuf"
)

// FuzzParse demands that any record is either refused as damaged, or is a frame
// whose pixels lie inside it and whose header survives another round.
func FuzzParse(f *testing.F) {
	for _, format := range Formats() {
		h, err := NewHeader(format, 6, 4)
		if err != nil {
			f.Fatal(err)
		}
		h.Timestamp, h.Number = 1, 2
		record := make([]byte, h.Size())
		h.put(record)
		f.Add(record)
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		got, err := Parse(record)
		if err != nil {
			if !errors.Is(err, shmbuf.ErrDamaged) {
				t.Fatalf("%v does not wrap ErrDamaged", err)
			}
			return
		}
		if got.Size() > uint64(len(record)) || uint64(len(got.Pixels)) != got.PixelBytes() {
			t.Fatalf("%+v with %d bytes of pixels out of a record of %d", got.Header, len(got.Pixels), len(record))
		}
		if len(got.Pixels) > 0 && &got.Pixels[0] != &record[HeaderSize] {
			t.Fatal("the pixels are not those of the record")
		}
		again := make([]byte, HeaderSize)
		if err := Encode(again, got.Header); err != nil {
			t.Fatal(err)
		}
		for _, reserved := range [][2]int{{20, 24}, {40, 64}} {
			copy(again[reserved[0]:reserved[1]], record[reserved[0]:reserved[1]])
		}
		if !bytes.Equal(again, record[:HeaderSize]) {
			t.Fatalf("%+v encodes to % x, read from % x", got.Header, again, record[:HeaderSize])
		}
		if m, err := got.Image(); err != nil || m.Bounds().Dx() != int(got.Width) || m.Bounds().Dy() != int(got.Height) {
			t.Fatalf("Image of %+v: %v", got.Header, err)
		}
	})
}

// FuzzParseCaps demands that caps that are understood can be written again.
func FuzzParseCaps(f *testing.F) {
	f.Add("video/x-raw,format=BGR,width=1920,height=1080,framerate=30/1")
	f.Add(`video/x-raw, width=(int)2, height=(int)2, format=(string)"NV12"`)
	f.Add("video/x-raw,format=,width=,height=")
	f.Fuzz(func(t *testing.T, text string) {
		h, rate, err := ParseCaps(text)
		if err != nil {
			if !errors.Is(err, shmbuf.ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		written, err := Caps(h, rate)
		if err != nil {
			t.Fatal(err)
		}
		if h2, rate2, err := ParseCaps(written); err != nil || h2 != h || rate2 != rate {
			t.Fatalf("%q → %q → %+v %v, %v", text, written, h2, rate2, err)
		}
	})
}

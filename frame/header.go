package frame

import (
	"encoding/binary"
	"fmt"

	"github.com/shmbuf/shmbuf"
)

// HeaderSize is the number of bytes in front of the pixels of every frame.
const HeaderSize = 64

// MaxSide is the largest width and the largest height.
const MaxSide = 65535

// magic is "FRM1" read as a little-endian word.
const magic = 0x314D5246

// Offsets in the header, as in section 6 of spec/PROTOCOL.md:
//
//	0     4      8       12      16      20  24         32      40        64
//	+-----+------+-------+-------+-------+---+----------+-------+---------+---------
//	|magic| width| height| stride| format| 0 | timestamp| number| 0       | pixels …
//	+-----+------+-------+-------+-------+---+----------+-------+---------+---------
//	  u32   u32    u32     u32     u32   u32   i64        u64     24 bytes
const (
	offMagic     = 0
	offWidth     = 4
	offHeight    = 8
	offStride    = 12
	offFormat    = 16
	offTimestamp = 24
	offNumber    = 32
)

// Header describes the pixels that follow it in the record.
type Header struct {
	Width  uint32      // pixels, 1…MaxSide
	Height uint32      // pixels, 1…MaxSide
	Stride uint32      // bytes from one row of the first plane to the next
	Format PixelFormat // how the pixels lie in memory

	// Timestamp is in nanoseconds of a clock that the producer chooses;
	// CLOCK_MONOTONIC (see Now) lets consumers on the same machine measure
	// the age of the frame.
	Timestamp int64
	Number    uint64 // the producer's frame counter
}

// NewHeader returns the header of a frame whose rows follow each other without
// gaps. The error wraps shmbuf.ErrInvalid.
func NewHeader(format PixelFormat, width, height uint32) (Header, error) {
	h := Header{Width: width, Height: height, Format: format}
	if width <= MaxSide {
		h.Stride = uint32(format.RowBytes(width))
	}
	return h, h.Validate()
}

// Validate reports what is wrong with h; the error wraps shmbuf.ErrInvalid.
func (h Header) Validate() error { return h.check(shmbuf.ErrInvalid) }

func (h Header) check(kind error) error {
	if !h.Format.Valid() {
		return fmt.Errorf("%w: pixel format %d is not known; the formats are 1 to %d", kind, uint32(h.Format), uint32(Gray16))
	}
	if h.Width-1 >= MaxSide || h.Height-1 >= MaxSide { // 0 wraps to the largest value
		return fmt.Errorf("%w: frame of %d×%d pixels; width and height must be 1 to %d", kind, h.Width, h.Height, MaxSide)
	}
	f := &formats[h.Format]
	if f.evenWidth && h.Width%2 != 0 {
		return fmt.Errorf("%w: width %d is odd; %s needs an even width", kind, h.Width, f.name)
	}
	if f.evenHeight && h.Height%2 != 0 {
		return fmt.Errorf("%w: height %d is odd; %s needs an even height", kind, h.Height, f.name)
	}
	if row := h.Format.RowBytes(h.Width); uint64(h.Stride) < row {
		return fmt.Errorf("%w: stride %d is smaller than a row; %d pixels of %s need %d bytes", kind, h.Stride, h.Width, f.name, row)
	}
	return nil
}

// RowBytes returns how many bytes of each row of the first plane are pixels;
// the other Stride − RowBytes bytes mean nothing.
func (h Header) RowBytes() uint64 { return h.Format.RowBytes(h.Width) }

// PixelBytes returns the number of bytes after the header: stride · height, and
// half as much again for nv12. It fits 49 bits for every header.
func (h Header) PixelBytes() uint64 {
	n := uint64(h.Stride) * uint64(h.Height)
	if h.Format.Valid() && formats[h.Format].chroma {
		n += n / 2
	}
	return n
}

// Size returns the length of the whole record: header and pixels.
func (h Header) Size() uint64 { return HeaderSize + h.PixelBytes() }

// Encode writes h to the first HeaderSize bytes of dst. The error wraps
// shmbuf.ErrInvalid: h is not valid or dst too short; dst is then untouched.
func Encode(dst []byte, h Header) error {
	if len(dst) < HeaderSize {
		return fmt.Errorf("%w: %d bytes are too few for a frame header; give %d", shmbuf.ErrInvalid, len(dst), HeaderSize)
	}
	if err := h.Validate(); err != nil {
		return err
	}
	h.put(dst)
	return nil
}

func (h Header) put(dst []byte) {
	b := (*[HeaderSize]byte)(dst)
	*b = [HeaderSize]byte{}
	binary.LittleEndian.PutUint32(b[offMagic:], magic)
	binary.LittleEndian.PutUint32(b[offWidth:], h.Width)
	binary.LittleEndian.PutUint32(b[offHeight:], h.Height)
	binary.LittleEndian.PutUint32(b[offStride:], h.Stride)
	binary.LittleEndian.PutUint32(b[offFormat:], uint32(h.Format))
	binary.LittleEndian.PutUint64(b[offTimestamp:], uint64(h.Timestamp))
	binary.LittleEndian.PutUint64(b[offNumber:], h.Number)
}

// Decode reads the header at the start of src, which may be shared memory: each
// byte is read once. Reserved bytes are ignored. The error wraps
// shmbuf.ErrDamaged: src is no frame, or the header contradicts itself. Whether
// the pixels are there is for Parse to say.
func Decode(src []byte) (Header, error) {
	if len(src) < HeaderSize {
		return Header{}, fmt.Errorf("%w: a record of %d bytes is no frame; its header alone has %d", shmbuf.ErrDamaged, len(src), HeaderSize)
	}
	b := [HeaderSize]byte(src) // the private copy everything below looks at
	if m := binary.LittleEndian.Uint32(b[offMagic:]); m != magic {
		first := [4]byte(b[:]) // not b itself: what an error holds lives on the heap
		return Header{}, fmt.Errorf("%w: the record starts with % x; a frame starts with 46 52 4d 31", shmbuf.ErrDamaged, first)
	}
	h := Header{
		Width:     binary.LittleEndian.Uint32(b[offWidth:]),
		Height:    binary.LittleEndian.Uint32(b[offHeight:]),
		Stride:    binary.LittleEndian.Uint32(b[offStride:]),
		Format:    PixelFormat(binary.LittleEndian.Uint32(b[offFormat:])),
		Timestamp: int64(binary.LittleEndian.Uint64(b[offTimestamp:])),
		Number:    binary.LittleEndian.Uint64(b[offNumber:]),
	}
	if err := h.check(shmbuf.ErrDamaged); err != nil {
		return Header{}, err
	}
	return h, nil
}

// Frame is a header and its pixels.
type Frame struct {
	Header
	Pixels []byte // exactly PixelBytes long
}

// Parse splits a record into header and pixels, without copying: the pixels lie
// in payload and live as long. Bytes after the pixels are left out. The error
// wraps shmbuf.ErrDamaged.
func Parse(payload []byte) (Frame, error) {
	h, err := Decode(payload)
	if err != nil {
		return Frame{}, err
	}
	if have, need := uint64(len(payload)), h.Size(); have < need {
		return Frame{}, fmt.Errorf("%w: a record of %d bytes is too short for %d×%d %s with stride %d, which needs %d",
			shmbuf.ErrDamaged, have, h.Width, h.Height, h.Format, h.Stride, need)
	}
	end := HeaderSize + int(h.PixelBytes())
	return Frame{Header: h, Pixels: payload[HeaderSize:end:end]}, nil
}

package frame

import (
	"fmt"

	"github.com/shmbuf/shmbuf"
)

// PixelFormat says how the pixels of a frame lie in memory. The values are
// those of the wire (section 6 of spec/PROTOCOL.md).
type PixelFormat uint32

// The pixel formats. The zero PixelFormat is none of them.
const (
	Gray8  PixelFormat = 1 // one byte of brightness
	BGR24  PixelFormat = 2 // bytes blue, green, red: what OpenCV uses
	RGB24  PixelFormat = 3 // bytes red, green, blue
	BGRA   PixelFormat = 4 // bytes blue, green, red, alpha (not premultiplied)
	RGBA   PixelFormat = 5 // bytes red, green, blue, alpha (not premultiplied)
	YUYV   PixelFormat = 6 // bytes Y0 U Y1 V for two pixels: what webcams give
	NV12   PixelFormat = 7 // a plane of Y, then one of U and V for each 2×2 pixels
	Gray16 PixelFormat = 8 // two bytes of brightness, little-endian
)

// formatInfo is what the rest of the package knows about a format.
type formatInfo struct {
	name       string
	caps       string // the format= of GStreamer caps
	perPixel   uint32 // bytes of the first plane per pixel
	evenWidth  bool
	evenHeight bool
	chroma     bool // a second plane of half the height follows the first
}

var formats = [...]formatInfo{
	Gray8:  {name: "gray8", caps: "GRAY8", perPixel: 1},
	BGR24:  {name: "bgr24", caps: "BGR", perPixel: 3},
	RGB24:  {name: "rgb24", caps: "RGB", perPixel: 3},
	BGRA:   {name: "bgra", caps: "BGRA", perPixel: 4},
	RGBA:   {name: "rgba", caps: "RGBA", perPixel: 4},
	YUYV:   {name: "yuyv", caps: "YUY2", perPixel: 2, evenWidth: true},
	NV12:   {name: "nv12", caps: "NV12", perPixel: 1, evenWidth: true, evenHeight: true, chroma: true},
	Gray16: {name: "gray16", caps: "GRAY16_LE", perPixel: 2},
}

// Formats returns every pixel format, in the order of the wire values.
func Formats() []PixelFormat {
	return []PixelFormat{Gray8, BGR24, RGB24, BGRA, RGBA, YUYV, NV12, Gray16}
}

// Valid reports whether f is one of the formats of this package.
func (f PixelFormat) Valid() bool { return f >= Gray8 && f <= Gray16 }

// String returns the name, such as "bgr24".
func (f PixelFormat) String() string {
	if !f.Valid() {
		return fmt.Sprintf("PixelFormat(%d)", uint32(f))
	}
	return formats[f].name
}

// Caps returns the format as GStreamer caps name it, such as "BGR"; "" when f
// is not valid.
func (f PixelFormat) Caps() string {
	if !f.Valid() {
		return ""
	}
	return formats[f].caps
}

// RowBytes returns how many bytes a row of the first plane needs at the given
// width: the smallest stride. It is 0 when f is not valid.
func (f PixelFormat) RowBytes(width uint32) uint64 {
	if !f.Valid() {
		return 0
	}
	return uint64(formats[f].perPixel) * uint64(width)
}

// ParsePixelFormat returns the format with the given name ("bgr24") or caps
// name ("BGR"). The error wraps shmbuf.ErrInvalid.
func ParsePixelFormat(name string) (PixelFormat, error) {
	for _, f := range Formats() {
		if name == formats[f].name || name == formats[f].caps {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%w: pixel format %q is not known; use one of gray8, bgr24, rgb24, bgra, rgba, yuyv, nv12, gray16",
		shmbuf.ErrInvalid, name)
}

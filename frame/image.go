package frame

import (
	"encoding/binary"
	"fmt"
	"image"

	"github.com/shmbuf/shmbuf"
)

// Image converts the frame to an image.Image of its own memory: it may be kept
// after the frame has been released. gray8 becomes *image.Gray, gray16
// *image.Gray16, yuyv and nv12 *image.YCbCr, all others *image.NRGBA. YUV is
// taken as video has it, BT.601 with brightness 16…235, as OpenCV does. The error
// wraps shmbuf.ErrInvalid: the header is not valid or Pixels too short.
func (f Frame) Image() (image.Image, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	if have, need := uint64(len(f.Pixels)), f.PixelBytes(); have < need {
		return nil, fmt.Errorf("%w: %d bytes of pixels; %d×%d %s with stride %d needs %d",
			shmbuf.ErrInvalid, have, f.Width, f.Height, f.Format, f.Stride, need)
	}
	bounds := image.Rect(0, 0, int(f.Width), int(f.Height))
	switch f.Format {
	case Gray8:
		m := image.NewGray(bounds)
		for y := range bounds.Max.Y {
			copy(m.Pix[y*m.Stride:], f.row(y))
		}
		return m, nil
	case Gray16:
		m := image.NewGray16(bounds)
		for y := range bounds.Max.Y {
			row, dst := f.row(y), m.Pix[y*m.Stride:]
			for i := 0; i < len(row); i += 2 {
				binary.BigEndian.PutUint16(dst[i:], binary.LittleEndian.Uint16(row[i:]))
			}
		}
		return m, nil
	case YUYV:
		return f.yuyvImage(bounds), nil
	case NV12:
		return f.nv12Image(bounds), nil
	default:
		return f.colourImage(bounds), nil
	}
}

// row returns the pixels of one row of the first plane.
func (f Frame) row(y int) []byte {
	start := y * int(f.Stride)
	return f.Pixels[start : start+int(f.RowBytes())]
}

func (f Frame) colourImage(bounds image.Rectangle) image.Image {
	step := int(formats[f.Format].perPixel)
	red, blue := 0, 2
	if f.Format == BGR24 || f.Format == BGRA {
		red, blue = 2, 0
	}
	m := image.NewNRGBA(bounds)
	for y := range bounds.Max.Y {
		row, dst := f.row(y), m.Pix[y*m.Stride:]
		for x := range bounds.Max.X {
			s, d := row[x*step:x*step+step], dst[x*4:x*4+4]
			d[0], d[1], d[2], d[3] = s[red], s[1], s[blue], 0xFF
			if step == 4 {
				d[3] = s[3]
			}
		}
	}
	return m
}

func (f Frame) yuyvImage(bounds image.Rectangle) image.Image {
	m := image.NewYCbCr(bounds, image.YCbCrSubsampleRatio422)
	for y := range bounds.Max.Y {
		row, luma := f.row(y), m.Y[y*m.YStride:]
		cb, cr := m.Cb[y*m.CStride:], m.Cr[y*m.CStride:]
		for i := 0; i < len(row); i += 4 {
			luma[i/2], luma[i/2+1] = fullLuma[row[i]], fullLuma[row[i+2]]
			cb[i/4], cr[i/4] = fullChroma[row[i+1]], fullChroma[row[i+3]]
		}
	}
	return m
}

func (f Frame) nv12Image(bounds image.Rectangle) image.Image {
	m := image.NewYCbCr(bounds, image.YCbCrSubsampleRatio420)
	for y := range bounds.Max.Y {
		luma := m.Y[y*m.YStride:]
		for x, v := range f.row(y) {
			luma[x] = fullLuma[v]
		}
	}
	for y := range bounds.Max.Y / 2 {
		row := f.row(bounds.Max.Y + y) // the second plane follows with the same stride
		cb, cr := m.Cb[y*m.CStride:], m.Cr[y*m.CStride:]
		for x := 0; x < len(row); x += 2 {
			cb[x/2], cr[x/2] = fullChroma[row[x]], fullChroma[row[x+1]]
		}
	}
	return m
}

// image.YCbCr has brightness 0…255 as JPEG does; video has 16…235 and colour
// differences of 16…240. These tables stretch the one to the other.
var fullLuma, fullChroma = stretch(16, 219, 0), stretch(128, 224, 128)

func stretch(zero, span, base int) (table [256]uint8) {
	for v := range table {
		scaled := (v - zero) * 255 * 2
		if scaled >= 0 {
			scaled = (scaled + span) / (2 * span)
		} else {
			scaled = (scaled - span) / (2 * span)
		}
		table[v] = uint8(min(max(base+scaled, 0), 255))
	}
	return table
}

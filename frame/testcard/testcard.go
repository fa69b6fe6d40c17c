// Package testcard draws a moving test card into frames: colour bars, a grey
// scale, a scrolling rainbow, a bouncing ball, and the frame number as digits
// and as a bar code that programs can read back.
//
// The picture depends on format, size and number alone, so that two machines
// that draw the same number have the same bytes.
package testcard

import (
	"fmt"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/frame"
)

// The smallest card on which the digits can be told apart.
const (
	MinWidth  = 160
	MinHeight = 90
)

// Card draws pictures of one format and size. It does not change after New:
// several goroutines may draw at once.
type Card struct {
	header  frame.Header
	ink     ink
	still   []byte // what does not move: copied to each picture first
	rainbow []byte // one row of the scrolling band, twice, so that any window of it is in one piece
	place   layout
}

// New prepares a card. The formats are gray8, bgr24, rgb24, bgra and rgba. The
// error wraps shmbuf.ErrInvalid.
func New(format frame.PixelFormat, width, height uint32) (*Card, error) {
	h, err := frame.NewHeader(format, width, height)
	if err != nil {
		return nil, err
	}
	mix, ok := inks[format]
	if !ok {
		return nil, fmt.Errorf("%w: the test card cannot be drawn in %s; use gray8, bgr24, rgb24, bgra or rgba", shmbuf.ErrInvalid, format)
	}
	if width < MinWidth || height < MinHeight {
		return nil, fmt.Errorf("%w: test card of %d×%d pixels; it needs at least %d×%d", shmbuf.ErrInvalid, width, height, MinWidth, MinHeight)
	}
	c := &Card{header: h, ink: mix, place: layoutFor(int(width), int(height))}
	c.still = make([]byte, h.PixelBytes())
	c.drawStill(c.canvas(c.still))
	c.rainbow = c.rainbowRow(int(width))
	return c, nil
}

// Header returns the header that fits the pictures, with neither timestamp nor
// number.
func (c *Card) Header() frame.Header { return c.header }

// Draw fills pixels, which must be Header().PixelBytes() long, with the picture
// of the given number. pixels may be a reservation in a ring. It panics when the
// length is wrong.
func (c *Card) Draw(pixels []byte, number uint64) {
	if len(pixels) != len(c.still) {
		panic(fmt.Sprintf("testcard: %d bytes of pixels for a picture of %d", len(pixels), len(c.still)))
	}
	copy(pixels, c.still)
	to := c.canvas(pixels)
	c.drawRainbow(to, number)
	c.drawBall(to, number)
	c.drawNumber(to, number)
}

func (c *Card) canvas(pixels []byte) canvas {
	return canvas{pixels: pixels, stride: int(c.header.Stride), step: int(c.header.RowBytes()) / int(c.header.Width)}
}

// Number reads the bar code of a card back: the low 32 bits of the number it was
// drawn with. It reports false when the picture is no whole card.
func Number(f frame.Frame) (uint32, bool) {
	mix, ok := inks[f.Format]
	if !ok || f.Width < MinWidth || f.Height < MinHeight || f.Validate() != nil || uint64(len(f.Pixels)) < f.PixelBytes() {
		return 0, false
	}
	from := canvas{pixels: f.Pixels, stride: int(f.Stride), step: int(f.RowBytes()) / int(f.Width)}
	one, zero := mix(codeOne), mix(codeZero)
	var number uint32
	for bit := range codeBits {
		cell := layoutFor(int(f.Width), int(f.Height)).codeCell(bit)
		switch got := from.at((cell.x0+cell.x1)/2, (cell.y0+cell.y1)/2); string(got) {
		case string(one[:from.step]):
			number = number<<1 | 1
		case string(zero[:from.step]):
			number <<= 1
		default:
			return 0, false
		}
	}
	return number, true
}

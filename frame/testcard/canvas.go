package testcard

import "github.com/shmbuf/shmbuf/frame"

type rgb struct{ r, g, b uint8 }

// ink turns a colour into the bytes of a pixel; the format says how many of the
// four count.
type ink func(rgb) [4]byte

var inks = map[frame.PixelFormat]ink{
	frame.Gray8: func(c rgb) [4]byte { return [4]byte{c.luma()} },
	frame.BGR24: func(c rgb) [4]byte { return [4]byte{c.b, c.g, c.r} },
	frame.RGB24: func(c rgb) [4]byte { return [4]byte{c.r, c.g, c.b} },
	frame.BGRA:  func(c rgb) [4]byte { return [4]byte{c.b, c.g, c.r, 255} },
	frame.RGBA:  func(c rgb) [4]byte { return [4]byte{c.r, c.g, c.b, 255} },
}

// luma is the BT.601 brightness.
func (c rgb) luma() uint8 {
	return uint8((299*int(c.r) + 587*int(c.g) + 114*int(c.b) + 500) / 1000)
}

// canvas is a picture of packed pixels.
type canvas struct {
	pixels []byte
	stride int
	step   int // bytes of a pixel
}

// box covers x0 ≤ x < x1, y0 ≤ y < y1.
type box struct{ x0, y0, x1, y1 int }

func (c canvas) at(x, y int) []byte {
	start := y*c.stride + x*c.step
	return c.pixels[start : start+c.step]
}

// fill paints a box in one colour: the first row by doubling, the others as
// copies of it.
func (c canvas) fill(b box, colour [4]byte) {
	if b.x1 <= b.x0 || b.y1 <= b.y0 {
		return
	}
	first := c.pixels[b.y0*c.stride+b.x0*c.step : b.y0*c.stride+b.x1*c.step]
	for done := copy(first, colour[:c.step]); done < len(first); done *= 2 {
		copy(first[done:], first[:done])
	}
	for y := b.y0 + 1; y < b.y1; y++ {
		copy(c.pixels[y*c.stride+b.x0*c.step:], first)
	}
}

// disc paints a filled circle.
func (c canvas) disc(cx, cy, radius int, colour [4]byte) {
	half := 0 // half the chord, adjusted from row to row
	for y := -radius; y <= radius; y++ {
		for half*half+y*y < radius*radius {
			half++
		}
		for half > 0 && half*half+y*y > radius*radius {
			half--
		}
		c.fill(box{cx - half, cy + y, cx + half + 1, cy + y + 1}, colour)
	}
}

// text writes glyphs beside each other; dot is the size of a dot.
func (c canvas) text(x, y, dot int, text string, colour [4]byte) {
	for _, char := range text {
		c.glyph(x, y, dot, char, colour)
		x += 6 * dot
	}
}

// glyph writes one character of 5×7 dots.
func (c canvas) glyph(x, y, dot int, char rune, colour [4]byte) {
	for row, bits := range glyphs[char] {
		for column := range 5 {
			if bits>>(4-column)&1 != 0 {
				c.fill(box{x + column*dot, y + row*dot, x + (column+1)*dot, y + (row+1)*dot}, colour)
			}
		}
	}
}

// glyphs holds the characters the card needs, one byte for each row of dots.
var glyphs = map[rune][7]byte{
	'0': {0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E},
	'1': {0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E},
	'2': {0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F},
	'3': {0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E},
	'4': {0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02},
	'5': {0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E},
	'6': {0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E},
	'7': {0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
	'8': {0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E},
	'9': {0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C},
	's': {0x00, 0x00, 0x0F, 0x10, 0x0E, 0x01, 0x1E},
	'h': {0x10, 0x10, 0x16, 0x19, 0x11, 0x11, 0x11},
	'm': {0x00, 0x00, 0x1A, 0x15, 0x15, 0x15, 0x15},
	'b': {0x10, 0x10, 0x1E, 0x11, 0x11, 0x11, 0x1E},
	'u': {0x00, 0x00, 0x11, 0x11, 0x11, 0x13, 0x0D},
	'f': {0x06, 0x09, 0x08, 0x1C, 0x08, 0x08, 0x08},
}

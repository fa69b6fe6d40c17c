package testcard

import "strconv"

const codeBits = 32

var (
	codeOne   = rgb{255, 255, 255}
	codeZero  = rgb{40, 44, 52}
	panelDark = rgb{18, 20, 26}
	ballDark  = rgb{24, 28, 40}
	ballWarm  = rgb{255, 140, 0}

	// The classic eight bars at three quarters of full brightness.
	bars = [...]rgb{{191, 191, 191}, {191, 191, 0}, {0, 191, 191}, {0, 191, 0}, {191, 0, 191}, {191, 0, 0}, {0, 0, 191}, {0, 0, 0}}
)

const greySteps = 16

// layout says where the parts of the card are. From top to bottom: the bars, the
// rainbow, the grey steps, and a dark panel with name, number and bar code.
type layout struct {
	width, height                int
	barsEnd, rainbowEnd, greyEnd int
	dot                          int // of the digits
	textY, codeY0, codeY1        int
	radius                       int // of the ball
}

func layoutFor(width, height int) layout {
	l := layout{width: width, height: height, barsEnd: height * 58 / 100, rainbowEnd: height * 67 / 100, greyEnd: height * 74 / 100}
	panel := height - l.greyEnd
	l.dot = max(1, min(panel/14, width/110))
	l.textY = l.greyEnd + panel/8
	l.codeY0, l.codeY1 = height-panel/3, height-panel/10
	l.radius = min(l.barsEnd, width) / 6
	return l
}

// codeCell returns the box of one bit of the bar code, the highest bit first.
func (l layout) codeCell(bit int) box {
	left, span := l.width/20, l.width-2*(l.width/20)
	return box{left + bit*span/codeBits, l.codeY0, left + (bit+1)*span/codeBits - l.width/640, l.codeY1}
}

func (c *Card) drawStill(to canvas) {
	l := c.place
	for i, colour := range bars {
		to.fill(box{i * l.width / len(bars), 0, (i + 1) * l.width / len(bars), l.barsEnd}, c.ink(colour))
	}
	for i := range greySteps {
		v := uint8(i * 255 / (greySteps - 1))
		to.fill(box{i * l.width / greySteps, l.rainbowEnd, (i + 1) * l.width / greySteps, l.greyEnd}, c.ink(rgb{v, v, v}))
	}
	to.fill(box{0, l.greyEnd, l.width, l.height}, c.ink(panelDark))
	to.text(l.width/20, l.textY, l.dot, "shmbuf", c.ink(ballWarm))
}

// rainbowRow is one row of all hues, twice.
func (c *Card) rainbowRow(width int) []byte {
	row := canvas{pixels: make([]byte, 2*int(c.header.RowBytes())), step: int(c.header.RowBytes()) / width}
	for x := range 2 * width {
		colour := c.ink(hue((x % width) * 1536 / width))
		copy(row.at(x, 0), colour[:row.step])
	}
	return row.pixels
}

// hue walks once around the colour circle in 1536 steps.
func hue(step int) rgb {
	up, down := uint8(step%256), uint8(255-step%256)
	return [...]rgb{{255, up, 0}, {down, 255, 0}, {0, 255, up}, {0, down, 255}, {up, 0, 255}, {255, 0, down}}[step/256]
}

// drawRainbow shows the rainbow moved by 1/240 of the width per picture.
func (c *Card) drawRainbow(to canvas, number uint64) {
	l, row := c.place, int(c.header.RowBytes())
	shift := int(number%240) * l.width / 240 * to.step
	for y := l.barsEnd; y < l.rainbowEnd; y++ {
		copy(to.pixels[y*to.stride:y*to.stride+row], c.rainbow[shift:])
	}
}

// drawBall lets a ball bounce between the borders of the bars.
func (c *Card) drawBall(to canvas, number uint64) {
	l := c.place
	x := l.radius + bounce(number, 150, l.width-2*l.radius-1)
	y := l.radius + bounce(number, 64, l.barsEnd-2*l.radius-1)
	to.disc(x, y, l.radius, c.ink(codeOne))
	to.disc(x, y, l.radius*9/10, c.ink(ballDark))
	to.disc(x, y, l.radius*6/10, c.ink(ballWarm))
}

// bounce goes from 0 to span and back in 2 · period pictures.
func bounce(number uint64, period, span int) int {
	at := int(number % uint64(2*period))
	if at > period {
		at = 2*period - at
	}
	return at * span / period
}

// drawNumber writes the number in decimal, eight digits at least, and in binary.
func (c *Card) drawNumber(to canvas, number uint64) {
	l := c.place
	var scratch [28]byte
	digits := strconv.AppendUint(append(scratch[:0], "0000000"...), number, 10)
	digits = digits[min(7, len(digits)-8):]
	left := l.width/20 + 7*6*l.dot // behind the name
	dot := min(l.dot, max(1, (l.width-l.width/20-left)/(6*len(digits))))
	x := l.width - l.width/20 - 6*dot*len(digits) + dot
	for i, d := range digits {
		to.glyph(x+6*dot*i, l.textY, dot, rune(d), c.ink(codeOne))
	}
	one, zero := c.ink(codeOne), c.ink(codeZero)
	for bit := range codeBits {
		if number>>(codeBits-1-bit)&1 != 0 {
			to.fill(l.codeCell(bit), one)
		} else {
			to.fill(l.codeCell(bit), zero)
		}
	}
}

package flags

import (
	"fmt"
	"regexp"
	"strconv"
)

// Picture is a width and a height in pixels: 1920x1080.
type Picture struct{ Width, Height uint32 }

var pictureSyntax = regexp.MustCompile(`^([0-9]+)[xX×]([0-9]+)$`)

// Set reads the value of an option. With String and Type it makes Picture a pflag.Value.
func (p *Picture) Set(text string) error {
	m := pictureSyntax.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("%q is not a picture size; give width and height as 1920x1080", text)
	}
	width, errW := strconv.ParseUint(m[1], 10, 32)
	height, errH := strconv.ParseUint(m[2], 10, 32)
	if errW != nil || errH != nil {
		return fmt.Errorf("%q is far too large a picture", text)
	}
	*p = Picture{uint32(width), uint32(height)}
	return nil
}

// String is the value as Set reads it.
func (p *Picture) String() string { return fmt.Sprintf("%dx%d", p.Width, p.Height) }

// Type names the value in help texts.
func (p *Picture) Type() string { return "WxH" }

package frame

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shmbuf/shmbuf"
)

// Rate is a frame rate: Num frames in Den seconds. Num 0 stands for a variable
// or unknown rate; the zero Rate is written as 0/1.
type Rate struct{ Num, Den uint32 }

// String returns the rate as caps write it, such as "30/1".
func (r Rate) String() string {
	if r.Den == 0 {
		r.Den = 1
	}
	return fmt.Sprintf("%d/%d", r.Num, r.Den)
}

const capsType = "video/x-raw"

// Caps describes frames like h in the words of GStreamer, for
// shmbuf.Options.ContentType:
//
//	video/x-raw,format=BGR,width=1920,height=1080,framerate=30/1
//
// The stride is not part of it. The error wraps shmbuf.ErrInvalid: h is not valid.
func Caps(h Header, r Rate) (string, error) {
	if err := h.Validate(); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s,format=%s,width=%d,height=%d,framerate=%s", capsType, h.Format.Caps(), h.Width, h.Height, r), nil
}

// ParseCaps reads what Caps writes, and the spellings GStreamer tools use for
// the same: spaces after commas, types as in width=(int)1920, any order, no
// frame rate, further fields (ignored). The header has the smallest stride. The
// error wraps shmbuf.ErrInvalid.
func ParseCaps(text string) (Header, Rate, error) {
	fields := strings.Split(text, ",")
	if strings.TrimSpace(fields[0]) != capsType {
		return Header{}, Rate{}, capsError(text, "it does not start with "+capsType)
	}
	var h Header
	rate := Rate{Den: 1}
	seen := map[string]bool{}
	for _, field := range fields[1:] {
		key, value, ok := strings.Cut(field, "=")
		key = strings.TrimSpace(key)
		if !ok {
			return Header{}, Rate{}, capsError(text, fmt.Sprintf("%q is not name=value", strings.TrimSpace(field)))
		}
		if seen[key] {
			return Header{}, Rate{}, capsError(text, key+" appears twice")
		}
		seen[key] = true
		if err := setCap(&h, &rate, key, capsValue(value)); err != nil {
			return Header{}, Rate{}, capsError(text, err.Error())
		}
	}
	for _, key := range []string{"format", "width", "height"} {
		if !seen[key] {
			return Header{}, Rate{}, capsError(text, key+" is missing")
		}
	}
	h, err := NewHeader(h.Format, h.Width, h.Height)
	if err != nil {
		return Header{}, Rate{}, fmt.Errorf("caps %q: %w", text, err)
	}
	return h, rate, nil
}

func setCap(h *Header, rate *Rate, key, value string) error {
	switch key {
	case "format":
		for _, f := range Formats() {
			if f.Caps() == value {
				h.Format = f
				return nil
			}
		}
		return fmt.Errorf("format %q is not known", value)
	case "width":
		return parseSide(&h.Width, key, value)
	case "height":
		return parseSide(&h.Height, key, value)
	case "framerate":
		num, den, _ := strings.Cut(value, "/")
		n, err1 := strconv.ParseUint(num, 10, 32)
		d, err2 := strconv.ParseUint(den, 10, 32)
		if err1 != nil || err2 != nil || d == 0 {
			return fmt.Errorf("framerate %q is not a fraction such as 30/1", value)
		}
		*rate = Rate{Num: uint32(n), Den: uint32(d)}
	}
	return nil
}

func parseSide(side *uint32, key, value string) error {
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil {
		return fmt.Errorf("%s %q is not a number of pixels", key, value)
	}
	*side = uint32(n)
	return nil
}

// capsValue drops the type and the quotes of (string)"BGR".
func capsValue(v string) string {
	v = strings.TrimSpace(v)
	if strings.HasPrefix(v, "(") {
		if _, rest, ok := strings.Cut(v, ")"); ok {
			v = strings.TrimSpace(rest)
		}
	}
	return strings.Trim(v, `"`)
}

func capsError(text, why string) error {
	return fmt.Errorf("%w: caps %q: %s", shmbuf.ErrInvalid, text, why)
}

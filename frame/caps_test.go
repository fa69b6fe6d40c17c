package frame

import (
	"errors"
	"strings"
	"testing"

	"github.com/shmbuf/shmbuf"
)

func TestCapsRoundTrip(t *testing.T) {
	for _, f := range Formats() {
		h, err := NewHeader(f, 640, 482)
		if err != nil {
			t.Fatal(err)
		}
		text, err := Caps(h, Rate{30000, 1001})
		if err != nil || !strings.Contains(text, "format="+f.Caps()+",") {
			t.Fatalf("Caps = %q, %v", text, err)
		}
		got, rate, err := ParseCaps(text)
		if err != nil || got != h || rate != (Rate{30000, 1001}) {
			t.Errorf("%s comes back as %+v %v, %v", text, got, rate, err)
		}
	}
	h, _ := NewHeader(BGR24, 1920, 1080)
	if text, _ := Caps(h, Rate{30, 1}); text != "video/x-raw,format=BGR,width=1920,height=1080,framerate=30/1" {
		t.Errorf("Caps = %q", text)
	}
	if text, _ := Caps(h, Rate{}); !strings.HasSuffix(text, "framerate=0/1") {
		t.Errorf("unknown rate: %q", text)
	}
	if _, err := Caps(Header{}, Rate{}); !errors.Is(err, shmbuf.ErrInvalid) {
		t.Errorf("Caps of no header: %v", err)
	}
}

func TestParseCapsSpellings(t *testing.T) {
	h, rate, err := ParseCaps(`video/x-raw, height=(int)480, width=(int)640, format=(string)"NV12", interlace-mode=progressive, framerate=(fraction)25/2`)
	want, _ := NewHeader(NV12, 640, 480)
	if err != nil || h != want || rate != (Rate{25, 2}) {
		t.Errorf("got %+v %v, %v", h, rate, err)
	}
	if _, rate, err := ParseCaps("video/x-raw,format=GRAY8,width=1,height=1"); err != nil || rate != (Rate{0, 1}) {
		t.Errorf("no frame rate: %v, %v", rate, err)
	}
}

func TestParseCapsRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"":                               "does not start",
		"text/plain":                     "does not start",
		"video/x-raw,format=BGR,width=1": "height is missing",
		"video/x-raw,width=1,height=1":   "format is missing",
		"video/x-raw,format=I420,width=2,height=2":                         `format "I420"`,
		"video/x-raw,format=BGR,width=-1,height=1":                         `width "-1"`,
		"video/x-raw,format=BGR,width=1x,height=1":                         `width "1x"`,
		"video/x-raw,format=BGR,width=4294967296,height=1":                 `width "4294967296"`,
		"video/x-raw,format=BGR,width=65536,height=1":                      "65536×1",
		"video/x-raw,format=NV12,width=3,height=2":                         "width 3 is odd",
		"video/x-raw,format=BGR,width=1,width=2,height=1":                  "width appears twice",
		"video/x-raw,format=BGR,width=1,height=1,framerate=30":             `framerate "30"`,
		"video/x-raw,format=BGR,width=1,height=1,framerate=1/0":            `framerate "1/0"`,
		"video/x-raw,format=BGR,width=1,height=1,":                         `"" is not name=value`,
		"video/x-raw(memory:DMABuf),format=BGR,width=1,height=1,fps=1":     "does not start",
		"video/x-raw,format=BGR,width=1,height=1,framerate=99999999999/1":  "framerate",
		"video/x-raw,format=BGR,width=1,height=1,framerate=30/99999999999": "framerate",
	} {
		if _, _, err := ParseCaps(text); !errors.Is(err, shmbuf.ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v; want ErrInvalid with %q", text, err, says)
		}
	}
}

package segment

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, test := range []struct {
		name string
		says string // part of the error; "" when the name is good
	}{
		{"camera", ""},
		{"_", ""},
		{"0", ""},
		{"Z.a-b_c.9", ""},
		{"a" + strings.Repeat("x", 199), ""},
		{"a" + strings.Repeat("x", 200), "201 bytes long"},
		{"", "empty"},
		{".hidden", "starts with '.'"},
		{"..", "starts with '.'"},
		{"-rf", "starts with '-'"},
		{"a/b", `"/" as byte 1`},
		{"/a", `"/" as byte 0`},
		{`a\b`, "as byte 1"},
		{"two words", `" " as byte 3`},
		{"nul\x00", `"\x00" as byte 3`},
		{"line\n", `"\n" as byte 4`},
		{"kamerå", "as byte 5"},
		{"\xff", "as byte 0"},
		{"a:b", `":" as byte 1`},
	} {
		err := CheckName(test.name)
		if test.says == "" {
			if err != nil {
				t.Errorf("%q: %v", test.name, err)
			}
			continue
		}
		if !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: got %v, want fs.ErrInvalid", test.name, err)
		} else if !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "1 to 200") {
			t.Errorf("%q: %q does not say %q and what is allowed", test.name, err, test.says)
		}
		for what, open := range map[string]func() (*Segment, error){
			"New":  func() (*Segment, error) { return New(test.name, 4096, 0o600, false) },
			"Open": func() (*Segment, error) { return Open(test.name, false) },
		} {
			if _, err := open(); !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("%s(%q): got %v, want fs.ErrInvalid", what, test.name, err)
			}
		}
	}
}

func TestReadable(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 5 << 30: "5.0 GiB", 1<<64 - 1: "16.0 EiB"} {
		if got := readable(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

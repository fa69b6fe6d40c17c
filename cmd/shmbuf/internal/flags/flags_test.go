package flags

import (
	"strings"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]Size{
		"1": 1, "4096": 4096, "4096B": 4096, "64KiB": 64 << 10, "64kib": 64 << 10, "64 KiB": 64 << 10, "1MiB": 1 << 20,
		"2GiB": 2 << 30, "1TiB": 1 << 40, "1kB": 1000, "1MB": 1_000_000, "1GB": 1_000_000_000, "1.5KiB": 1536,
		"0.5MB": 500_000, "0.001kB": 1, "9223372036854775807": 1<<63 - 1, "9007199254740993": 9007199254740993, "007": 7,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for text, word := range map[string]string{
		"": "not a size", " 1": "not a size", "-1": "not a size", "+1": "not a size", "1,000": "not a size", "1e3": "not a size", "0x10": "not a size",
		"1.": "not a size", ".5MiB": "not a size", "KiB": "not a size", "NaN": "not a size", "Inf": "not a size", "1 2": "not a size",
		"0": "zero", "0.0MiB": "zero", "0GB": "zero", "1.5": "whole", "1.0001KiB": "whole", "0.1B": "whole",
		"1Kbit": "unit", "1XB": "unit", "1MiBs": "unit",
		"9223372036854775808": "2^63", "8EiB": "2^63", "1000000000000000000000000": "2^63", "1YiB": "2^63",
	} {
		if got, err := ParseSize(text); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q is %d (%v), want an error about %q", text, got, err, word)
		}
	}
}

// What FormatSize writes is read back as the same number.
func TestFormatSize(t *testing.T) {
	for n, want := range map[uint64]string{
		1: "1B", 1000: "1000B", 1024: "1KiB", 1536: "1536B", 3 << 10: "3KiB", 1 << 20: "1MiB", 5 << 30: "5GiB", 1 << 40: "1TiB", 1 << 52: "4096TiB", 1<<63 - 1: "9223372036854775807B",
	} {
		got := FormatSize(n)
		if got != want {
			t.Errorf("%d is written as %s, want %s", n, got, want)
		}
		if back, err := ParseSize(got); err != nil || uint64(back) != n {
			t.Errorf("%s is read back as %d (%v)", got, back, err)
		}
	}
}

func TestValues(t *testing.T) {
	var d Duration
	if err := d.Set("1m30s"); err != nil || d.Value() != 90*time.Second || d.String() != "1m30s" {
		t.Errorf("1m30s: %v, %v", d.Value(), err)
	}
	var l Layout
	if err := l.Set("classic"); err != nil || shmbuf.Layout(l) != shmbuf.Classic || l.String() != "classic" {
		t.Errorf("classic: %v, %v", l, err)
	}
	if err := l.Set("native"); err != nil || shmbuf.Layout(l) != shmbuf.Native {
		t.Errorf("native: %v, %v", l, err)
	}
	var f Input
	if err := f.Set("fixed:6MB"); err != nil || f != (Input{"fixed", 6_000_000}) || f.String() != "fixed:6000000B" {
		t.Errorf("fixed:6MB: %v, %v", f, err)
	}
	var m Mode
	if err := m.Set("660"); err != nil || m != 0o660 || m.String() != "0660" {
		t.Errorf("660: %v, %v", m, err)
	}
	var p Picture
	if err := p.Set("1280x720"); err != nil || p != (Picture{1280, 720}) || p.String() != "1280x720" {
		t.Errorf("1280x720: %v, %v", p, err)
	}
	var pair Pair
	if err := pair.Set("cpp-py"); err != nil || pair != (Pair{"cpp", "py"}) || pair.String() != "cpp-py" {
		t.Errorf("cpp-py: %v, %v", pair, err)
	}
	for _, bad := range []string{"", "go", "go-", "go-go-go", "Go-py", "go py"} {
		if err := pair.Set(bad); err == nil {
			t.Errorf("the pair %q is accepted", bad)
		}
	}
	var c Count
	if err := c.Set("9223372036854775807"); err != nil || c != 1<<63-1 {
		t.Errorf("2^63-1: %v, %v", c, err)
	}
	for _, bad := range []string{"", "0", "-1", "1.5", "9223372036854775808", "١"} {
		if err := c.Set(bad); err == nil {
			t.Errorf("the count %q is accepted", bad)
		}
	}
	if c != 1<<63-1 {
		t.Errorf("a refused value has changed the count to %d", c)
	}
}

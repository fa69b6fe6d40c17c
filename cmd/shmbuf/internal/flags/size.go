// Package flags holds the option values of the command line: sizes, durations,
// counts, framings. Each refuses what it does not understand with a sentence
// that says what it would accept; nothing is rounded.
package flags

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	units "github.com/dustin/go-humanize" //nolint:misspell // that is its name
)

// Size is a number of bytes of at least 1: 4096, 64KiB, 1MiB, 1MB.
type Size uint64

var sizeSyntax = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)$`)

const sizeHelp = "give bytes as 4096, 64KiB, 1MiB (powers of 1024) or 1MB (powers of 1000)"

// ParseSize accepts a whole number of bytes from 1 to 2^63−1, with or without a
// unit. 1.5KiB is 1536 bytes; 1.5 is refused.
func ParseSize(text string) (Size, error) {
	m := sizeSyntax.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is not a size; %s", text, sizeHelp)
	}
	unit, err := units.ParseBigBytes("1" + m[2])
	if err != nil {
		return 0, fmt.Errorf("%q has the unknown unit %q; %s", text, m[2], sizeHelp)
	}
	value, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return 0, fmt.Errorf("%q is not a size; %s", text, sizeHelp)
	}
	value.Mul(value, new(big.Rat).SetInt(unit))
	switch {
	case !value.IsInt():
		return 0, fmt.Errorf("%q is not a whole number of bytes", text)
	case value.Sign() == 0:
		return 0, fmt.Errorf("%q is zero; a size is at least 1 byte", text)
	case !value.Num().IsInt64():
		return 0, fmt.Errorf("%q is more than the largest size, 2^63-1 bytes", text)
	}
	return Size(value.Num().Uint64()), nil
}

// Set reads the value of an option. With String and Type it makes Size a pflag.Value.
func (s *Size) Set(text string) (err error) {
	*s, err = ParseSize(text)
	return err
}

// String is the value as Set reads it.
func (s *Size) String() string {
	if *s == 0 {
		return ""
	}
	return FormatSize(uint64(*s))
}

// Type names the value in help texts.
func (s *Size) Type() string { return "SIZE" }

// FormatSize writes n with the largest binary unit that divides it, so that no
// digit is lost: 1MiB, 1536KiB, 1000000B.
func FormatSize(n uint64) string {
	names := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for n >= 1024 && n%1024 == 0 && i < len(names)-1 {
		n /= 1024
		i++
	}
	return fmt.Sprintf("%d%s", n, names[i])
}

// alternatives writes "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

package main

import (
	"slices"
	"strings"
	"testing"
)

// Wrong usage ends with status 2 and one line, and makes no channel.
func TestWrongUsage(t *testing.T) {
	const N = "@" // stands for a fresh name
	tests := []struct {
		name  string
		args  []string
		words []string
	}{
		{"unknown verb", []string{"publish"}, []string{"publish", "shmbuf --help"}},
		{"unknown option of the program", []string{"--nope"}, []string{"--nope"}},
		{"no name", []string{"pub"}, []string{"NAME", "shmbuf pub --help"}},
		{"two names", []string{"pub", N, "b"}, []string{"2 arguments"}},
		{"unknown option", []string{"pub", N, "--colour"}, []string{"--colour", "shmbuf pub --help"}},
		{"option without value", []string{"pub", N, "--capacity"}, []string{"--capacity"}},
		{"negative capacity", []string{"pub", N, "--capacity", "-1"}, []string{"--capacity", `"-1"`, "64KiB"}},
		{"zero capacity", []string{"pub", N, "--capacity", "0"}, []string{"zero"}},
		{"empty capacity", []string{"pub", N, "--capacity", ""}, []string{"not a size"}},
		{"half a byte", []string{"pub", N, "--capacity", "1.5"}, []string{"whole number of bytes"}},
		{"a third of a unit", []string{"pub", N, "--capacity", "0.3KiB"}, []string{"whole number of bytes"}},
		{"exponent", []string{"pub", N, "--capacity", "1e6"}, []string{`"1e6"`}},
		{"unknown unit", []string{"pub", N, "--capacity", "1XiB"}, []string{`"XiB"`}},
		{"overflow", []string{"pub", N, "--capacity", "99999999999999999999"}, []string{"2^63"}},
		{"overflow by unit", []string{"pub", N, "--capacity", "9EiB"}, []string{"2^63"}},
		{"no power of two", []string{"pub", N, "--capacity", "1MB"}, []string{N, "1000000", "1048576"}},
		{"small capacity", []string{"pub", N, "--capacity", "2KiB"}, []string{N, "2048", "4096"}},
		{"huge capacity", []string{"pub", N, "--capacity", "2TiB"}, []string{N}},
		{"layout", []string{"pub", N, "--layout", "new"}, []string{`"new"`, "native or classic"}},
		{"framing of input", []string{"pub", N, "--framing", "raw"}, []string{`"raw"`, "lines, length or fixed:N"}},
		{"fixed without size", []string{"pub", N, "--framing", "fixed:"}, []string{"fixed"}},
		{"fixed:0", []string{"pub", N, "--framing", "fixed:0"}, []string{"zero"}},
		{"fixed:-3", []string{"pub", N, "--framing", "fixed:-3"}, []string{`"-3"`}},
		{"fixed beyond the format", []string{"pub", N, "--framing", "fixed:2TiB"}, []string{N, "native", "1099511627760"}},
		{"fixed beyond classic", []string{"pub", N, "--layout", "classic", "--framing", "fixed:2GiB"}, []string{N, "classic", "2147483644"}},
		{"fixed beyond the capacity", []string{"pub", N, "--capacity", "4KiB", "--framing", "fixed:4081"}, []string{N, "4081", "8KiB"}},
		{"fixed beyond the rounded capacity", []string{"pub", N, "--layout", "classic", "--capacity", "8191", "--framing", "fixed:4093"}, []string{N, "4093", "8KiB"}},
		{"fixed beyond the capacity with times", []string{"pub", N, "--times", "--capacity", "4KiB", "--framing", "fixed:4073"}, []string{N, "4073"}},
		{"times on classic", []string{"pub", N, "--layout", "classic", "--times"}, []string{N, "--times", "--layout native"}},
		{"content type on classic", []string{"pub", N, "--layout", "classic", "--content-type", "x"}, []string{"--content-type", "--layout native"}},
		{"alignment on classic", []string{"pub", N, "--layout", "classic", "--alignment", "8"}, []string{"--alignment", "--layout native"}},
		{"odd alignment", []string{"pub", N, "--alignment", "12"}, []string{N, "12"}},
		{"large alignment", []string{"pub", N, "--alignment", "8192"}, []string{N, "8192", "4096"}},
		{"long content type", []string{"pub", N, "--content-type", strings.Repeat("x", 3841)}, []string{N, "3841", "3840"}},
		{"content type that is not UTF-8", []string{"pub", N, "--content-type", "\xff"}, []string{N, "UTF-8"}},
		{"mode digits", []string{"pub", N, "--mode", "0689"}, []string{"octal"}},
		{"mode bits", []string{"pub", N, "--mode", "4600"}, []string{"octal"}},
		{"mode without the owner", []string{"pub", N, "--mode", "0066"}, []string{"0600"}},
		{"negative time", []string{"pub", N, "--timeout", "-1s"}, []string{"negative"}},
		{"no time", []string{"pub", N, "--timeout", "5"}, []string{"5s"}},
		{"name with a slash", []string{"pub", "a/b"}, []string{"a/b", "name"}},
		{"hidden name", []string{"pub", ".a"}, []string{".a", "name"}},
		{"empty name", []string{"pub", ""}, []string{"name"}},
		{"name with an accent", []string{"pub", "bär"}, []string{"name"}},
		{"long name", []string{"pub", strings.Repeat("n", 201)}, []string{"200"}},
		{"sub: bad name", []string{"sub", "a/b"}, []string{"a/b"}},
		{"sub: no name", []string{"sub"}, []string{"NAME"}},
		{"sub: zero count", []string{"sub", N, "--count", "0"}, []string{`"0"`, "from 1"}},
		{"sub: negative count", []string{"sub", N, "--count", "-1"}, []string{`"-1"`}},
		{"sub: count of words", []string{"sub", N, "--count", "many"}, []string{`"many"`}},
		{"sub: negative wait", []string{"sub", N, "--wait", "-5s"}, []string{"negative"}},
		{"sub: negative time", []string{"sub", N, "--timeout", "-5s"}, []string{"negative"}},
		{"sub: framing of output", []string{"sub", N, "--framing", "fixed:4"}, []string{`"fixed:4"`, "lines, length or raw"}},
		{"info: bad name", []string{"info", "a b"}, []string{"a b"}},
		{"info: no name", []string{"info"}, []string{"NAME"}},
		{"rm: bad name", []string{"rm", "../x"}, []string{"../x"}},
		{"rm: two names", []string{"rm", N, "b"}, []string{"2 arguments"}},
		{"ls: argument", []string{"ls", "x"}, []string{`"x"`}},
		{"version: argument", []string{"version", "x"}, []string{`"x"`}},
		{"demo: argument", []string{"demo", "x"}, []string{`"x"`}},
		{"demo: size", []string{"demo", "--size", "big"}, []string{"1920x1080"}},
		{"demo: small size", []string{"demo", "--size", "10x10"}, []string{"10×10", "160×90"}},
		{"demo: zero size", []string{"demo", "--size", "0x90"}, []string{"--size"}},
		{"demo: huge size", []string{"demo", "--size", "99999999999x9"}, []string{"--size"}},
		{"demo: no frames", []string{"demo", "--frames", "0"}, []string{"from 1"}},
		{"bench: argument", []string{"bench", "x"}, []string{`"x"`}},
		{"bench: small size", []string{"bench", "--size", "7"}, []string{"--size", "7 bytes", "8 B"}},
		{"bench: huge size", []string{"bench", "--size", "67108865"}, []string{"67108865", "67108864"}},
		{"bench: half a byte", []string{"bench", "--size", "64.5"}, []string{"whole number of bytes"}},
		{"bench: pair", []string{"bench", "--pair", "go-rust"}, []string{`"go-rust"`, "go, py or cpp"}},
		{"bench: no samples", []string{"bench", "--samples", "0"}, []string{`"0"`, "from 1"}},
		{"bench: samples", []string{"bench", "--samples", "1001"}, []string{"1000"}},
		{"bench: no time", []string{"bench", "--time", "0s"}, []string{"0s", "1ms"}},
		{"bench: long time", []string{"bench", "--time", "11s"}, []string{"11s", "10s"}},
		{"demo: fps", []string{"demo", "--fps", "5000"}, []string{"5000", "1000"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := channel(t)
			fill := func(texts []string) []string {
				filled := slices.Clone(texts)
				for i := range filled {
					if filled[i] == N {
						filled[i] = name
					}
				}
				return filled
			}
			args, words := fill(test.args), fill(test.words)
			o := execute(t, "x\n", args...)
			failed(t, o, 2, words...)
			if o.out != "" {
				t.Errorf("standard output is not empty: %q", o.out)
			}
			if exists(t, name) {
				t.Error("a channel was made")
			}
		})
	}
}

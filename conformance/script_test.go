//go:build linux

package conformance

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// step is one line of a vector script; ../spec/vectors/README.md has the format.
type step struct {
	line   int
	text   string
	verb   string
	words  []string
	args   map[string]string
	status string // expected; "" when the line says none
	want   map[string]string
}

func parseScript(t *testing.T, path string) []step {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var steps []step
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		text, _, _ := strings.Cut(in.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		left, right, _ := strings.Cut(text, "->")
		tokens := strings.Fields(left)
		s := step{line: n, text: text, verb: tokens[0], args: map[string]string{}, want: map[string]string{}}
		for _, token := range tokens[1:] {
			if key, value, ok := strings.Cut(token, "="); ok {
				s.args[key] = value
			} else {
				s.words = append(s.words, token)
			}
		}
		for _, token := range strings.Fields(right) {
			if key, value, ok := strings.Cut(token, "="); ok {
				s.want[key] = value
			} else {
				s.status = token
			}
		}
		steps = append(steps, s)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// mismatch is panicked by comparisons and caught where a line is run.
type mismatch string

func same(what string, got, want any) {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		panic(mismatch(fmt.Sprintf("%s: got %s, want %s", what, g, w)))
	}
}

func number(text string) uint64 {
	n, err := strconv.ParseUint(text, 0, 64)
	if err != nil {
		panic(mismatch("bad number " + text))
	}
	return n
}

func (s *step) number(key string) uint64 {
	if text, ok := s.args[key]; ok {
		return number(text)
	}
	return 0
}

func (s *step) wanted(key string) uint64 {
	if text, ok := s.want[key]; ok {
		return number(text)
	}
	return 0
}

// fill writes byte j as (first + j) mod 256.
func fill(b []byte, first uint64) {
	for j := range b {
		b[j] = byte(first + uint64(j))
	}
}

func pattern(n, first uint64) []byte {
	b := make([]byte, n)
	fill(b, first)
	return b
}

func checkFill(b []byte, first uint64) {
	for j := range b {
		if b[j] != byte(first+uint64(j)) {
			same(fmt.Sprintf("payload byte %d", j), b[j], byte(first+uint64(j)))
		}
	}
}

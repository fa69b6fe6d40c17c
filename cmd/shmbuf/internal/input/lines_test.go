package input

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// collect takes all lines in batches of n.
func collect(src io.Reader, most, n int) (lines []string, err error) {
	l := NewLines(src, most)
	batch := make([][]byte, n)
	for {
		got, err := l.Next(batch)
		if err != nil {
			return lines, err
		}
		for _, line := range batch[:got] {
			lines = append(lines, string(line))
		}
	}
}

func TestLines(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
		err  error
	}{
		{"", nil, io.EOF},
		{"\n", []string{""}, io.EOF},
		{"a", []string{"a"}, io.EOF},
		{"a\n", []string{"a"}, io.EOF},
		{"a\n\n\nb", []string{"a", "", "", "b"}, io.EOF},
		{"a\r\nb\x00c\n", []string{"a\r", "b\x00c"}, io.EOF},
		{"12345678\n12345678", []string{"12345678", "12345678"}, io.EOF},
		{"a\n123456789\nb\n", []string{"a"}, ErrLongLine},
		{"a\nb\n123456789", []string{"a", "b"}, ErrLongLine},
		{"123456789012345678901234567890", nil, ErrLongLine},
	} {
		for _, n := range []int{1, 2, 100} {
			for name, src := range map[string]io.Reader{
				"whole": strings.NewReader(test.text), "bytes": iotest.OneByteReader(strings.NewReader(test.text)),
				"data with error": iotest.DataErrReader(strings.NewReader(test.text)),
			} {
				got, err := collect(src, 8, n)
				if !slices.Equal(got, test.want) || !errors.Is(err, test.err) {
					t.Errorf("%q, %s, batches of %d: %q, %v; want %q, %v", test.text, name, n, got, err, test.want, test.err)
				}
			}
		}
	}
}

// Lines of all lengths in reads of all lengths, around the size of the buffer too.
func TestLinesRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var want []string
	for range 300 {
		size := r.IntN(100)
		if r.IntN(20) == 0 {
			size = firstBuffer - 50 + r.IntN(100)
		}
		want = append(want, strings.Repeat(string(rune('a'+r.IntN(26))), size))
	}
	text := strings.Join(want, "\n") + "\n"
	got, err := collect(&unevenReader{text, r}, 4*firstBuffer, 7)
	if !slices.Equal(got, want) || !errors.Is(err, io.EOF) {
		t.Errorf("%d lines, want %d; %v", len(got), len(want), err)
	}
}

type unevenReader struct {
	rest string
	r    *rand.Rand
}

func (u *unevenReader) Read(p []byte) (int, error) {
	if u.rest == "" {
		return 0, io.EOF
	}
	n := copy(p, u.rest[:min(len(u.rest), 1+u.r.IntN(5000))])
	u.rest = u.rest[n:]
	return n, nil
}

// A failing source ends with its error; the unfinished line is told, not returned.
func TestLinesFailingSource(t *testing.T) {
	broken := errors.New("broken")
	l := NewLines(io.MultiReader(strings.NewReader("a\nbc"), iotest.ErrReader(broken)), 8)
	batch := make([][]byte, 4)
	if n, err := l.Next(batch); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := l.Next(batch); n != 0 || !errors.Is(err, broken) || l.Pending() != 2 {
		t.Errorf("%d, %v, %d bytes pending", n, err, l.Pending())
	}
}

// No more is held than the longest line and a buffer.
func TestLinesBoundsMemory(t *testing.T) {
	const most = 10_000
	l := NewLines(strings.NewReader(strings.Repeat("x", 1<<20)), most)
	if _, err := l.Next(make([][]byte, 1)); !errors.Is(err, ErrLongLine) || cap(l.buf) > most+1 {
		t.Errorf("%v with a buffer of %d", err, cap(l.buf))
	}
}

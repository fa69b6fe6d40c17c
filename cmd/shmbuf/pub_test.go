package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/shmbuf/shmbuf"
)

// A live stream: every line is delivered when it is complete, and not before.
func TestPubDeliversAtOnce(t *testing.T) {
	name := channel(t)
	p := start(t, "pub", name)
	s := start(t, "sub", name)
	p.send("one\n")
	eventually(t, "the first line", func() bool { return s.out.String() == "one\n" })
	p.send("two\nthr")
	eventually(t, "the second line", func() bool { return s.out.String() == "one\ntwo\n" })
	p.send("ee\n")
	eventually(t, "the third line", func() bool { return s.out.String() == "one\ntwo\nthree\n" })
	p.in.Close()
	succeeded(t, p.wait())
	succeeded(t, s.wait())
}

func TestPubDeliversFramedAtOnce(t *testing.T) {
	for framing, inputs := range map[string][2]string{
		"length":  {"\x03\x00\x00\x00abc\x02\x00", "\x00\x00de"},
		"fixed:3": {"abcd", "ef"},
	} {
		t.Run(framing, func(t *testing.T) {
			name := channel(t)
			p := start(t, "pub", name, "--framing", framing)
			s := start(t, "sub", name, "--framing", "raw")
			p.send(inputs[0])
			eventually(t, "the first record", func() bool { return s.out.String() == "abc" })
			p.send(inputs[1])
			eventually(t, "the second record", func() bool { return strings.HasPrefix(s.out.String(), "abcde") })
			p.in.Close()
			succeeded(t, p.wait())
			succeeded(t, s.wait())
		})
	}
}

// Input that is no whole number of records, or has a record that cannot be sent,
// is an error; what came before it arrives.
func TestPubRefusesInput(t *testing.T) {
	long := strings.Repeat("x", 4081)
	tests := []struct {
		name  string
		args  []string
		input string
		sent  string
		words []string
	}{
		{"long line", []string{"--capacity", "4KiB"}, "a\nb\n" + long + "\nc\n", "ab", []string{"line 3", "4080", "--capacity", "4KiB"}},
		{"long last line", []string{"--capacity", "4KiB"}, "a\n" + long, "a", []string{"line 2", "4080"}},
		{"endless line", []string{"--capacity", "4KiB"}, "a\n" + strings.Repeat(long, 100), "a", []string{"line 2", "4080"}},
		{"long line of a default channel", nil, strings.Repeat(long, 300), "", []string{"line 1", "1048560", "1MiB"}},
		{"partial prefix", []string{"--framing", "length"}, "\x01\x00\x00\x00a\x01\x00", "a", []string{"message 2", "prefix", "2"}},
		{"partial message", []string{"--framing", "length"}, "\x01\x00\x00\x00a\x05\x00\x00\x00bc", "a", []string{"message 2", "5 bytes", "2 left over"}},
		{"message without any byte", []string{"--framing", "length"}, "\x05\x00\x00\x00", "", []string{"message 1", "5 bytes", "0"}},
		{"large message", []string{"--framing", "length", "--capacity", "4KiB"}, "\x01\x00\x00\x00a\xff\xff\xff\xff", "a", []string{"message 2", "4294967295", "4080"}},
		{"partial chunk", []string{"--framing", "fixed:4"}, "aaaabbbbcc", "aaaabbbb", []string{"record 3", "4 bytes", "2 left over"}},
		{"partial large chunk", []string{"--framing", "fixed:1MB"}, strings.Repeat("x", 999_999), "", []string{"record 1", "1000000 bytes", "999999 left over"}},
		{"empty line on classic", []string{"--layout", "classic"}, "a\nb\n\nc\n", "ab", []string{"line 3", "empty", "--layout native"}},
		{"empty first line on classic", []string{"--layout", "classic"}, "\na\n", "", []string{"line 1", "empty"}},
		{"empty message on classic", []string{"--layout", "classic", "--framing", "length"}, "\x01\x00\x00\x00a\x00\x00\x00\x00", "a", []string{"message 2", "empty"}},
		{"long line on classic", []string{"--layout", "classic", "--capacity", "4KiB"}, "a\n" + strings.Repeat("x", 4093), "a", []string{"line 2", "4092"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := channel(t)
			o := execute(t, test.input, append([]string{"pub", name}, test.args...)...)
			failed(t, o, 1, append(test.words, name)...)
			s := execute(t, "", "sub", name, "--framing", "raw", "--timeout", "50ms")
			if s.out != test.sent {
				t.Errorf("%q arrived, want %q", s.out, test.sent)
			}
		})
	}
}

// A full channel and nobody who reads it: --timeout ends the wait, and the message
// says exactly how far pub came.
func TestPubTimeout(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		for framing, unit := range map[string]string{"lines": "line", "fixed:8": "record"} {
			t.Run(layout+" "+framing, func(t *testing.T) {
				name := channel(t)
				o := execute(t, strings.Repeat("1234567\n", 1000), "pub", name,
					"--layout", layout, "--framing", framing, "--capacity", "4KiB", "--timeout", "100ms")
				failed(t, o, 3, name, "100ms", "shmbuf sub")
				m := regexp.MustCompile(unit + ` (\d+) was not sent`).FindStringSubmatch(o.err)
				if m == nil {
					t.Fatalf("the message does not say where it stopped: %s", o.err)
				}
				first, _ := strconv.Atoi(m[1])
				s := execute(t, "", "sub", name, "--framing", "length", "--timeout", "50ms")
				size := map[string]int{"lines": 7, "fixed:8": 8}[framing]
				if got := len(s.out) / (4 + size); got != first-1 || got < 100 {
					t.Errorf("%d records arrived, but %s %d was the first that was not sent", got, unit, first)
				}
			})
		}
	}
}

// The end of input is not held up by a full channel.
func TestPubEndsWhenFull(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, strings.Repeat("x", 4080), "pub", name, "--capacity", "4KiB", "--framing", "fixed:4080", "--timeout", "1s"))
}

func TestPubBusy(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		t.Run(layout, func(t *testing.T) {
			name := channel(t)
			p := start(t, "pub", name, "--layout", layout)
			eventually(t, "the channel", func() bool { return exists(t, name) })
			failed(t, execute(t, "x\n", "pub", name, "--layout", layout), 1, name, "live producer")
			failed(t, execute(t, "x\n", "pub", name, "--layout", layout, "--capacity", "8KiB"), 1, name, "live producer")
			p.in.Close()
			succeeded(t, p.wait())
		})
	}
}

func TestPubDoesNotReplaceTheOtherLayout(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "x\n", "pub", name))
	failed(t, execute(t, "y\n", "pub", name, "--layout", "classic"), 1, name, "native", "rm")
	succeeded(t, execute(t, "", "rm", name))
	succeeded(t, execute(t, "x\n", "pub", name, "--layout", "classic"))
	failed(t, execute(t, "y\n", "pub", name), 1, name, "classic", "rm")
}

// A signal between records ends the input; consumers see the end of the stream.
func TestPubSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for _, framing := range []string{"lines", "length", "fixed:2"} {
			t.Run(fmt.Sprint(sig, " ", framing), func(t *testing.T) {
				name := channel(t)
				p := start(t, "pub", name, "--framing", framing)
				s := start(t, "sub", name)
				p.send(map[string]string{"lines": "ab\n", "length": "\x02\x00\x00\x00ab", "fixed:2": "ab"}[framing])
				eventually(t, "the record", func() bool { return s.out.String() == "ab\n" })
				p.signal(sig)
				succeeded(t, p.wait())
				same(t, "output", succeeded(t, s.wait()), "ab\n")
			})
		}
	}
}

// A signal in the middle of a record, or while the channel is full, is an error:
// something that was read has not been sent.
func TestPubSignalLosesNothingSilently(t *testing.T) {
	tests := []struct{ name, framing, input, word string }{
		{"in a line", "lines", "ab\nc", "line 2"},
		{"in a prefix", "length", "\x02\x00\x00\x00ab\x01", "message 2"},
		{"in a message", "length", "\x02\x00\x00\x00ab\x09\x00\x00\x00c", "message 2"},
		{"in a chunk", "fixed:2", "abc", "record 2"},
		{"full", "fixed:4000", "ab" + strings.Repeat("x", 11_998), "interrupted while the channel was full; 1 records"},
		{"full of lines", "lines", "ab\n" + strings.Repeat(strings.Repeat("x", 3999)+"\n", 3), "interrupted while the channel was full; 2 records"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := channel(t)
			p := start(t, "pub", name, "--framing", test.framing, "--capacity", "4KiB")
			p.send(test.input)
			eventually(t, "the first record", func() bool {
				info, err := shmbuf.Inspect(name)
				return err == nil && info.Records > 0
			})
			if strings.HasPrefix(test.name, "full") {
				eventually(t, "sleep for space", func() bool {
					info, err := shmbuf.Inspect(name)
					return err == nil && info.Producer.Sleeps > 0
				})
			} else {
				// The rest of the input is in its pipe; pub reads it or has done so.
				eventually(t, "an empty pipe", func() bool { return asleepInPoll(p) })
			}
			p.signal(syscall.SIGTERM)
			failed(t, p.wait(), 1, name, "interrupted", test.word)
			if s := execute(t, "", "sub", name, "--framing", "raw"); s.status != 0 || !strings.HasPrefix(s.out, "ab") && !strings.HasPrefix(test.name, "full") {
				t.Errorf("sub: status %d, %q", s.status, s.out)
			}
		})
	}
}

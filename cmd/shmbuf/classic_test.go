package main

import (
	"testing"

	"github.com/shmbuf/shmbuf"
)

// A classic channel has no end of stream: sub ends by --count or --timeout, pub
// leaves the object behind.
func TestClassicRoundTrip(t *testing.T) {
	lines := randomLines(21, 100_000, 1, 60)
	for _, order := range []string{"pub first", "sub first"} {
		t.Run(order, func(t *testing.T) {
			name := channel(t)
			pub := []string{"pub", name, "--layout", "classic", "--capacity", "64KiB"}
			sub := []string{"sub", name, "--count", "100000", "--timeout", "30s", "--wait", "30s"}
			var p, s *process
			if order == "pub first" {
				p = start(t, pub...)
				eventually(t, "the object", func() bool { return exists(t, name) })
				s = start(t, sub...)
			} else {
				s = start(t, sub...)
				p = start(t, pub...)
			}
			p.send(lines)
			p.in.Close()
			succeeded(t, p.wait())
			same(t, "output", succeeded(t, s.wait()), lines)
			if !exists(t, name) {
				t.Error("the object has gone")
			}
		})
	}
}

func TestClassicTimeout(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "a\nb\n", "pub", name, "--layout", "classic"))
	o := execute(t, "", "sub", name, "--timeout", "100ms")
	failed(t, o, 3, name, "100ms", "2 records")
	same(t, "output", o.out, "a\nb\n")
	if !exists(t, name) {
		t.Error("the object has gone")
	}
}

// A producer that starts replaces the object, and sub goes on with the new one.
func TestClassicFollowsANewProducer(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "old\n", "pub", name, "--layout", "classic"))
	s := start(t, "sub", name, "--count", "4", "--timeout", "30s")
	eventually(t, "the old record", func() bool { return s.out.String() == "old\n" })
	succeeded(t, execute(t, "new\n", "pub", name, "--layout", "classic"))
	eventually(t, "the new record", func() bool { return s.out.String() == "old\nnew\n" })
	succeeded(t, execute(t, "newer\nnewest\n", "pub", name, "--layout", "classic", "--capacity", "64KiB"))
	same(t, "output", succeeded(t, s.wait()), "old\nnew\nnewer\nnewest\n")
}

func TestClassicRemovedWhileRead(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "a\n", "pub", name, "--layout", "classic"))
	s := start(t, "sub", name, "--wait", "200ms")
	eventually(t, "the record", func() bool { return s.out.String() == "a\n" })
	succeeded(t, execute(t, "", "rm", name, "--force"))
	failed(t, s.wait(), 1, name, "removed after 1 records", "200ms")
}

// A capacity the wire cannot express is rounded down, and that is said.
func TestClassicSaysWhatItRounds(t *testing.T) {
	name := channel(t)
	failed(t, execute(t, "a\n", "pub", name, "--layout", "classic", "--capacity", "5000"), 0, "note", name, "5000", "4096")
	info, err := shmbuf.Inspect(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Capacity != 4096 || info.SegmentSize != 5016 {
		t.Errorf("capacity %d in %d bytes, want 4096 in 5016", info.Capacity, info.SegmentSize)
	}
}

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// A producer that dies is told apart from one that closes.
func TestKilledProducer(t *testing.T) {
	name := channel(t)
	p := start(t, "pub", name)
	s := start(t, "sub", name)
	p.send("a\nb\nunfinished")
	eventually(t, "the records", func() bool { return s.out.String() == "a\nb\n" })
	p.signal(os.Kill)
	p.wait()
	o := s.wait()
	failed(t, o, 1, name, "died without closing", "2 records", "successor")
	same(t, "output", o.out, "a\nb\n")
	// What is there of the channel can be seen and removed.
	if !exists(t, name) {
		t.Fatal("the channel has gone")
	}
	succeeded(t, execute(t, "", "rm", name))
}

// What a dead producer had sent is read before its death is reported.
func TestKilledProducerUnread(t *testing.T) {
	name := channel(t)
	p := start(t, "pub", name)
	p.send("a\nb\n")
	eventually(t, "the records", func() bool { return records(t, name) == 2 })
	p.signal(os.Kill)
	p.wait()
	o := execute(t, "", "sub", name)
	failed(t, o, 1, name, "died without closing", "2 records")
	same(t, "output", o.out, "a\nb\n")
}

// With --await-producer sub goes on with the successor, in the same channel.
func TestKilledProducerAwaited(t *testing.T) {
	for _, capacity := range []string{"1MiB", "64KiB"} { // continued, replaced
		t.Run(capacity, func(t *testing.T) {
			name := channel(t)
			p := start(t, "pub", name)
			s := start(t, "sub", name, "--await-producer")
			p.send("a\nb\n")
			eventually(t, "the records", func() bool { return s.out.String() == "a\nb\n" })
			p.signal(os.Kill)
			p.wait()
			succeeded(t, execute(t, "c\n", "pub", name, "--capacity", capacity))
			same(t, "output", succeeded(t, s.wait()), "a\nb\nc\n")
			if exists(t, name) {
				t.Error("the channel was not removed")
			}
		})
	}
}

// A consumer that dies anywhere loses nothing: its successor goes on at or before
// the line the dead one would have written next.
func TestKilledConsumer(t *testing.T) {
	name := channel(t)
	const count = 200_000
	p := start(t, "pub", name, "--capacity", "64KiB")
	go func() {
		w := bufio.NewWriter(p.in)
		for i := range count {
			fmt.Fprintf(w, "%d\n", i)
		}
		_ = w.Flush()
		p.in.Close()
	}()
	next := 0
	for part := range 4 {
		s := subInto(t, name)
		var got strings.Builder
		if _, err := io.CopyN(&got, s.reader, int64(20_000*(part+1))); err != nil {
			t.Fatal(err)
		}
		s.signal(os.Kill)
		if _, err := io.Copy(&got, s.reader); err != nil {
			t.Fatal(err)
		}
		s.wait()
		next = contiguous(t, got.String(), next)
	}
	if end := contiguous(t, succeeded(t, execute(t, "", "sub", name)), next); end != count {
		t.Errorf("the last line is %d, want %d", end-1, count-1)
	}
	succeeded(t, p.wait())
	if exists(t, name) {
		t.Error("the channel was not removed")
	}
}

// contiguous demands numbers that follow each other and start at or before from,
// and returns the one after the last whole line.
func contiguous(t *testing.T, text string, from int) int {
	t.Helper()
	whole := text[:strings.LastIndexByte(text, '\n')+1]
	lines := strings.Split(strings.TrimSuffix(whole, "\n"), "\n")
	var first int
	if _, err := fmt.Sscan(lines[0], &first); err != nil || first > from || from-first > batchRecords {
		t.Fatalf("the first line is %q, want %d or up to one batch before", lines[0], from)
	}
	for i, line := range lines {
		if line != fmt.Sprint(first+i) {
			t.Fatalf("line %d is %q, want %d", i, line, first+i)
		}
	}
	return first + len(lines)
}

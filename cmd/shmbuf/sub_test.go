package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf"
)

// --count takes so many records and leaves the others.
func TestSubCount(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		t.Run(layout, func(t *testing.T) {
			name := channel(t)
			succeeded(t, execute(t, "a\nb\nc\nd\ne\n", "pub", name, "--layout", layout))
			same(t, "first", succeeded(t, execute(t, "", "sub", name, "--count", "2")), "a\nb\n")
			same(t, "second", succeeded(t, execute(t, "", "sub", name, "--count", "1")), "c\n")
			if !exists(t, name) {
				t.Fatal("the channel was removed with records in it")
			}
			if layout == "native" {
				same(t, "rest", succeeded(t, execute(t, "", "sub", name)), "d\ne\n")
				if exists(t, name) {
					t.Error("the channel was not removed")
				}
				return
			}
			same(t, "rest", succeeded(t, execute(t, "", "sub", name, "--count", "2", "--timeout", "30s")), "d\ne\n")
		})
	}
}

// --count that takes everything drains the channel.
func TestSubCountOfAll(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "a\nb\n", "pub", name))
	same(t, "output", succeeded(t, execute(t, "", "sub", name, "--count", "2")), "a\nb\n")
	if exists(t, name) {
		t.Error("the channel was not removed")
	}
}

func TestSubTimeout(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		t.Run(layout, func(t *testing.T) {
			name := channel(t)
			p := start(t, "pub", name, "--layout", layout)
			s := start(t, "sub", name, "--timeout", "300ms")
			p.send("a\n")
			eventually(t, "the first record", func() bool { return s.out.String() == "a\n" })
			o := s.wait()
			failed(t, o, 3, name, "300ms", "1 records")
			p.in.Close()
			succeeded(t, p.wait())
		})
	}
}

// --timeout is about one record, not about all of them.
func TestSubTimeoutStartsAgainWithEachRecord(t *testing.T) {
	t.Parallel()
	name := channel(t)
	p := start(t, "pub", name)
	s := start(t, "sub", name, "--timeout", "1500ms")
	want := ""
	for i := range 8 {
		want += fmt.Sprintln(i)
		p.send(fmt.Sprintln(i))
		eventually(t, "record "+fmt.Sprint(i), func() bool { return s.out.String() == want })
		time.Sleep(300 * time.Millisecond)
	}
	p.in.Close()
	succeeded(t, s.wait())
}

func TestSubWait(t *testing.T) {
	name := channel(t)
	failed(t, execute(t, "", "sub", name, "--wait", "100ms"), 3, name, "100ms", "shmbuf pub")
	failed(t, execute(t, "", "sub", name, "--wait", "0"), 1, name, "no such channel", "--wait")
}

func TestSubBusy(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		t.Run(layout, func(t *testing.T) {
			name := channel(t)
			p := start(t, "pub", name, "--layout", layout)
			s := start(t, "sub", name)
			awaitConsumer(t, name)
			failed(t, execute(t, "", "sub", name), 1, name, "another consumer")
			p.in.Close()
			succeeded(t, p.wait())
			if layout == "native" {
				succeeded(t, s.wait())
			}
		})
	}
}

// A closed pipe ends sub quietly, and what the pipe did not take stays.
func TestSubClosedPipe(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		t.Run(layout, func(t *testing.T) {
			name := channel(t)
			lines := randomLines(7, 1000, 1, 50)
			succeeded(t, execute(t, lines, "pub", name, "--layout", layout))
			closed := subInto(t, name)
			closed.reader.Close()
			o := closed.wait()
			if o.status != 0 || o.err != "" {
				t.Errorf("status %d, standard error %q", o.status, o.err)
			}
			same(t, "what stayed", restOf(t, name, layout), lines)
		})
	}
}

// sub | head -1: head gets its line, and every line that the pipe took or that
// stayed in the channel is whole.
func TestSubHead(t *testing.T) {
	name := channel(t)
	var lines strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&lines, "line %d\n", i)
	}
	p := start(t, "pub", name)
	go func() {
		_, _ = io.WriteString(p.in, lines.String())
		p.in.Close()
	}()
	s := subInto(t, name)
	r := bufio.NewReaderSize(s.reader, 16)
	if first, err := r.ReadString('\n'); err != nil || first != "line 0\n" {
		t.Fatalf("%q, %v", first, err)
	}
	s.reader.Close()
	o := s.wait()
	if o.status != 0 || o.err != "" {
		t.Errorf("status %d, standard error %q", o.status, o.err)
	}
	rest := succeeded(t, execute(t, "", "sub", name))
	succeeded(t, p.wait())
	if !strings.HasPrefix(rest, "line ") || !strings.HasSuffix(lines.String(), "\n"+rest) {
		t.Errorf("what stayed are not the last lines: it starts with %q", rest[:min(len(rest), 40)])
	}
}

// Standard output that fails otherwise is an error; what was written is given back
// exactly.
func TestSubFullDisk(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "a\nb\n", "pub", name))
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	p := &process{t: t, cmd: exec.Command(program, "sub", name), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = full, &p.err
	p.launch()
	failed(t, p.wait(), 1, name, "no space")
	same(t, "what stayed", succeeded(t, execute(t, "", "sub", name)), "a\nb\n")
}

// Interrupted at any time, what sub has written and what stays in the channel are
// together exactly what was sent: nothing twice, nothing lost.
func TestSubInterruptedExactly(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			name := channel(t)
			lines := randomLines(11, 300_000, 0, 40)
			p := start(t, "pub", name, "--capacity", "64KiB")
			go func() {
				_, _ = io.WriteString(p.in, lines)
				p.in.Close()
			}()
			var got strings.Builder
			for part := range 5 {
				s := subInto(t, name)
				if _, err := io.CopyN(&got, s.reader, int64(100_000*(part+1))); err != nil {
					t.Fatal(err)
				}
				s.signal(sig)
				if _, err := io.Copy(&got, s.reader); err != nil {
					t.Fatal(err)
				}
				failed(t, s.wait(), 1, name, "interrupted", "stays in the channel")
			}
			got.WriteString(succeeded(t, execute(t, "", "sub", name)))
			succeeded(t, p.wait())
			same(t, "all parts", got.String(), lines)
		})
	}
}

// An interrupted sub ends even when nobody takes its output.
func TestSubInterruptedWithFullPipe(t *testing.T) {
	name := channel(t)
	lines := randomLines(13, 20_000, 0, 40)
	succeeded(t, execute(t, lines, "pub", name))
	s := subInto(t, name)
	eventually(t, "a full pipe", func() bool {
		info, err := shmbuf.Inspect(name)
		return err == nil && info.Consumers[0].Alive && info.Consumers[0].LagRecords < 20_000
	})
	s.signal(syscall.SIGTERM)
	failed(t, s.wait(), 1, name, "interrupted", "stay in the channel")
	taken, err := io.ReadAll(s.reader)
	if err != nil {
		t.Fatal(err)
	}
	rest := succeeded(t, execute(t, "", "sub", name))
	if !strings.HasSuffix(lines, rest) || len(taken)+len(rest) < len(lines) {
		t.Errorf("%d bytes were written and %d stayed, of %d", len(taken), len(rest), len(lines))
	}
}

// subProcess writes to a pipe that the test reads.
type subProcess struct {
	*process
	reader *os.File
}

func subInto(t *testing.T, name string) subProcess {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	p := &process{t: t, cmd: exec.Command(program, "sub", name), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = w, &p.err
	p.launch()
	w.Close()
	return subProcess{p, r}
}

// restOf drains a channel of which the producer has gone.
func restOf(t *testing.T, name, layout string) string {
	t.Helper()
	if layout == "native" {
		return succeeded(t, execute(t, "", "sub", name))
	}
	o := execute(t, "", "sub", name, "--timeout", "100ms")
	failed(t, o, 3, name)
	return o.out
}

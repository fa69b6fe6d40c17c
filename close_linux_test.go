//go:build linux

package shmbuf

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mappings gives a function that counts the mappings of a channel's object in this
// process, by inode: what was mapped before it had a name shows under none.
func mappings(t *testing.T, name string) func() int {
	info, err := os.Stat(object(t, name))
	if err != nil {
		t.Fatal(err)
	}
	inode := fmt.Sprintf(" %d ", info.Sys().(*syscall.Stat_t).Ino)
	return func() int {
		text, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(text), inode)
	}
}

func TestCloseWakesBlockedCalls(t *testing.T) {
	for _, layout := range []Layout{Native, Classic} {
		for _, what := range []string{"read", "write"} {
			t.Run(layout.String()+" "+what, func(t *testing.T) {
				name := channelName(t)
				p, c := mustCreate(t, name, &Options{Layout: layout, Capacity: 4096}), mustOpen(t, name)
				closer := c.Close
				if what == "write" {
					closer = p.Close
				}
				blocked := make(chan error, 1)
				if what == "write" {
					for p.TryWrite(make([]byte, 1000)) == nil {
						continue
					}
					go func() { blocked <- p.Write(context.Background(), make([]byte, 1000)) }()
				} else {
					go func() { _, err := c.Peek(context.Background()); blocked <- err }()
				}
				time.Sleep(20 * time.Millisecond)
				begin := time.Now()
				if err := closer(); err != nil {
					t.Fatal(err)
				}
				wants(t, <-blocked, os.ErrClosed, name)
				if took := time.Since(begin); took > 40*time.Millisecond {
					t.Errorf("it took %v, as long as a sleep", took)
				}
			})
		}
	}
}

func TestCloseWithViewsOut(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	mapped := mappings(t, name)
	write(t, p, "seen")
	rec, err := c.TryPeek()
	if err != nil {
		t.Fatal(err)
	}
	view, err := p.TryReserve(4)
	if err != nil {
		t.Fatal(err)
	}
	if n := mapped(); n != 2 {
		t.Fatalf("%d mappings", n)
	}
	if err := errors.Join(c.Close(), p.Close()); err != nil {
		t.Fatal(err)
	}
	if n := mapped(); n != 2 {
		t.Errorf("%d mappings are left while views are out", n)
	}
	copy(view, "lost") // must not fault
	if string(rec.Payload) != "seen" {
		t.Errorf("the view reads %q", rec.Payload)
	}
	wants(t, p.Commit(4), os.ErrClosed, name)
	wants(t, c.Release(), os.ErrClosed, name)
	if n := mapped(); n != 0 {
		t.Errorf("%d mappings are left", n)
	}
	expect(t, mustOpen(t, name), "seen") // it was not released
}

// TestCloseAtAnyMoment closes handles under goroutines that use them hard.
func TestCloseAtAnyMoment(t *testing.T) {
	for i := range 300 {
		name := channelName(t)
		p, c := mustCreate(t, name, &Options{Capacity: 4096}), mustOpen(t, name)
		mapped := mappings(t, name)
		done := make(chan error, 2)
		go func() {
			var err error
			for err == nil {
				if _, err = p.Reserve(context.Background(), 100); err == nil {
					err = p.Commit(100)
				}
			}
			done <- err
		}()
		go func() {
			var err error
			for err == nil {
				if _, err = c.Peek(context.Background()); err == nil {
					err = c.Release()
				}
			}
			done <- err
		}()
		time.Sleep(time.Duration(i*3) * time.Microsecond)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i%7) * 10 * time.Microsecond)
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			wants(t, <-done, os.ErrClosed)
		}
		if n := mapped(); n != 0 {
			t.Fatalf("round %d: %d mappings are left", i, n)
		}
	}
}

func TestUseAfterClose(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, &Options{RecordSize: 8}), mustOpen(t, name)
	_ = p.Close()
	_ = c.Close()
	ctx, b := context.Background(), make([]byte, 8)
	_, e1 := p.WriteBatch(ctx, [][]byte{b})
	_, e2 := p.WriteRun(ctx, b)
	_, e3 := p.Reserve(ctx, 8)
	_, e4 := p.ReserveRun(ctx, 1)
	_, e5 := c.Read(ctx, b)
	_, e6 := c.PeekRun(ctx, 1)
	_, e7 := c.PeekBatch(ctx, make([]Record, 1))
	p.Abort()
	for i, err := range []error{p.Write(ctx, b), p.Commit(8), p.CommitRun(1), c.Release(), c.ReleaseN(1), p.Close(), c.Close(), e1, e2, e3, e4, e5, e6, e7} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	_, _ = p.Stats(), c.Stats()
}

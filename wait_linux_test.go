package shmbuf

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

// until repeats a call that waits 20 ms at most, and gives its first error that is
// not the deadline's.
func until(t *testing.T, call func(context.Context) error) error {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 2*time.Second; {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		err := call(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	t.Error("short waits find out nothing")
	return nil
}

func TestShortWaitsSeeDeath(t *testing.T) {
	name := channelName(t)
	lines, kill := spawn(t, "idle", name)
	if !lines.Scan() {
		t.Fatal("the child did not start")
	}
	c := mustOpen(t, name)
	kill()
	wants(t, until(t, func(ctx context.Context) error { _, err := c.Peek(ctx); return err }), ErrPeerDied, name)
}

func TestClassicObjectGone(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Layout: Classic, Capacity: 4096})
	for p.TryWrite(make([]byte, 1000)) == nil {
		continue
	}
	if err := ForceRemove(name); err != nil {
		t.Fatal(err)
	}
	wants(t, until(t, func(ctx context.Context) error { return p.Write(ctx, make([]byte, 1000)) }), ErrRetired, name)
}

func TestObjectTruncated(t *testing.T) {
	for _, o := range []Options{{Capacity: 65536}, {Layout: Classic, Capacity: 65536}} {
		name := channelName(t)
		mustCreate(t, name, &o)
		c := mustOpen(t, name)
		// The control area stays: its pages are what an idle consumer touches.
		if err := os.Truncate(object(t, name), 65536); err != nil {
			t.Fatal(err)
		}
		wants(t, until(t, func(ctx context.Context) error { _, err := c.Peek(ctx); return err }), ErrSegmentLost, name)
	}
}

func TestUnknownProducerState(t *testing.T) {
	name := channelName(t)
	mustCreate(t, name, nil)
	c := mustOpen(t, name)
	controlOf(t, name).Producer.State.Set(9)
	_, err := c.TryPeek()
	wants(t, err, ErrDamaged, name, "9")
	controlOf(t, name).Producer.State.Set(1)
}

package shmbuf

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// A classic producer replaces classic objects, and Remove removes channels; a
// file that merely is short or all zero is somebody else's.
func TestUninitialisedObjectsStay(t *testing.T) {
	for what, content := range map[string][]byte{"empty": {}, "short": []byte("keep me"), "zeros": make([]byte, 5000)} {
		t.Run(what, func(t *testing.T) {
			name := channelName(t)
			file := object(t, name)
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Create(name, &Options{Layout: Classic})
			wants(t, err, ErrNotChannel, name)
			wants(t, Remove(name), ErrNotChannel, name, "--force")
			if left, err := os.ReadFile(file); err != nil || !bytes.Equal(left, content) {
				t.Fatalf("the object was touched: %q, %v", left, err)
			}
			if err := ForceRemove(name); err != nil {
				t.Fatal(err)
			}
			gone(t, name)
		})
	}
}

// Giving back nothing must not disturb the sequence.
func TestReleaseNothing(t *testing.T) {
	for _, o := range []Options{{}, {RecordSize: 1}, {Layout: Classic}} {
		name := channelName(t)
		p, c := mustCreate(t, name, &o), mustOpen(t, name)
		for _, s := range []string{"a", "b", "c"} {
			write(t, p, s)
			expect(t, c, s)
			if err := c.ReleaseN(0); err != nil {
				t.Fatal(err)
			}
			wants(t, c.ReleaseN(1), ErrInvalid, name, "1")
		}
	}
}

func TestAbsurdLength(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("lengths are 32 bits here")
	}
	for _, o := range []Options{{}, {Layout: Classic}} {
		name := channelName(t)
		p := mustCreate(t, name, &o)
		for _, n := range []int64{math.MaxInt64, 1 << 40, 1<<32 + 8} {
			_, err := p.TryReserve(int(n))
			wants(t, err, ErrTooLarge, name)
			if strings.Contains(err.Error(), "capacity of 32 or") {
				t.Error(err)
			}
		}
	}
}

// controlOf maps the control area of a channel beside its users.
func controlOf(t *testing.T, name string) layout.Control {
	t.Helper()
	seg, err := segment.Open(name, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = seg.Close() })
	return layout.ControlOf(seg.Bytes())
}

// A producer killed between retiring a segment and unlinking it leaves a name
// that leads nowhere: Open says so, OpenWait waits for the next producer, and
// that one starts a new segment.
func TestRetiredNameLeft(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Keep: true})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	controlOf(t, name).Producer.State.PublishFenced(layout.ProducerRetired)
	_, err := Open(name, nil)
	wants(t, err, ErrRetired, name)
	opened := make(chan error, 1)
	ctx := soon(t)
	go func() {
		c, err := OpenWait(ctx, name, nil)
		if err == nil {
			err = c.Close()
		}
		opened <- err
	}()
	time.Sleep(300 * time.Millisecond)
	mustCreate(t, name, &Options{Keep: true})
	if err := <-opened; err != nil {
		t.Errorf("OpenWait: %v", err)
	}
}

// Positions that cannot be true end calls of either side with ErrDamaged, and a
// takeover too.
func TestDamagedPositions(t *testing.T) {
	for what, spoil := range map[string]func(layout.Control){
		"position behind": func(c layout.Control) { c.Producer.Position.PublishFenced(0) },
		"position ahead":  func(c layout.Control) { c.Producer.Position.PublishFenced(1 << 30) },
		"gate":            func(c layout.Control) { c.Slot(0).Gate.PublishFenced(1 << 40) },
	} {
		t.Run(what, func(t *testing.T) {
			name := channelName(t)
			p, c := mustCreate(t, name, &Options{Capacity: 4096}), mustOpen(t, name)
			for range 3 {
				write(t, p, "record")
			}
			expect(t, c, "record", "record")
			spoil(controlOf(t, name))
			var err error
			if what == "gate" {
				for err == nil {
					err = p.TryWrite(make([]byte, 1000))
				}
			} else {
				expect(t, c, "record") // seen before the damage
				_, err = c.TryPeek()
			}
			wants(t, err, ErrDamaged, name, "shmbuf rm --force")
		})
	}
}

// Truncation is found by whoever waits; nothing crashes.
func TestSegmentLost(t *testing.T) {
	name := channelName(t)
	mustCreate(t, name, nil)
	c := mustOpen(t, name)
	// The control area stays, so that the wait itself has its words.
	if err := os.Truncate(object(t, name), 65536); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := c.Peek(ctx)
	wants(t, err, ErrSegmentLost, name, "truncate")
	if errors.Is(err, context.DeadlineExceeded) {
		t.Error("found too late")
	}
}

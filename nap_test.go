package shmbuf

import (
	"testing"
	"time"
)

// A producer naps only beside a consumer that moves, and not so fast that it would
// run dry meanwhile.
func TestPace(t *testing.T) {
	const lap = 1 << 20
	start := time.Unix(1000, 0)
	for _, tc := range []struct {
		name  string
		moved uint64
		took  time.Duration
		want  bool
	}{
		{"stands still", 0, time.Millisecond, false},
		{"a record in a millisecond", 80, time.Millisecond, true},
		{"a sixteenth of the ring in a millisecond", lap / 16, time.Millisecond, true},
		{"a quarter of the ring in two naps", lap / 4, 2 * napTime, true},
		{"faster", lap/4 + 8, 2 * napTime, false},
		{"the whole ring", lap, 300 * time.Microsecond, false},
		{"back, or further than there is", lap + 1, time.Second, false},
		{"back by a record", ^uint64(79), time.Second, false},
	} {
		for _, from := range []uint64{0, 1<<64 - 4096} {
			var p pace
			p.atWork(start, from, lap)
			if got := p.atWork(start.Add(tc.took), from+tc.moved, lap); got != tc.want {
				t.Errorf("%s, from %#x: %t", tc.name, from, got)
			}
			if p.atWork(start.Add(tc.took+napTime), from+tc.moved, lap) {
				t.Errorf("%s, from %#x: at work, and has not moved since", tc.name, from)
			}
		}
	}
}

// Whatever the paces of the two sides, a stream arrives whole, also through naps.
func TestNapsLoseNothing(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Capacity: 1 << 16})
	c := mustOpen(t, name)
	const n = 20000
	ctx, done := soon(t), make(chan error, 1)
	go func() {
		msg := make([]byte, 64)
		for i := range n {
			msg[0], msg[1] = byte(i), byte(i>>8)
			if err := p.Write(ctx, msg); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	buf := make([]byte, 64)
	for i := range n {
		if _, err := c.Read(ctx, buf); err != nil {
			t.Fatal(err)
		}
		if buf[0] != byte(i) || buf[1] != byte(i>>8) {
			t.Fatalf("record %d carries %d and %d", i, buf[0], buf[1])
		}
		for begin := time.Now(); time.Since(begin) < time.Duration(i%4)*time.Microsecond; {
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	// Each sleep behind the flag ends with a wake call, a nap does not.
	if sleeps, wakes := p.Stats().Sleeps, c.Stats().Wakes; sleeps == 0 || wakes >= sleeps {
		t.Errorf("a producer several times as fast slept %d times, its consumer woke it %d times", sleeps, wakes)
	}
}

package shmbuf

import (
	"context"
	"testing"
	"time"
)

// TestNoAllocations covers every hot path.
func TestNoAllocations(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	buf := make([]byte, 64)
	batch, recs := [][]byte{buf, buf, buf}, make([]Record, 3)
	ok := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	pair := func(o *Options) (*Producer, *Consumer) {
		name := channelName(t)
		return mustCreate(t, name, o), mustOpen(t, name)
	}
	p, c := pair(nil)
	fp, fc := pair(&Options{RecordSize: 64})
	kp, kc := pair(&Options{Layout: Classic, Capacity: 1024})
	tp, tc := pair(&Options{Times: true})
	for name, f := range map[string]func(){
		"write, read": func() { ok(p.Write(ctx, buf)); _, err := c.Read(ctx, buf); ok(err) },
		"try":         func() { ok(p.TryWrite(buf)); _, err := c.TryRead(buf); ok(err); _, _ = c.TryRead(buf) },
		"in place": func() {
			_, err := p.Reserve(ctx, 64)
			ok(err)
			ok(p.CommitKind(7, 64))
			_, err = c.Peek(ctx)
			ok(err)
			ok(c.Release())
		},
		"batch": func() {
			_, err := p.WriteBatch(ctx, batch)
			ok(err)
			_, err = c.PeekBatch(ctx, recs)
			ok(err)
			ok(c.ReleaseN(1))
			_, err = c.PeekBatch(ctx, recs)
			ok(err)
			ok(c.Release())
		},
		"runs": func() {
			_, err := fp.WriteRun(ctx, buf)
			ok(err)
			_, err = fc.PeekRun(ctx, 4)
			ok(err)
			ok(fc.Release())
		},
		"fixed":   func() { ok(fp.Write(ctx, buf)); _, err := fc.Read(ctx, buf); ok(err) },
		"classic": func() { ok(kp.Write(ctx, buf)); _, err := kc.Read(ctx, buf); ok(err) },
		"times":   func() { ok(tp.Write(ctx, buf)); _, err := tc.Read(ctx, buf); ok(err) },
	} {
		f()
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestNoAllocationsAsleep has a consumer that sleeps for every record, with a
// context that can be cancelled.
func TestNoAllocationsAsleep(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	buf := make([]byte, 8)
	go func() {
		for p.Write(ctx, buf[:1]) == nil {
			time.Sleep(500 * time.Microsecond)
		}
	}()
	dst := make([]byte, 8)
	before := c.Stats().Sleeps
	n := testing.AllocsPerRun(100, func() {
		if _, err := c.Read(ctx, dst); err != nil {
			t.Fatal(err)
		}
	})
	if slept := c.Stats().Sleeps - before; slept < 50 {
		t.Skipf("the consumer slept only %d times", slept)
	}
	if n >= 1 {
		t.Errorf("%v allocations for each record", n)
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shmbuf/shmbuf"
)

func open(f *flags) (*shmbuf.Consumer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(f.wait*float64(time.Second)))
	defer cancel()
	return shmbuf.OpenWait(ctx, f.name, &shmbuf.ConsumerOptions{AwaitPeer: f.awaitPeer})
}

// receiver is a consumer that checks what it gets.
type receiver struct {
	f     *flags
	r     *report
	c     *shmbuf.Consumer
	want  *content
	dst   []byte
	recs  []shmbuf.Record
	base  uint64 // index of the record with sequence number 0
	last  int64  // publication time of the record before
	limit uint64 // index after the last record to take
}

func consume(f *flags, r *report) error {
	c, err := open(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	v := &receiver{
		f: f, r: r, c: c, want: newContent(f), dst: make([]byte, c.MaxRecord()),
		recs: make([]shmbuf.Record, f.batch), limit: f.from + f.total(),
	}
	for r.Next < v.limit {
		err := v.take(ctx)
		if errors.Is(err, shmbuf.ErrRetired) {
			err = v.follow()
		}
		if f.again && errors.Is(err, io.EOF) {
			err = v.reopen()
		}
		if err != nil {
			return err
		}
	}
	if f.dieAfter != 0 && f.dieAfter <= f.count {
		if f.inPlace {
			_, _ = c.TryPeek() // looked at and never released: comes again
		}
		die()
	}
	for _, end := range []struct {
		demanded bool
		want     error
	}{{f.expectEnd, io.EOF}, {f.expectDeath, shmbuf.ErrPeerDied}} {
		if !end.demanded {
			continue
		}
		if _, err := v.c.Read(ctx, v.dst); !errors.Is(err, end.want) {
			return fmt.Errorf("after the last record: got %v, want %v", err, end.want)
		}
	}
	r.Guards += v.c.Stats().GuardHits
	return v.c.Close()
}

// follow opens the channel that replaced this one.
func (v *receiver) follow() error {
	v.r.Guards += v.c.Stats().GuardHits
	v.r.Follows++
	if err := v.c.Close(); err != nil {
		return err
	}
	c, err := open(v.f)
	v.c, v.base = c, v.r.Next
	return err
}

// reopen waits for the producer that goes on with a closed channel.
func (v *receiver) reopen() error {
	if err := v.c.Close(); err != nil {
		return err
	}
	time.Sleep(2 * time.Millisecond)
	c, err := open(v.f)
	v.c = c
	return err
}

func (v *receiver) take(ctx context.Context) error {
	switch {
	case v.want.fixed != 0 && (v.f.inPlace || v.f.batch > 1):
		return v.takeRun(ctx)
	case v.f.batch > 1:
		n, err := v.c.PeekBatch(ctx, v.recs[:min(v.f.batch, v.limit-v.r.Next)])
		if err != nil {
			return err
		}
		for k := range n {
			if err := v.record(&v.recs[k]); err != nil {
				return err
			}
		}
		return v.c.Release()
	case v.f.inPlace:
		rec, err := v.c.Peek(ctx)
		if err != nil {
			return err
		}
		if err := v.record(&rec); err != nil {
			return err
		}
		return v.c.Release()
	}
	n, err := v.c.Read(ctx, v.dst)
	if err != nil {
		return err
	}
	return v.payload(v.dst[:n])
}

func (v *receiver) takeRun(ctx context.Context) error {
	size := int(v.want.fixed)
	run, err := v.c.PeekRun(ctx, int(min(v.f.batch, v.limit-v.r.Next)))
	if err != nil {
		return err
	}
	for at := 0; at < len(run); at += size {
		if err := v.payload(run[at : at+size]); err != nil {
			return err
		}
	}
	return v.c.Release()
}

// record checks everything about one record that was peeked.
func (v *receiver) record(rec *shmbuf.Record) error {
	i := v.r.Next
	_, kind := v.want.record(i)
	if v.f.layout == "native" {
		if rec.Seq != i-v.base {
			return fmt.Errorf("sequence number %d, want %d", rec.Seq, i-v.base)
		}
		if rec.Kind != kind {
			return fmt.Errorf("kind %d, want %d", rec.Kind, kind)
		}
	}
	if v.f.times {
		if rec.Time == 0 || rec.Time < v.last {
			return fmt.Errorf("publication time %d after %d", rec.Time, v.last)
		}
		v.last = rec.Time
	}
	return v.payload(rec.Payload)
}

func (v *receiver) payload(got []byte) error {
	want, _ := v.want.record(v.r.Next)
	if !bytes.Equal(got, want) {
		return fmt.Errorf("record %d: %d bytes that differ from the %d expected", v.r.Next, len(got), len(want))
	}
	v.r.Next, v.r.Records, v.r.Bytes = v.r.Next+1, v.r.Records+1, v.r.Bytes+uint64(len(got))
	return nil
}

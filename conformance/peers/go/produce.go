package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/shmbuf/shmbuf"
)

const patience = 3 * time.Minute

func create(f *flags, text string) (*shmbuf.Producer, error) {
	o := &shmbuf.Options{
		Capacity: f.capacity, RecordSize: f.fixed(), RecordCount: f.recordCount, Alignment: uint32(f.alignment),
		Times: f.times, Keep: f.keep, AwaitPeer: f.awaitPeer, StartPosition: f.start, ContentType: text,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if f.layout == "classic" {
		o.Layout = shmbuf.Classic
	}
	return shmbuf.Create(f.name, o)
}

func produce(f *flags, r *report) error {
	p, err := create(f, "")
	if err != nil {
		return err
	}
	if err := refuses(f, p); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, end := newContent(f), f.from+f.total()
	send := choose(f, p, c)
	for r.Next < end {
		n, bytes, err := send(ctx, r.Next, min(f.batch, end-r.Next))
		if f.expectDeath && errors.Is(err, shmbuf.ErrPeerDied) {
			return p.Close()
		}
		if err != nil {
			return err
		}
		r.Next, r.Records, r.Bytes = r.Next+n, r.Records+n, r.Bytes+bytes
	}
	if f.dieAfter != 0 && f.dieAfter <= f.count {
		if f.inPlace {
			spoil(f, p)
		}
		die()
	}
	r.Guards = p.Stats().GuardHits
	return p.Close()
}

// refuses checks that what can never be sent is refused and leaves no trace.
func refuses(f *flags, p *shmbuf.Producer) error {
	long := make([]byte, p.MaxRecord()+1)
	want := shmbuf.ErrTooLarge
	if f.fixed() != 0 {
		want = shmbuf.ErrInvalid
	}
	if err := p.TryWrite(long); !errors.Is(err, want) {
		return fmt.Errorf("record of %d bytes: got %v, want %v", len(long), err, want)
	}
	if f.layout == "classic" {
		if err := p.TryWrite(nil); !errors.Is(err, shmbuf.ErrInvalid) {
			return fmt.Errorf("empty classic record: got %v, want %v", err, shmbuf.ErrInvalid)
		}
	}
	return nil
}

// spoil reserves and scribbles but never commits: nobody may see it.
func spoil(f *flags, p *shmbuf.Producer) {
	b, err := p.TryReserve(int(min(f.limit, 64)))
	if f.fixed() != 0 {
		b, err = p.TryReserveRun(1)
	}
	if err == nil {
		for i := range b {
			b[i] = 0xEE
		}
	}
}

// sender sends up to n records from index i on and returns how many and their bytes.
type sender func(ctx context.Context, i, n uint64) (records, bytes uint64, err error)

func choose(f *flags, p *shmbuf.Producer, c *content) sender {
	switch {
	case c.fixed != 0:
		return sendRuns(f, p, c)
	case f.inPlace:
		return func(ctx context.Context, i, _ uint64) (uint64, uint64, error) {
			payload, kind := c.record(i)
			// Sometimes more than needed: commit may be shorter.
			b, err := p.Reserve(ctx, min(len(payload)+int(i%3), p.MaxRecord()))
			if err != nil {
				return 0, 0, err
			}
			copy(b, payload)
			return 1, uint64(len(payload)), p.CommitKind(kind, len(payload))
		}
	case f.batch > 1:
		records := make([][]byte, 0, f.batch)
		return func(ctx context.Context, i, n uint64) (uint64, uint64, error) {
			bytes := uint64(0)
			records = records[:0]
			for k := range n {
				payload, _ := c.record(i + k)
				records, bytes = append(records, payload), bytes+uint64(len(payload))
			}
			done, err := p.WriteBatch(ctx, records)
			return uint64(done), bytes, err
		}
	}
	return func(ctx context.Context, i, _ uint64) (uint64, uint64, error) {
		payload, kind := c.record(i)
		return 1, uint64(len(payload)), p.WriteKind(ctx, kind, payload)
	}
}

func sendRuns(f *flags, p *shmbuf.Producer, c *content) sender {
	if f.inPlace {
		return func(ctx context.Context, i, n uint64) (uint64, uint64, error) {
			run, err := p.ReserveRun(ctx, int(n))
			if err != nil {
				return 0, 0, err
			}
			got := uint64(len(run)) / c.fixed
			for k := range got {
				payload, _ := c.record(i + k)
				copy(run[k*c.fixed:], payload)
			}
			return got, uint64(len(run)), p.CommitRun(int(got))
		}
	}
	var run []byte
	return func(ctx context.Context, i, n uint64) (uint64, uint64, error) {
		run = run[:0]
		for k := range n {
			payload, _ := c.record(i + k)
			run = append(run, payload...)
		}
		if n == 1 {
			return 1, uint64(len(run)), p.Write(ctx, run)
		}
		done, err := p.WriteRun(ctx, run)
		return uint64(done), uint64(len(run)), err
	}
}

package ring_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
	"github.com/shmbuf/shmbuf/internal/usage"
)

var errLostWake = errors.New("lost wake-up")

// streamLength is how many records a stream test moves.
func streamLength() uint64 {
	switch {
	case raceDetector && testing.Short():
		return 20_000
	case raceDetector || testing.Short():
		return 100_000
	}
	return 1_000_000
}

// long is the long way behind the short one, without any waiting.
type long struct {
	usage usage.Usage
	w     *ring.Writer
	rd    *ring.Reader
	at    int64 // when the record is published
	taken int   // how often it was gone
}

func (l *long) LongWrite(_ context.Context, kind uint16, p []byte) error {
	l.taken++
	l.usage.Enter()
	defer l.usage.Leave()
	return l.w.Write(p, kind, l.at)
}

func (l *long) LongRead(_ context.Context, dst []byte) (int, error) {
	l.taken++
	l.usage.Enter()
	defer l.usage.Leave()
	n, short, err := l.rd.Read(dst)
	if short {
		return int(n), io.ErrShortBuffer
	}
	return int(n), err
}

// variableStream is a stream between two goroutines in one heap segment.
type variableStream struct {
	t     *testing.T
	c     *content
	count uint64
	event *layout.EventPage
	times bool
	tight bool // a record has the size of the ring
}

// produce writes all records, by every call the Writer has.
func (s *variableStream) produce(w *ring.Writer, b bell) error {
	r := rand.New(rand.NewPCG(s.c.seed, 1))
	l := &long{w: w, usage: usage.New(func() {})}
	w.Shorten(&l.usage, l)
	sent := 0
	defer func() {
		if s.tight {
			return // each record fills the ring: there is never room at hand
		}
		if s.times != (l.taken == sent) {
			s.t.Errorf("%d of %d records went the long way", l.taken, sent)
		}
	}()
	for i := uint64(0); i < s.count; {
		way, n := r.IntN(11), uint64(1)
		var err error
		step := func() (err error) {
			p, kind, at := s.c.record(i)
			switch way {
			case 0, 1: // in place, reserved longer where that can be
				var room []byte
				if room, err = w.Reserve(min(uint64(len(p)+r.IntN(9)), s.c.max)); err == nil {
					err = w.Commit(uint64(copy(room, p)), kind, at)
				}
			case 2: // a change of mind
				var room []byte
				if room, err = w.Reserve(r.Uint64N(min(s.c.max, 300))); err == nil {
					clear(room)
					w.Abort()
					n = 0
				}
			case 3: // a batch
				if p, kind, _ := s.c.record(i); kind == 0 && r.IntN(2) == 0 {
					done, _ := w.AppendFitting([][]byte{p})
					n = uint64(done)
				} else {
					n = 0
				}
				for ; n < 1+r.Uint64N(10) && i+n < s.count; n++ {
					p, kind, at := s.c.record(i + n)
					if err = w.Append(p, kind, at); err != nil {
						break
					}
				}
				w.Flush()
				if n > 0 && err == ring.ErrWouldBlock {
					err = nil
				}
			case 4, 5, 6, 7:
				sent++
				l.at = at
				err = w.Send(context.Background(), kind, p)
			default:
				err = w.Write(p, kind, at)
			}
			return err
		}
		if err = step(); err == ring.ErrWouldBlock {
			err = b.sleep(s.t, &s.event.SpaceWaiter, r.IntN(2) == 0, step, ring.ErrWouldBlock)
		}
		if err == nil {
			i += n
		} else if err != ring.ErrWouldBlock {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return nil
}

// check compares one record with what was written.
func (s *variableStream) check(i uint64, rec *ring.Record) error {
	p, kind, at := s.c.record(i)
	if !s.times {
		at = 0
	}
	if rec.Seq != i || rec.Kind != kind || rec.Time != at || !bytes.Equal(rec.Payload, p) {
		return fmt.Errorf("record %d is %d, kind %d of %d, time %d of %d, %d bytes of %d, equal %t", i, rec.Seq, rec.Kind, kind,
			rec.Time, at, len(rec.Payload), len(p), bytes.Equal(rec.Payload, p))
	}
	return nil
}

// consume reads all records, by every call the Reader has.
func (s *variableStream) consume(rd *ring.Reader, b bell) error {
	r := rand.New(rand.NewPCG(s.c.seed, 2))
	buf := make([]byte, s.c.max)
	l := &long{rd: rd, usage: usage.New(func() {})}
	rd.Shorten(&l.usage, l)
	received := 0
	defer func() {
		if l.taken == received {
			s.t.Errorf("all %d records went the long way", received)
		}
	}()
	var rec ring.Record
	for i := uint64(0); i < s.count; {
		way, n := r.IntN(7), uint64(1)
		step := func() error {
			p, kind, at := s.c.record(i)
			switch way {
			case 0, 1: // a copy
				size := len(buf)
				if way == 1 {
					size = r.IntN(len(p) + 1) // mostly too short
				}
				got, short, err := rd.Read(buf[:size])
				switch {
				case err != nil:
					return err
				case short != (size < len(p)):
					return fmt.Errorf("a buffer of %d bytes for %d: short is %t", size, len(p), short)
				case short && got != uint64(len(p)):
					return fmt.Errorf("%d bytes needed, want %d", got, len(p))
				case short:
					n = 0
					return nil
				}
				if !s.times {
					at = 0
				}
				return s.check(i, &ring.Record{Seq: i, Kind: kind, Time: at, Payload: buf[:got]})
			case 4, 5, 6: // a copy, the short way
				received++
				got, err := rd.Receive(context.Background(), buf)
				if err == nil && !bytes.Equal(buf[:got], p) {
					err = fmt.Errorf("record %d has %d bytes, want %d, or others", i, got, len(p))
				}
				return err
			default: // in place, one or several
				for n = 0; n < uint64(1+(way-2)*r.IntN(12)); n++ {
					if err := rd.Peek(&rec); err == ring.ErrWouldBlock && n > 0 {
						break
					} else if err != nil {
						return err
					}
					if err := s.check(i+n, &rec); err != nil {
						return err
					}
				}
				if !rd.Peeked() {
					return errors.New("records are peeked, Peeked denies it")
				}
				rd.Release()
				return nil
			}
		}
		err := step()
		if err == ring.ErrWouldBlock {
			err = b.sleep(s.t, &s.event.DataWaiters, r.IntN(2) == 0, step, ring.ErrWouldBlock)
		}
		if err == nil {
			i += n
		} else if err != ring.ErrWouldBlock {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return nil
}

func TestVariableStream(t *testing.T) {
	for i, g := range []*layout.Geometry{
		{Capacity: 4096, Alignment: 8},
		{Capacity: 4096, Alignment: 8, Flags: layout.FlagTimes, StartPosition: 1<<64 - 8000},
		{Capacity: 8192, Alignment: 64, StartPosition: 1<<32 - 64*100},
		{Capacity: 65536, Alignment: 64, Flags: layout.FlagTimes, StartPosition: 1<<63 - 64*5000},
		{Capacity: 4096, Alignment: 4096, StartPosition: 1<<64 - 4096},
		{Capacity: 32768, Alignment: 4096, Flags: layout.FlagTimes, StartPosition: 1<<63 - 4096},
		{Capacity: 1 << 20, Alignment: 8, StartPosition: 1<<64 - 1<<19},
	} {
		t.Run(fmt.Sprintf("capacity=%d,alignment=%d,times=%t,start=%#x", g.Capacity, g.Alignment, g.Times(), g.StartPosition), func(t *testing.T) {
			mem := heapSegment(t, g)
			s := &variableStream{
				t: t, c: newContent(uint64(i), 0, min(g.MaxRecord(), 1<<16)),
				count: streamLength(), event: layout.ControlOf(mem).Event, times: g.Times(),
				tight: uint64(g.Alignment) == g.Capacity,
			}
			data, space := newBell(), newBell()
			w, err := ring.NewWriter(mem, g, false, data.wake)
			if err != nil {
				t.Fatal(err)
			}
			rd, err := ring.NewReader(mem, g, 0, false, space.wake)
			if err != nil {
				t.Fatal(err)
			}
			var both sync.WaitGroup
			both.Add(1)
			go func() {
				defer both.Done()
				if err := s.produce(w, space); err != nil {
					t.Errorf("producer: %v", err)
				}
			}()
			if err := s.consume(rd, data); err != nil {
				t.Errorf("consumer: %v", err) // the producer gives up by itself
			}
			both.Wait()
			if next, known := rd.Sequence(); w.Count() != s.count || !known || next != s.count || rd.Position() != w.Position() {
				t.Errorf("%d written, %d read of %d; at %d and %d", w.Count(), next, s.count, w.Position(), rd.Position())
			}
		})
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/flags"
)

// sender puts records into the channel in order and knows which one is next.
type sender struct {
	ctx     context.Context
	p       *shmbuf.Producer
	name    string
	timeout time.Duration
	classic bool
	unit    string // what the input calls a record: line, message, record
	sent    uint64
}

// noteDiscarded says what a replaced channel took with it.
func (s *sender) noteDiscarded(w io.Writer) {
	if n := s.p.Stats().Discarded; n > 0 {
		fmt.Fprintf(w, "shmbuf: note: pub %s: replaced a channel of other options; %d unread records in it are gone\n", s.name, n)
	}
}

// batch sends all of records, one publication for each run that fits.
func (s *sender) batch(records [][]byte) error {
	for len(records) > 0 {
		n, err := s.p.TryWriteBatch(records)
		s.sent += uint64(n)
		records = records[n:]
		if errors.Is(err, shmbuf.ErrWouldBlock) && len(records) > 0 {
			err = s.await(func(ctx context.Context) error { return s.p.Write(ctx, records[0]) })
			if err == nil {
				s.sent++
				records = records[1:]
			}
		}
		if err != nil {
			return s.explain(err, uint64(len(records)))
		}
	}
	return nil
}

// reserve returns room for the next record in the ring.
func (s *sender) reserve(n int) ([]byte, error) {
	room, err := s.p.TryReserve(n)
	if errors.Is(err, shmbuf.ErrWouldBlock) {
		err = s.await(func(ctx context.Context) (err error) {
			room, err = s.p.Reserve(ctx, n)
			return err
		})
	}
	if err != nil {
		return nil, s.explain(err, 1)
	}
	return room, nil
}

// commit publishes what reserve returned.
func (s *sender) commit(n int) error {
	if err := s.p.Commit(n); err != nil {
		return s.explain(err, 1)
	}
	s.sent++
	return nil
}

// await runs a call that blocks for space, within the time allowed.
func (s *sender) await(call func(context.Context) error) error {
	ctx, cancel := waitLimit(s.ctx, s.timeout)
	defer cancel()
	return call(ctx)
}

// explain says which record was not sent, and how many at least.
func (s *sender) explain(err error, unsent uint64) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return timeoutf("pub %s: no space for %s: %s was not sent; start a consumer (shmbuf sub %s) or give a longer --timeout",
			s.name, s.timeout, s.next(), s.name)
	case errors.Is(err, context.Canceled):
		return errorf("pub %s: interrupted while the channel was full; %d records were sent, %d or more that were already read were not",
			s.name, s.sent, unsent)
	}
	return errorf("pub %s: %s: %w", s.name, s.next(), err)
}

// next names the record that comes next: "line 18".
func (s *sender) next() string { return fmt.Sprintf("%s %d", s.unit, s.sent+1) }

// tooLong refuses the next record; text says how long it is.
func (s *sender) tooLong(text string) error {
	longest := uint64(s.p.MaxRecord())
	return errorf("pub %s: %s %s, which can never fit: the longest record here is %d bytes; use a --capacity above %s",
		s.name, s.next(), text, longest, flags.FormatSize(s.p.Capacity()))
}

// noEmpty refuses an empty record on a classic channel.
func (s *sender) noEmpty() error {
	return errorf("pub %s: %s is empty, which the classic layout cannot carry; leave it out or use --layout native", s.name, s.next())
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/shmbuf/shmbuf"
)

// batchBytes is about how much is written and given back in one step: enough to
// make a system call worth it, little enough that the producer gets space soon.
const batchBytes = 256 << 10

// drain writes records until the stream ends, the count is reached or something
// fails. A batch is given back only after standard output has taken all of it.
func (s *subscriber) drain(c *shmbuf.Consumer) error {
	defer s.abandon(c)()
	records := make([]shmbuf.Record, batchRecords)
	for {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		n, err := s.take(c, records[:s.limit()])
		if err != nil {
			return err
		}
		done, size, err := s.out.write(records[:n])
		if err != nil {
			return s.broken(done, err)
		}
		if err := c.Release(); err != nil {
			return err
		}
		s.written += uint64(n)
		s.batch = min(max(batchBytes/(size/n+1), 1), batchRecords)
		if s.opts.count > 0 && s.written == uint64(s.opts.count) {
			return nil
		}
	}
}

// limit is how many records to take in the next step.
func (s *subscriber) limit() int {
	if count := uint64(s.opts.count); count > 0 {
		return int(min(uint64(s.batch), count-s.written))
	}
	return s.batch
}

// take looks at the next records in place, and waits within the time allowed when
// there are none.
func (s *subscriber) take(c *shmbuf.Consumer, records []shmbuf.Record) (int, error) {
	n, err := c.TryPeekBatch(records)
	if !errors.Is(err, shmbuf.ErrWouldBlock) {
		return n, err
	}
	ctx, cancel := waitLimit(s.ctx, s.opts.timeout.Value())
	defer cancel()
	return c.PeekBatch(ctx, records)
}

// broken remembers how far a batch was written.
func (s *subscriber) broken(done int, err error) error {
	s.partly = done
	return fmt.Errorf("sub %s: %w", s.name, err)
}

// giveBackPart gives back the records of a batch that were written in full before
// standard output failed; the others stay for the next consumer. The consumer has
// been closed with the whole batch unreleased.
func (s *subscriber) giveBackPart() error {
	if s.partly == 0 {
		return nil
	}
	c, err := shmbuf.Open(s.name, nil)
	if err != nil {
		return err
	}
	records := make([]shmbuf.Record, s.partly)
	for s.partly > 0 && err == nil {
		var n int
		if n, err = c.TryPeekBatch(records[:s.partly]); err == nil {
			s.partly -= n
			err = c.Release()
		}
	}
	return errors.Join(err, c.Close())
}

// leave closes the consumer. With --keep it lets the end of the process do that
// where closing would remove the channel: the kernel frees the slot, and the next
// consumer goes on behind the last record given back.
func (s *subscriber) leave(c *shmbuf.Consumer) error {
	if s.opts.keep && c.Layout() == shmbuf.Native {
		if info, err := shmbuf.Inspect(s.name); err == nil && info.Producer.State == "closed" && info.Consumers[0].LagRecords == 0 {
			return nil
		}
	}
	return c.Close()
}

// outputGrace is how long an interrupted sub may still wait for standard output.
const outputGrace = 2 * time.Second

// abandon ends the process when it has been interrupted and standard output takes
// nothing any more. The records it did not take stay in the channel.
func (s *subscriber) abandon(c *shmbuf.Consumer) (stop func() bool) {
	return context.AfterFunc(s.ctx, func() {
		time.Sleep(outputGrace)
		_ = c.Close()
		os.Exit(report(os.Stderr, errorf("sub %s: interrupted while nobody read standard output; the records it did not take stay in the channel", s.name)))
	})
}

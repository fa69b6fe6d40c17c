package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
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
			return s.broken(c, done, err)
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

// broken gives back the records of a batch that were written in full before
// standard output failed; the others stay for the next consumer. A closed pipe is
// how a reader says that it has enough.
func (s *subscriber) broken(c *shmbuf.Consumer, done int, err error) error {
	if releaseErr := c.ReleaseN(done); releaseErr != nil {
		return releaseErr
	}
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return fmt.Errorf("sub %s: %w", s.name, err)
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

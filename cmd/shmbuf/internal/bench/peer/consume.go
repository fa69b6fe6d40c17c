package peer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// receiver of a stream.
type receiver struct {
	*side
	consumer *shmbuf.Consumer
	number   uint64 // of the next record
	buffer   []byte
	records  []shmbuf.Record
}

// consume reads until the end of the stream. The clock runs from the end of the
// warm-up to the last record.
func (s *side) consume() error {
	consumer, err := s.open(s.Name)
	if err != nil {
		return err
	}
	defer consumer.Close() //nolint:errcheck // a second Close after the one below
	t := &receiver{side: s, consumer: consumer, buffer: make([]byte, s.Size), records: make([]shmbuf.Record, s.Batch)}
	chunk, ok := map[string]func() error{job.Copy: t.copies, job.Batch: t.batches, job.Run: t.runs, job.Place: t.places}[s.Mode]
	if !ok {
		return fmt.Errorf("unknown mode %q", s.Mode)
	}
	var (
		start time.Time
		first uint64
	)
	for err == nil {
		if err = chunk(); start.IsZero() && t.number >= s.Warm {
			start, first = time.Now(), t.number
		}
	}
	elapsed := time.Since(start)
	if !errors.Is(err, io.EOF) {
		return err
	}
	if start.IsZero() || t.number == first {
		return fmt.Errorf("%s: the stream ended after %d records, in the warm-up", s.Name, t.number)
	}
	if err := consumer.Close(); err != nil {
		return err
	}
	return s.out.Encode(job.Result{Records: t.number - first, Seconds: elapsed.Seconds()})
}

// check demands the right number in the next record, where the sender wrote one.
func (t *receiver) check(record []byte) error {
	if t.Every != 1 && (t.number+1)%uint64(t.Every) != 0 {
		t.number++
		return nil
	}
	if got := binary.LittleEndian.Uint64(record); got != t.number {
		return t.wrongNumber(got, t.number)
	}
	t.number++
	return nil
}

func (t *receiver) copies() error {
	for range t.Chunk {
		n, err := t.consumer.Read(t.ctx, t.buffer)
		if err != nil {
			return err
		}
		if err := t.check(t.buffer[:n]); err != nil {
			return err
		}
	}
	return nil
}

func (t *receiver) places() error {
	for range t.Chunk {
		record, err := t.consumer.Peek(t.ctx)
		if err != nil {
			return err
		}
		if err := t.check(record.Payload); err != nil {
			return err
		}
		if err := t.consumer.Release(); err != nil {
			return err
		}
	}
	return nil
}

func (t *receiver) batches() error {
	for range t.Chunk / t.Batch {
		n, err := t.consumer.PeekBatch(t.ctx, t.records)
		if err != nil {
			return err
		}
		for i := range n {
			if err := t.check(t.records[i].Payload); err != nil {
				return err
			}
		}
		if err := t.consumer.Release(); err != nil {
			return err
		}
	}
	return nil
}

func (t *receiver) runs() error {
	for range t.Chunk / t.Batch {
		run, err := t.consumer.PeekRun(t.ctx, t.Batch)
		if err != nil {
			return err
		}
		for ; len(run) > 0; run = run[t.Size:] {
			if err := t.check(run); err != nil {
				return err
			}
		}
		if err := t.consumer.Release(); err != nil {
			return err
		}
	}
	return nil
}

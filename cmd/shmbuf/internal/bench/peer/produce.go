package peer

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// sender of a stream. Every record starts with its number.
type sender struct {
	*side
	producer *shmbuf.Producer
	number   uint64
	buffer   []byte   // Batch records, one after the other
	records  [][]byte // the same, one by one
}

// produce sends until its time is over, which starts after the warm-up.
func (s *side) produce() error {
	producer, err := s.create(s.Name)
	if err != nil {
		return err
	}
	defer producer.Close() //nolint:errcheck // a second Close after the one below
	t := &sender{side: s, producer: producer, buffer: make([]byte, s.Size*s.Batch)}
	for i := range t.buffer {
		t.buffer[i] = byte(i)
	}
	for i := range s.Batch {
		t.records = append(t.records, t.buffer[i*s.Size:(i+1)*s.Size])
	}
	chunk, ok := map[string]func() error{job.Copy: t.copies, job.Batch: t.batches, job.Run: t.runs, job.Place: t.places}[s.Mode]
	if !ok {
		return fmt.Errorf("unknown mode %q", s.Mode)
	}
	for t.number < s.Warm {
		if err := chunk(); err != nil {
			return err
		}
	}
	// Two chunks at least: the receiver's end of the warm-up lies within the first.
	enough := t.number + 2*uint64(s.Chunk)
	for start := time.Now(); s.ctx.Err() == nil && (t.number < enough || time.Since(start) < s.Time); {
		if err := chunk(); err != nil {
			return err
		}
	}
	return producer.Close()
}

func (t *sender) copies() error {
	record := t.records[0]
	for range t.Chunk {
		binary.LittleEndian.PutUint64(record, t.number)
		if err := t.producer.Write(t.ctx, record); err != nil {
			return err
		}
		t.number++
	}
	return nil
}

// numberAll puts their numbers into the records of a batch.
func (t *sender) numberAll() {
	for i, record := range t.records {
		binary.LittleEndian.PutUint64(record, t.number+uint64(i))
	}
	t.number += uint64(len(t.records))
}

func (t *sender) batches() error {
	for range t.Chunk / t.Batch {
		t.numberAll()
		if _, err := t.producer.WriteBatch(t.ctx, t.records); err != nil {
			return err
		}
	}
	return nil
}

func (t *sender) runs() error {
	for range t.Chunk / t.Batch {
		t.numberAll()
		if _, err := t.producer.WriteRun(t.ctx, t.buffer); err != nil {
			return err
		}
	}
	return nil
}

func (t *sender) places() error {
	for range t.Chunk {
		room, err := t.producer.Reserve(t.ctx, t.Size)
		if err != nil {
			return err
		}
		binary.LittleEndian.PutUint64(room, t.number)
		if err := t.producer.Commit(t.Size); err != nil {
			return err
		}
		t.number++
	}
	return nil
}

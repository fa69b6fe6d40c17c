package shmbuf

import (
	"context"
	"errors"
	"io"
)

// NewWriter makes p a byte stream: every Write becomes a record, or several when
// it is longer than a quarter of the ring. Record boundaries carry no meaning
// then; read with NewReader. ctx bounds every blocking write. The writer is used
// by one goroutine at a time, and closing p ends the stream.
func NewWriter(ctx context.Context, p *Producer) io.Writer { return &streamWriter{ctx, p} }

type streamWriter struct {
	ctx context.Context // io.Writer has no place for it
	p   *Producer
}

func (w *streamWriter) Write(b []byte) (int, error) {
	if size := w.p.RecordSize(); size != 0 {
		n, err := w.p.WriteRun(w.ctx, b)
		return n * size, err
	}
	chunk := max(min(w.p.MaxRecord(), int(w.p.Capacity()/4)), 1)
	done := 0
	for done < len(b) {
		part := b[done:min(done+chunk, len(b))]
		if err := w.p.Write(w.ctx, part); err != nil {
			return done, err
		}
		done += len(part)
	}
	return done, nil
}

// NewReader makes c a byte stream: the payloads of its records, one after the
// other, then io.EOF at the end of the stream. ctx bounds every blocking read. The
// reader is used by one goroutine at a time; while it is inside a record, other
// calls that read from c are refused. WriteTo passes records on without copying.
func NewReader(ctx context.Context, c *Consumer) io.Reader { return &streamReader{ctx: ctx, c: c} }

type streamReader struct {
	ctx  context.Context // io.Reader has no place for it
	c    *Consumer
	rest []byte
}

func (r *streamReader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for len(r.rest) == 0 {
		rec, err := r.c.Peek(r.ctx)
		if err != nil {
			return 0, err
		}
		if len(rec.Payload) == 0 {
			if err := r.c.Release(); err != nil {
				return 0, err
			}
		}
		r.rest = rec.Payload
	}
	n := copy(b, r.rest)
	if r.rest = r.rest[n:]; len(r.rest) == 0 {
		return n, r.c.Release()
	}
	return n, nil
}

// WriteTo implements io.WriterTo.
func (r *streamReader) WriteTo(w io.Writer) (total int64, err error) {
	for {
		if len(r.rest) == 0 {
			rec, err := r.c.Peek(r.ctx)
			if errors.Is(err, io.EOF) {
				return total, nil
			}
			if err != nil {
				return total, err
			}
			r.rest = rec.Payload
		}
		n, err := w.Write(r.rest)
		total += int64(n)
		if r.rest = r.rest[n:]; err == nil && len(r.rest) > 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return total, err
		}
		if err := r.c.Release(); err != nil {
			return total, err
		}
	}
}

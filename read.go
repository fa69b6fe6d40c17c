package shmbuf

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Read copies the next record into dst, gives it back, and returns its length. It
// blocks while the ring is empty. When dst is too short, the record stays in the
// channel and the error is io.ErrShortBuffer with the length that is needed as the
// result. Other errors as for Peek.
func (c *Consumer) Read(ctx context.Context, dst []byte) (int, error) {
	return c.short.Receive(ctx, dst)
}

// TryRead is Read without blocking: ErrWouldBlock when the ring is empty.
func (c *Consumer) TryRead(dst []byte) (int, error) { return c.short.Receive(noWait, dst) }

// longConsumer takes the calls that the short way of the ring leaves.
type longConsumer Consumer

// LongRead implements ring.LongReader.
func (l *longConsumer) LongRead(ctx context.Context, dst []byte) (int, error) {
	c := (*Consumer)(l)
	if ctx == noWait {
		return c.tryRead(dst)
	}
	if c.spinFirst(true) {
		if n, err := c.short.Receive(noWait, dst); err != ErrWouldBlock {
			return n, err
		}
	}
	return c.waitRead(ctx, dst)
}

func (c *Consumer) waitRead(ctx context.Context, dst []byte) (int, error) {
	w := pause{spun: true}
	for {
		if n, err := c.tryRead(dst); err != ErrWouldBlock {
			return n, err
		}
		if err := c.pause(ctx, &w); err != nil {
			return 0, explain("read", c.name, err)
		}
	}
}

func (c *Consumer) tryRead(dst []byte) (int, error) {
	if !c.usage.Enter() {
		return 0, c.refuse("read")
	}
	n, err := c.copyOut(dst)
	c.usage.Leave()
	if err != nil {
		return n, explain("read", c.name, err)
	}
	return n, nil
}

func (c *Consumer) copyOut(dst []byte) (int, error) {
	if c.variable == nil || c.held != 0 {
		return c.copyOther(dst)
	}
	for {
		n, short, err := c.variable.Read(dst)
		switch {
		case short:
			return int(n), c.errShort(int(n), len(dst))
		case err == nil:
			c.usage.Counted(1, n)
			return int(n), nil
		case err != ErrWouldBlock: // the ring returns it bare
			return 0, err
		}
		if err := c.empty(); err != nil {
			return 0, err
		}
	}
}

// copyOther serves fixed-size and classic records.
func (c *Consumer) copyOther(dst []byte) (int, error) {
	var rec Record
	if err := c.take(&rec); err != nil {
		return 0, err
	}
	if len(rec.Payload) > len(dst) {
		if c.classic != nil {
			c.classic.Unpeek(c.heldSeq)
		}
		c.held = 0
		c.usage.Leased = false
		return len(rec.Payload), c.errShort(len(rec.Payload), len(dst))
	}
	n := copy(dst, rec.Payload)
	return n, c.release()
}

func (c *Consumer) errShort(n, room int) error {
	return fail("read", c.name, io.ErrShortBuffer, "the record has %d bytes, the buffer %d; it stays in the channel, read it with a larger buffer", n, room)
}

// Records iterates over records in place until the end of the stream. A payload is
// valid until the next step of the loop; leaving the loop gives the record back.
// It blocks for each record as Peek does; any error but io.EOF is the last pair.
func (c *Consumer) Records(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			rec, err := c.Peek(ctx)
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield(Record{}, err)
				}
				return
			}
			more := yield(rec, nil)
			if c.held != 0 {
				if err := c.Release(); err != nil {
					if more {
						yield(Record{}, err)
					}
					return
				}
			}
			if !more {
				return
			}
		}
	}
}

package shmbuf

import (
	"context"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// Write copies p into the channel as one record and makes it visible. It blocks
// while the ring is full. On a channel of fixed-size records p is exactly one
// record; see WriteRun for more. A classic channel refuses records of length 0,
// on which existing classic consumers stall (ErrInvalid).
//
// Errors: ErrTooLarge, ErrInvalid, ErrPeerDied, ErrDamaged, os.ErrClosed, the
// context's. Without an error the record is in the channel, with one it is not.
func (p *Producer) Write(ctx context.Context, record []byte) error {
	return p.short.Send(ctx, 0, record)
}

// WriteKind is Write with a tag that the consumer gets with the record, 0 to
// 0xFFFE. Classic and fixed-size records carry none (ErrInvalid when not 0).
func (p *Producer) WriteKind(ctx context.Context, kind uint16, record []byte) error {
	return p.short.Send(ctx, kind, record)
}

// TryWrite is Write without blocking: ErrWouldBlock when the ring is full.
func (p *Producer) TryWrite(record []byte) error { return p.short.Send(noWait, 0, record) }

// TryWriteKind is WriteKind without blocking.
func (p *Producer) TryWriteKind(kind uint16, record []byte) error {
	return p.short.Send(noWait, kind, record)
}

// longProducer takes the calls that the short way of the ring leaves.
type longProducer Producer

// LongWrite implements ring.LongWriter.
func (l *longProducer) LongWrite(ctx context.Context, kind uint16, record []byte) error {
	p := (*Producer)(l)
	err := p.tryWrite(kind, record)
	if err != ErrWouldBlock || ctx == noWait {
		return err
	}
	return p.waitWrite(ctx, kind, record)
}

func (p *Producer) waitWrite(ctx context.Context, kind uint16, record []byte) error {
	var w pause
	for {
		if err := p.pause(ctx, &w); err != nil {
			return explain("write", p.name, err)
		}
		if err := p.tryWrite(kind, record); err != ErrWouldBlock {
			return err
		}
	}
}

func (p *Producer) tryWrite(kind uint16, record []byte) error {
	if !p.usage.Enter() {
		return p.refuse("write")
	}
	var err error
	if p.usage.Leased {
		err = p.errReserved("write")
	} else if p.variable != nil && kind <= layout.MaxKind {
		err = p.variable.Write(record, kind, p.now())
	} else {
		err = p.writeOther(kind, record)
	}
	if err == nil {
		p.usage.Counted(1, uint64(len(record)))
		p.usage.Leave()
		return nil
	}
	p.usage.Leave()
	return p.writeError("write", err, uint64(len(record)))
}

// writeOther serves fixed-size and classic records, and refuses bad kinds.
func (p *Producer) writeOther(kind uint16, record []byte) error {
	if err := p.checkKind(kind); err != nil {
		return err
	}
	if p.classic != nil {
		if len(record) == 0 {
			return fail("write", p.name, ErrInvalid, "a record of length 0, on which existing classic consumers stall; send at least 1 byte or use a native channel")
		}
		return p.classic.Write(record)
	}
	if uint64(len(record)) != p.fixed.RecordSize() {
		return fail("write", p.name, ErrInvalid, "%d bytes on a channel of records of %d bytes", len(record), p.fixed.RecordSize())
	}
	_, err := p.fixed.Write(record)
	return err
}

func (p *Producer) checkKind(kind uint16) error {
	if p.variable == nil && kind != 0 {
		return fail("write", p.name, ErrInvalid, "kind %d: only native channels of variable-size records carry kinds", kind)
	}
	if kind > layout.MaxKind {
		return fail("write", p.name, ErrInvalid, "kind %#x; use 0 to %#x", kind, layout.MaxKind)
	}
	return nil
}

func (p *Producer) now() int64 {
	if p.times {
		return monotonic()
	}
	return 0
}

// pause waits one step for room.
func (p *Producer) pause(ctx context.Context, w *pause) error {
	if !p.usage.Enter() {
		return p.refuse("write")
	}
	var err error
	if p.classic != nil {
		err = p.pauseClassic(ctx, w, p.classic)
	} else {
		err = p.pauseNative(ctx, w, p)
	}
	p.usage.Leave()
	return err
}

// writeError gives the ring's error its message; n is the length asked for.
func (p *Producer) writeError(op string, err error, n uint64) error {
	if err == ErrWouldBlock { // bare on the hot path
		return err
	}
	if err == ErrTooLarge && n > layout.MaxCapacity/2 { // the ring returns it bare
		return fail(op, p.name, ErrTooLarge, "a record of %d bytes can never fit: the capacity of %d bytes holds records of up to %d, and no capacity holds more than %d; split it",
			n, p.capacity, p.maxRecord, uint64(layout.MaxCapacity)-layout.HeaderSizeTimes)
	}
	if err == ErrTooLarge { // the ring returns it bare
		return fail(op, p.name, ErrTooLarge, "a record of %d bytes can never fit: the capacity of %d bytes holds records of up to %d; create the channel with a capacity of %d or more",
			n, p.capacity, p.maxRecord, layout.PowerOfTwoBelow(2*(n+layout.HeaderSizeTimes)-1))
	}
	return explain(op, p.name, err)
}

// WriteBatch copies all of records in order, each as one record of kind 0, and
// makes them visible together, as far as the ring has room; it blocks until the
// rest has followed. It returns how many were written, all of them unless there
// is an error. Errors as for Write.
func (p *Producer) WriteBatch(ctx context.Context, records [][]byte) (int, error) {
	done, err := p.TryWriteBatch(records)
	if done == len(records) || err != nil && err != ErrWouldBlock { // bare on the hot path
		return done, err
	}
	var w pause
	for {
		n, err := p.TryWriteBatch(records[done:])
		if n > 0 {
			done += n
			w = pause{}
		}
		if done == len(records) {
			return done, nil
		}
		if err != nil && err != ErrWouldBlock {
			return done, err
		}
		if n == 0 {
			if err := p.pause(ctx, &w); err != nil {
				return done, explain("write", p.name, err)
			}
		}
	}
}

// TryWriteBatch writes as many of records as fit, makes them visible together,
// and returns how many. ErrWouldBlock only when there are some and none fits.
func (p *Producer) TryWriteBatch(records [][]byte) (int, error) {
	if !p.usage.Enter() {
		return 0, p.refuse("write")
	}
	n, err := p.tryBatch(records)
	p.usage.Leave()
	switch {
	case err == nil:
		return n, nil
	case err == ErrWouldBlock && n > 0: // the ring returns it bare
		return n, nil
	}
	return n, p.writeError("write", err, uint64(len(records[n])))
}

func (p *Producer) tryBatch(records [][]byte) (n int, err error) {
	if p.usage.Leased {
		return 0, p.errReserved("write")
	}
	var bytes uint64
	now := p.now()
	for {
		if p.variable != nil {
			done, size := p.variable.AppendFitting(records[n:])
			n += done
			bytes += size
		}
		if n == len(records) {
			break
		}
		if p.variable != nil {
			err = p.variable.Append(records[n], 0, now)
		} else {
			err = p.writeOther(0, records[n])
		}
		if err != nil {
			break
		}
		bytes += uint64(len(records[n]))
		n++
	}
	if p.variable != nil {
		p.variable.Flush()
	}
	p.usage.Counted(uint64(n), bytes)
	return n, err
}

// errReserved refuses a call that would run over a reservation.
func (p *Producer) errReserved(op string) error {
	return fail(op, p.name, ErrInvalid, "a reservation is outstanding; call Commit or Abort first")
}

// errRun explains a run on a channel that has none.
func (h *handle) errRun(op string) error {
	return fail(op, h.name, ErrInvalid, "runs need a channel of fixed-size records; set Options.RecordSize")
}

// WriteRun copies a whole number of fixed-size records and makes them visible in
// up to a few steps; it blocks until all are in. It returns how many were
// written. Errors as for Write.
func (p *Producer) WriteRun(ctx context.Context, run []byte) (int, error) {
	var w pause
	done := 0
	for {
		n, err := p.TryWriteRun(run)
		done += n
		if err != nil && err != ErrWouldBlock { // bare on the hot path
			return done, err
		}
		if run = run[n*p.RecordSize():]; len(run) == 0 {
			return done, nil
		}
		if n > 0 {
			w = pause{}
		} else if err := p.pause(ctx, &w); err != nil {
			return done, explain("write", p.name, err)
		}
	}
}

// TryWriteRun writes as many of the records in run as fit and returns how many.
// ErrWouldBlock only when none fits.
func (p *Producer) TryWriteRun(run []byte) (int, error) {
	if !p.usage.Enter() {
		return 0, p.refuse("write")
	}
	n, err := p.tryRun(run)
	p.usage.Leave()
	if err != nil {
		return n, explain("write", p.name, err)
	}
	return n, nil
}

func (p *Producer) tryRun(run []byte) (int, error) {
	if p.fixed == nil {
		return 0, p.errRun("write")
	}
	if p.usage.Leased {
		return 0, p.errReserved("write")
	}
	size := p.fixed.RecordSize()
	if uint64(len(run))%size != 0 {
		return 0, fail("write", p.name, ErrInvalid, "%d bytes are not a whole number of records of %d bytes", len(run), size)
	}
	n, err := p.fixed.Write(run)
	p.usage.Counted(n, n*size)
	return int(n), err
}

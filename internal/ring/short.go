package ring

import (
	"context"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
	"github.com/shmbuf/shmbuf/internal/usage"
)

// The short way of Write and Read: one function each for the common case, from the
// user's call to the stores into the segment and back, with payloads of 8 to 128 bytes
// without a call in between.
// What a call costs here is not the jump but its arguments, which are stored on the
// stack before and loaded after it: the stores of a record leave the processor one
// after the other, those to the stack among them, and their number bounds the rate of
// a stream. That is also why the long way gets all arguments, instead of the short one
// a result to look at.

// LongWriter is what the short way of a Writer leaves to others, with nothing done yet:
// no room at hand, records with times, a closed handle, a reservation that is out. It
// begins with Enter, which the short way may have called. The context is only handed
// through.
type LongWriter interface {
	LongWrite(ctx context.Context, kind uint16, p []byte) error
}

// LongReader is the same for a Reader: nothing seen yet, a pad, a short buffer, damage, …
type LongReader interface {
	LongRead(ctx context.Context, dst []byte) (int, error)
}

// Payloads of shortest to longest bytes are copied in pieces of 16, those of 8 and more
// in two pieces of 8.
const (
	shortest = 16
	longest  = 128
)

// Shorten makes the short way of w usable. u is the usage of the handle.
func (w *Writer) Shorten(u *usage.Usage, long LongWriter) { w.use, w.long = u, long }

// OnlyLongWriter is a Writer for Send alone, all of which goes the long way.
func OnlyLongWriter(long LongWriter) *Writer {
	return &Writer{align: 1, use: new(usage.Usage), long: long}
}

// Send copies one record into the ring and publishes it.
func (w *Writer) Send(ctx context.Context, kind uint16, p []byte) error {
	n := uint64(len(p))
	stride := (layout.HeaderSize + n + w.align - 1) &^ (w.align - 1)
	next, page := w.next, w.page
	if stride > w.clear-next || kind > layout.MaxKind || w.reserved || w.use.Leased || !w.use.Enter() {
		return w.long.LongWrite(ctx, kind, p)
	}
	end, count := next+stride, w.count
	page.Frontier.Set(end)
	record := unsafe.Add(w.data.base, next&w.mask)
	(*layout.U64)(record).Set(n | uint64(kind)<<layout.KindShift)
	(*layout.U64)(unsafe.Add(record, 8)).Set(count)
	to, from := unsafe.Add(record, layout.HeaderSize), unsafe.Pointer(unsafe.SliceData(p))
	if order.InPieces && n-shortest <= longest-shortest {
		// What the caller has just stored, mostly a number or a time at the start of the
		// record, is still in the processor's store buffer. A load of the same width gets it
		// from there; a wider one has to wait until that store, and all before it, have
		// reached the cache, which takes long while the consumer reads those lines.
		order.Copy8(to, from)
		order.Copy8(unsafe.Add(to, 8), unsafe.Add(from, 8))
		if n > 32 {
			order.Copy16(unsafe.Add(to, 16), unsafe.Add(from, 16))
			if n > 64 {
				order.Copy16(unsafe.Add(to, 32), unsafe.Add(from, 32))
				order.Copy16(unsafe.Add(to, 48), unsafe.Add(from, 48))
				order.Copy16(unsafe.Add(to, n-64), unsafe.Add(from, n-64))
				order.Copy16(unsafe.Add(to, n-48), unsafe.Add(from, n-48))
			}
			order.Copy16(unsafe.Add(to, n-32), unsafe.Add(from, n-32))
		}
		order.Copy16(unsafe.Add(to, n-16), unsafe.Add(from, n-16))
	} else if order.InPieces && n-8 < 8 {
		order.Copy8(to, from)
		order.Copy8(unsafe.Add(to, n-8), unsafe.Add(from, n-8))
	} else {
		order.CopyIn(to, from, n)
	}
	count++
	cell := &w.journal[w.cell&1] // as in publish
	w.cell ^= 1
	cell.End.Set(end)
	cell.Count.Set(count)
	w.next, w.position, w.count = end, end, count
	if w.signal.barrier { // as in signal.publish
		page.Position.Publish(end)
	} else {
		page.Position.PublishFenced(end)
	}
	if w.signal.word.Load() != 0 {
		w.signal.wakeNow()
	}
	w.use.Counted(1, n)
	w.use.Leave()
	return nil
}

// Shorten makes the short way of r usable. u is the usage of the handle.
func (r *Reader) Shorten(u *usage.Usage, long LongReader) { r.use, r.long = u, long }

// OnlyLongReader is a Reader for Receive alone, all of which goes the long way.
func OnlyLongReader(long LongReader) *Reader {
	return &Reader{use: new(usage.Usage), long: long}
}

// Receive copies the next record to dst, releases it and returns its length.
func (r *Reader) Receive(ctx context.Context, dst []byte) (int, error) {
	if r.ahead == r.published || !r.known || r.use.Leased || !r.use.Enter() {
		return r.long.LongRead(ctx, dst)
	}
	ahead := r.ahead
	off := ahead & r.mask
	record := unsafe.Add(r.data.base, off)
	word := (*layout.U64)(record).Load() // read once: kind and length
	n := word & layout.LengthMax
	stride := (r.header + n + r.align - 1) &^ (r.align - 1)
	seq := r.seq
	if word>>layout.KindShift == layout.KindPad || n > uint64(len(dst)) || stride > r.published-ahead || stride > r.mask+1-off ||
		(*layout.U64)(unsafe.Add(record, 8)).Load() != seq {
		return r.long.LongRead(ctx, dst)
	}
	to, from := unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Add(record, r.header)
	if order.InPieces && n-shortest <= longest-shortest {
		order.Copy16(to, from)
		if n > 32 {
			order.Copy16(unsafe.Add(to, 16), unsafe.Add(from, 16))
			if n > 64 {
				order.Copy16(unsafe.Add(to, 32), unsafe.Add(from, 32))
				order.Copy16(unsafe.Add(to, 48), unsafe.Add(from, 48))
				order.Copy16(unsafe.Add(to, n-64), unsafe.Add(from, n-64))
				order.Copy16(unsafe.Add(to, n-48), unsafe.Add(from, n-48))
			}
			order.Copy16(unsafe.Add(to, n-32), unsafe.Add(from, n-32))
		}
		order.Copy16(unsafe.Add(to, n-16), unsafe.Add(from, n-16))
	} else if order.InPieces && n-8 < 8 {
		order.Copy8(to, from)
		order.Copy8(unsafe.Add(to, n-8), unsafe.Add(from, n-8))
	} else {
		order.Copy(to, from, n)
	}
	ahead += stride
	seq++
	r.ahead, r.seq, r.cursor = ahead, seq, ahead // as in Release
	slot := r.slot
	slot.Sequence.Set(seq)
	slot.Cursor.Set(ahead)
	if ahead-r.gate >= r.step || r.signal.word.Load() != 0 {
		r.publishGate()
	}
	r.use.Counted(1, n)
	r.use.Leave()
	return int(n), nil
}

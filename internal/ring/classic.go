package ring

import (
	"encoding/binary"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
)

// classicData is the data area of the classic layout: records are laid byte by
// byte and may wrap.
type classicData struct {
	bytes []byte
	mask  uint32
}

func (d classicData) put(pos uint32, p []byte) {
	off := int(pos & d.mask)
	n := copy(d.bytes[off:], p)
	copy(d.bytes, p[n:])
}

func (d classicData) get(p []byte, pos uint32) {
	off := int(pos & d.mask)
	n := copy(p, d.bytes[off:])
	copy(p[n:], d.bytes)
}

// inPlace returns the n bytes at pos when they do not wrap.
func (d classicData) inPlace(pos, n uint32) ([]byte, bool) {
	off := uint64(pos & d.mask)
	if off+uint64(n) > uint64(len(d.bytes)) {
		return nil, false
	}
	return d.bytes[off : off+uint64(n) : off+uint64(n)], true
}

// believed is the other side's position as far as it could be trusted: existing
// Python peers store 0 for an instant before each new value.
type believed struct {
	word    *layout.U32
	value   uint32
	refused uint32        // last refused value
	doubt   bool          // the last look was refused
	hits    order.Counter // refused looks
}

// look reads the word and accepts it when it advanced by at most window. A true 0
// that the peer leaves behind while it is looked at again is refused this once.
func (b *believed) look(window uint32) {
	v := b.word.Load() // pairs with the other side's publication
	b.doubt = false
	if v == b.value {
		return
	}
	if v-b.value > window || v == 0 && !b.stillZero() {
		b.doubt, b.refused = true, v
		b.hits.Add(1)
		return
	}
	b.value = v
}

// stillZero tells a real position 0 (after a wrap) from an instant of it.
func (b *believed) stillZero() bool {
	for range 3 {
		order.Pause(64)
		if b.word.Load() != 0 {
			return false
		}
	}
	return true
}

// scratch returns a private buffer of n bytes for a record that wraps.
func scratch(buf *[]byte, n uint32) []byte {
	if uint32(cap(*buf)) < n {
		*buf = make([]byte, n)
	}
	return (*buf)[:n]
}

// ClassicWriter publishes records in the classic layout (section 2).
type ClassicWriter struct {
	data        classicData
	header      *layout.ClassicHeader
	head        uint32 // ours
	tail        believed
	count       uint64
	start       uint32
	reserved    bool
	reservation []byte
	buf         []byte
}

// NewClassicWriter attaches to a classic object whose capacity has been
// validated and which no other producer writes.
func NewClassicWriter(mem []byte, capacity uint32) *ClassicWriter {
	h := layout.ClassicHeaderOf(mem)
	return &ClassicWriter{
		data:   classicData{mem[layout.ClassicHeaderSize:][:capacity:capacity], capacity - 1},
		header: h, head: h.Head.Load(), tail: believed{word: &h.Tail, value: h.Tail.Load()},
	}
}

// MaxRecord is the longest payload in bytes.
func (w *ClassicWriter) MaxRecord() uint64 {
	return uint64(len(w.data.bytes)) - layout.ClassicLengthSize
}

// Count is the number of records published by this writer.
func (w *ClassicWriter) Count() uint64 { return w.count }

// Free is the number of bytes that can be written, length words included.
func (w *ClassicWriter) Free() uint32 {
	w.tail.look(w.head - w.tail.value)
	return uint32(len(w.data.bytes)) - (w.head - w.tail.value)
}

// GuardHits counts positions of the other side that could not be true.
func (w *ClassicWriter) GuardHits() uint64 { return w.tail.hits.Load() }

// Believed is the consumer position as far as it could be trusted.
func (w *ClassicWriter) Believed() uint32 { return w.tail.value }

// Doubt returns the value the last look refused.
func (w *ClassicWriter) Doubt() (uint32, bool) { return w.tail.refused, w.tail.doubt }

// Reserve finds room for a record of n bytes, 1 at least.
func (w *ClassicWriter) Reserve(n uint64) ([]byte, error) {
	w.reserved = false
	if n > w.MaxRecord() || n == 0 {
		return nil, ErrTooLarge
	}
	need := uint32(n) + layout.ClassicLengthSize
	if uint32(len(w.data.bytes))-(w.head-w.tail.value) < need && w.Free() < need {
		return nil, ErrWouldBlock
	}
	w.reserved, w.start = true, w.head+layout.ClassicLengthSize
	var ok bool
	if w.reservation, ok = w.data.inPlace(w.start, uint32(n)); !ok {
		w.reservation = scratch(&w.buf, uint32(n))
	}
	return w.reservation, nil
}

// Commit publishes the first n bytes of the reservation, 1 at least.
func (w *ClassicWriter) Commit(n uint64) error {
	if !w.reserved {
		return ErrNothing
	}
	if n > uint64(len(w.reservation)) || n == 0 {
		return ErrTooLarge
	}
	w.reserved = false
	if _, ok := w.data.inPlace(w.start, uint32(len(w.reservation))); !ok {
		w.data.put(w.start, w.reservation[:n])
	}
	w.finish(uint32(n))
	return nil
}

// Abort gives the reservation up.
func (w *ClassicWriter) Abort() { w.reserved = false }

// Write copies one record and publishes it.
func (w *ClassicWriter) Write(p []byte) error {
	room, err := w.Reserve(uint64(len(p)))
	if err != nil {
		return err
	}
	w.reserved = false
	if _, ok := w.data.inPlace(w.start, uint32(len(p))); ok {
		copy(room, p)
	} else {
		w.data.put(w.start, p)
	}
	w.finish(uint32(len(p)))
	return nil
}

func (w *ClassicWriter) finish(n uint32) {
	var length [layout.ClassicLengthSize]byte
	binary.LittleEndian.PutUint32(length[:], n)
	w.data.put(w.head, length[:])
	w.head += layout.ClassicLengthSize + n
	w.count++
	w.header.Head.Publish(w.head) // pairs with the consumer's look
}

// ClassicReader takes records from the classic layout (section 2).
type ClassicReader struct {
	data   classicData
	header *layout.ClassicHeader
	tail   uint32 // ours, released
	ahead  uint32 // peeked up to here
	head   believed
	count  uint64 // records peeked
	buf    []byte
}

// NewClassicReader attaches to a classic object whose capacity has been
// validated. ErrWouldBlock when the two positions cannot both be true yet.
func NewClassicReader(mem []byte, capacity uint32) (*ClassicReader, error) {
	h := layout.ClassicHeaderOf(mem)
	tail, head := h.Tail.Load(), h.Head.Load()
	if head-tail > capacity {
		return nil, ErrWouldBlock
	}
	return &ClassicReader{
		data:   classicData{mem[layout.ClassicHeaderSize:][:capacity:capacity], capacity - 1},
		header: h, tail: tail, ahead: tail, head: believed{word: &h.Head, value: head},
	}, nil
}

// MaxRecord is the longest payload in bytes; 0 for a ring of 1 or 2 bytes, which
// other creators can make.
func (r *ClassicReader) MaxRecord() uint64 {
	return max(uint64(len(r.data.bytes)), layout.ClassicLengthSize) - layout.ClassicLengthSize
}

// Readable is the number of bytes waiting, length words included.
func (r *ClassicReader) Readable() uint32 {
	r.head.look(r.tail + uint32(len(r.data.bytes)) - r.head.value)
	return r.head.value - r.ahead
}

// GuardHits counts positions of the other side that could not be true.
func (r *ClassicReader) GuardHits() uint64 { return r.head.hits.Load() }

// Believed is the producer position as far as it could be trusted.
func (r *ClassicReader) Believed() uint32 { return r.head.value }

// Doubt returns the value the last look refused.
func (r *ClassicReader) Doubt() (uint32, bool) { return r.head.refused, r.head.doubt }

// Peek sets rec to the next record that has not been peeked, in place or, when it
// wraps, in a private buffer.
func (r *ClassicReader) Peek(rec *Record) error {
	have := r.head.value - r.ahead
	if have == 0 {
		if have = r.Readable(); have == 0 {
			return ErrWouldBlock
		}
	}
	if have < layout.ClassicLengthSize {
		return damaged("%d bytes are readable, fewer than a length word", have)
	}
	var length [layout.ClassicLengthSize]byte
	r.data.get(length[:], r.ahead)
	n := binary.LittleEndian.Uint32(length[:])
	if n > have-layout.ClassicLengthSize {
		return damaged("record of %d bytes where %d are readable", n, have-layout.ClassicLengthSize)
	}
	start := r.ahead + layout.ClassicLengthSize
	payload, ok := r.data.inPlace(start, n)
	if !ok {
		payload = scratch(&r.buf, n)
		r.data.get(payload, start)
	}
	*rec = Record{Seq: r.count, Payload: payload}
	r.count++
	r.ahead = start + n
	return nil
}

// Unpeek takes back everything peeked; seq is that of its first record.
func (r *ClassicReader) Unpeek(seq uint64) { r.ahead, r.count = r.tail, seq }

// Peeked tells whether records are held.
func (r *ClassicReader) Peeked() bool { return r.ahead != r.tail }

// Count is the number of records taken by this reader.
func (r *ClassicReader) Count() uint64 { return r.count }

// Release gives back every record peeked so far: pairs with the producer's look.
func (r *ClassicReader) Release() {
	if r.tail != r.ahead {
		r.tail = r.ahead
		r.header.Tail.Publish(r.tail)
	}
}

package ring

import (
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
)

// AppendFitting is Append for the first of records, all of kind 0, as far as there is
// room at hand for them. It returns how many that were, and their bytes.
func (w *Writer) AppendFitting(records [][]byte) (done int, bytes uint64) {
	w.reserved = false // as in Append
	next, count := w.next, w.count
	for _, p := range records {
		n := uint64(len(p))
		stride := (layout.HeaderSize + n + w.align - 1) &^ (w.align - 1)
		if stride > w.clear-next {
			break
		}
		w.page.Frontier.Set(next + stride)
		record := unsafe.Add(w.data.base, next&w.mask)
		(*layout.U64)(record).Set(n)
		(*layout.U64)(unsafe.Add(record, 8)).Set(count)
		order.CopyIn(unsafe.Add(record, layout.HeaderSize), unsafe.Pointer(unsafe.SliceData(p)), n)
		next += stride
		count++
		done++
		bytes += n
	}
	w.next, w.count = next, count
	return done, bytes
}

// PeekSeen is Peek for as many of records as have been seen already and go the short
// way: no pad, no times. It returns how many that were, and the bytes of their payloads.
func (r *Reader) PeekSeen(records []Record) (done int, bytes uint64) {
	if r.header != layout.HeaderSize || !r.known {
		return 0, 0
	}
	ahead, seq := r.ahead, r.seq
	for i := range records {
		if ahead == r.published {
			break
		}
		off := ahead & r.mask
		record := unsafe.Add(r.data.base, off)
		word := (*layout.U64)(record).Load() // read once: kind and length
		n, kind := word&layout.LengthMax, uint16(word>>layout.KindShift)
		stride := (layout.HeaderSize + n + r.align - 1) &^ (r.align - 1)
		if kind == layout.KindPad || stride > min(r.published-ahead, r.mask+1-off) ||
			(*layout.U64)(unsafe.Add(record, 8)).Load() != seq {
			break // Peek knows why
		}
		rec := &records[i]
		rec.Seq, rec.Kind, rec.Time = seq, kind, 0
		rec.Payload = unsafe.Slice((*byte)(unsafe.Add(record, layout.HeaderSize)), n)
		ahead += stride
		seq++
		done++
		bytes += n
	}
	r.ahead, r.seq = ahead, seq
	return done, bytes
}

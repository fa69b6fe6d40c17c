package ring_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
	"github.com/shmbuf/shmbuf/internal/usage"
)

// word is the 8-byte word of mem at off.
func word(mem []byte, off uint64) *uint64 { return (*uint64)(unsafe.Pointer(&mem[off])) }

const (
	frontierAt = layout.ProducerOffset + 0x80
	journalAt  = layout.ProducerOffset + 0x90
	journalEnd = journalAt + 32
)

// killed is what a producer that dies may leave: everything up to some point of
// one of its calls. It compares the memory before and after the call, and calls
// back with the states between: any part of the ring, of the journal and of the
// frontier written, and the new position only together with all of the journal.
func killed(before, after, scratch []byte, r *rand.Rand, look func([]byte)) {
	var words []uint64 // control words that changed, but for the position
	position := *word(before, layout.ProducerOffset) != *word(after, layout.ProducerOffset)
	var ring []uint64
	for off := uint64(layout.ProducerOffset) + 8; off < uint64(len(before)); off += 8 {
		if *word(before, off) == *word(after, off) {
			continue
		}
		if off == frontierAt || off >= journalAt && off < journalEnd {
			words = append(words, off)
		} else {
			ring = append(ring, off)
		}
	}
	journal := 0
	for i, off := range words {
		if off >= journalAt {
			journal |= 1 << i
		}
	}
	for subset := range 1 << len(words) {
		for _, published := range []bool{false, true} {
			if published && (!position || subset&journal != journal) {
				continue
			}
			copy(scratch, before)
			for i, off := range words {
				if subset>>i&1 != 0 {
					*word(scratch, off) = *word(after, off)
				}
			}
			for _, off := range ring { // before the position is published, any of it
				if published || r.IntN(2) == 0 {
					*word(scratch, off) = *word(after, off)
				}
			}
			if published {
				*word(scratch, layout.ProducerOffset) = *word(after, layout.ProducerOffset)
			}
			look(scratch)
		}
	}
}

// committed is a record that must outlive its producer.
type committed struct {
	payload []byte
	kind    uint16
}

// successor attaches a new producer and a new consumer to mem, which must hold
// the records from number first on, or of those all but the last unsure. It then
// goes on, and everything must arrive.
func successor(t *testing.T, mem []byte, g *layout.Geometry, first uint64, kept []committed, unsure int) {
	t.Helper()
	w, err := ring.NewWriter(mem, g, false, func(*layout.U32) {})
	if err != nil {
		t.Fatal(err)
	}
	rd, err := ring.NewReader(mem, g, 0, false, func(*layout.U32) {})
	if err != nil {
		t.Fatal(err)
	}
	page := layout.ControlOf(mem).Producer
	if page.Frontier.Load() != w.Position() || page.Position.Load() != w.Position() {
		t.Fatalf("frontier %d, position %d, attached at %d", page.Frontier.Load(), page.Position.Load(), w.Position())
	}
	have := w.Count() - first
	if have != uint64(len(kept)) && have != uint64(len(kept)-unsure) {
		t.Fatalf("the successor counts %d records since %d, want %d, or %d fewer", have, first, len(kept), unsure)
	}
	kept = append(slices.Clone(kept[:have]), committed{[]byte("next of kin"), 9})
	for i, want := range kept {
		last := i == len(kept)-1
		if last {
			var rec ring.Record
			if err := rd.Peek(&rec); err != ring.ErrWouldBlock {
				t.Fatalf("behind the last record: %d bytes, %v", len(rec.Payload), err)
			}
			if err := w.Write(want.payload, want.kind, 0); err != nil {
				t.Fatal(err)
			}
		}
		var rec ring.Record
		if err := rd.Peek(&rec); err != nil {
			t.Fatalf("record %d of %d: %v", i, len(kept), err)
		}
		if rec.Seq != first+uint64(i) || rec.Kind != want.kind || !bytes.Equal(rec.Payload, want.payload) {
			t.Fatalf("record %d is %d, kind %d, %d bytes; want %d, %d, %d", i, rec.Seq, rec.Kind, len(rec.Payload),
				first+uint64(i), want.kind, len(want.payload))
		}
		rd.Release()
	}
	if count, ok := page.CountAt(w.Position()); !ok || count != w.Count() {
		t.Fatalf("the journal says %d, %t; want %d", count, ok, w.Count())
	}
}

// In the middle of every call of a Writer, whatever order its stores had, the
// producer is killed, and a successor continues on a copy of what it left.
func TestKilledWriter(t *testing.T) {
	for _, g := range []*layout.Geometry{
		{Capacity: 4096, Alignment: 8},
		{Capacity: 4096, Alignment: 64, Flags: layout.FlagTimes, StartPosition: 1<<64 - 64*40},
		{Capacity: 4096, Alignment: 4096, StartPosition: 1<<63 - 4096},
	} {
		t.Run(fmt.Sprintf("alignment=%d", g.Alignment), func(t *testing.T) {
			mem := heapSegment(t, g)
			before, scratch := alignedBytes(t, g.SegmentSize), alignedBytes(t, g.SegmentSize)
			wake := func(*layout.U32) {}
			w, err := ring.NewWriter(mem, g, false, wake)
			if err != nil {
				t.Fatal(err)
			}
			rd, err := ring.NewReader(mem, g, 0, false, wake)
			if err != nil {
				t.Fatal(err)
			}
			l := &long{w: w, usage: usage.New(func() {})}
			w.Shorten(&l.usage, l)
			r := rand.New(rand.NewPCG(uint64(g.Alignment), 3))
			c := newContent(5, 0, g.MaxRecord())
			var kept []committed    // published, not read
			var pending []committed // written, not published
			first, reserved := uint64(0), -1
			for range streamLength() / 200 {
				copy(before, mem)
				p, kind, at := c.record(r.Uint64())
				unsure := 0
				publish := func(more ...committed) {
					unsure = len(pending) + len(more)
					kept = append(append(kept, pending...), more...)
					pending = nil
				}
				position := w.Position()
				switch r.IntN(10) {
				case 0, 1:
					if w.Write(p, kind, at) == nil {
						publish(committed{p, kind})
					}
					reserved = -1
				case 2:
					if w.Append(p, kind, at) == nil {
						pending = append(pending, committed{p, kind})
					}
					reserved = -1
				case 3:
					w.Flush()
					publish()
				case 4:
					reserved = -1
					if room, err := w.Reserve(uint64(len(p))); err == nil {
						reserved = copy(room, p)
					}
				case 5:
					if reserved >= 0 {
						n := r.IntN(reserved + 1)
						room := c.block[:0]
						if got, err := w.Reserve(uint64(reserved)); err == nil {
							room = got
							copy(room, c.block[7:])
						} else if err == ring.ErrWouldBlock {
							break
						}
						if err := w.Commit(uint64(n), kind, at); err != nil {
							t.Fatal(err)
						}
						publish(committed{bytes.Clone(room[:n]), kind})
					} else {
						w.Abort()
					}
					reserved = -1
				case 6:
					w.Abort()
					reserved = -1
				case 7, 8:
					l.at = at
					if w.Send(context.Background(), kind, p) == nil {
						publish(committed{p, kind})
					}
					reserved = -1
				case 9:
					batch := [][]byte{p, p[:len(p)/2], p[:len(p)/9]}
					done, bytes := w.AppendFitting(batch)
					for _, p := range batch[:done] {
						pending = append(pending, committed{p, 0})
						bytes -= uint64(len(p))
					}
					if bytes != 0 {
						t.Fatalf("%d bytes too many were counted", bytes)
					}
					reserved = -1
				}
				if w.Position() != position && len(pending) > 0 {
					publish() // a lone pad went out, and what was pending with it
				}
				killed(before, mem, scratch, r, func(left []byte) { successor(t, left, g, first, kept, unsure) })
				for r.IntN(3) == 0 && len(kept) > 0 {
					var rec ring.Record
					if err := rd.Peek(&rec); err != nil || rec.Seq != first || !bytes.Equal(rec.Payload, kept[0].payload) {
						t.Fatalf("record %d: %d, %v", first, rec.Seq, err)
					}
					rd.Release()
					first++
					kept = kept[1:]
				}
				var rec ring.Record
				if len(kept) == 0 && rd.Peek(&rec) != ring.ErrWouldBlock { // skips a lone pad
					t.Fatal("a record nobody committed")
				}
			}
		})
	}
}

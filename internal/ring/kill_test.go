package ring

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// A process can be killed between any two stores. What it leaves is memory, so
// that a copy of the memory is a death: a successor must go on from every copy.

// grave is a copy of mem for a successor.
func grave(mem []byte) []byte {
	dead := heap(uint64(len(mem)))
	copy(dead, mem)
	return dead
}

// numbered is record i: its number, and a length that depends on it.
func numbered(i uint64) []byte {
	return binary.LittleEndian.AppendUint64(make([]byte, i*37%300), i)
}

// succeeds attaches a new writer and a new reader to what a dead writer left: the
// records before done are there, and the next gets the number that is due.
func succeeds(t *testing.T, step string, mem []byte, g *layout.Geometry, taken, done uint64) {
	t.Helper()
	w, err := NewWriter(mem, g, false, noWake)
	if err != nil {
		t.Fatalf("%s: %v", step, err)
	}
	if w.Count() != done {
		t.Fatalf("%s: the successor counts %d records, %d were published", step, w.Count(), done)
	}
	r := reader(t, mem, g)
	for i := taken; i < done+3; i++ {
		if i >= done {
			if err := r.Peek(new(Record)); err != ErrWouldBlock { //nolint:errorlint // bare
				t.Fatalf("%s: behind record %d: %v", step, i, err)
			}
			if err := w.Write(numbered(i), 0, 0); err != nil {
				t.Fatalf("%s: record %d of the successor: %v", step, i, err)
			}
		}
		var rec Record
		if err := r.Peek(&rec); err != nil { // skips a pad and gives its room back
			t.Fatalf("%s: record %d of %d: %v", step, i, done, err)
		}
		if rec.Seq != i || !bytes.Equal(rec.Payload, numbered(i)) {
			t.Fatalf("%s: record %d has sequence %d and %d bytes", step, i, rec.Seq, len(rec.Payload))
		}
		r.Release()
	}
	if err := r.Peek(new(Record)); err != ErrWouldBlock { //nolint:errorlint // bare
		t.Fatalf("%s: a record that was never committed: %v", step, err)
	}
}

func TestWriterKilled(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			g := variable(4096, start)
			mem := segment(t, g)
			w, r := writer(t, mem, g), reader(t, mem, g)
			published := uint64(0)
			for i := range uint64(400) {
				switch i % 3 {
				case 0: // in the middle of filling a reservation
					view, err := w.Reserve(400)
					must(t, err)
					succeeds(t, "reserved", grave(mem), g, published, published)
					for j := range view {
						view[j] = 0xEE
					}
					succeeds(t, "filled", grave(mem), g, published, published)
					must(t, w.Commit(uint64(copy(view, numbered(i))), 0, 0))
				case 1: // in the middle of a batch
					must(t, w.Append(numbered(i), 0, 0))
					succeeds(t, "appended", grave(mem), g, published, published)
					continue // published together with the next
				default:
					must(t, w.Append(numbered(i), 0, 0))
					between(t, w, mem, g, published)
					w.Flush()
				}
				for ; published <= i; published++ {
					must(t, r.Peek(new(Record)))
					if published == i {
						succeeds(t, "published", grave(mem), g, published-(i%3)/2, i+1)
					}
				}
				r.Release()
				succeeds(t, "released", grave(mem), g, i+1, i+1)
			}
		})
	}
}

// between dies between the stores of publish: after the end of the journal cell,
// and after its count.
func between(t *testing.T, w *Writer, mem []byte, g *layout.Geometry, published uint64) {
	t.Helper()
	for stores := 1; stores <= 2; stores++ {
		dead := grave(mem)
		cell := &layout.ControlOf(dead).Producer.Journal[w.cell]
		cell.End.Set(w.next)
		if stores == 2 {
			cell.Count.Set(w.count)
		}
		succeeds(t, "inside publish", dead, g, published, published)
	}
}

// A pad that was published ahead of its record does not count as one.
func TestWriterKilledBehindThePad(t *testing.T) {
	g := variable(4096, 0)
	mem := segment(t, g)
	w, r := writer(t, mem, g), reader(t, mem, g)
	must(t, w.Write(numbered(0), 0, 0))
	must(t, r.Peek(new(Record)))
	r.Release()
	if err := w.Write(make([]byte, 4080), 0, 0); err != ErrWouldBlock { //nolint:errorlint // bare
		t.Fatalf("the largest record in the middle of a lap: %v", err)
	}
	if w.Position() != 4096 {
		t.Fatalf("the pad was not published: position %d", w.Position())
	}
	succeeds(t, "pad alone", grave(mem), g, 1, 1)
	// The living writer goes on too, once the reader has skipped the pad.
	if err := r.Peek(new(Record)); err != ErrWouldBlock { //nolint:errorlint // bare
		t.Fatal(err)
	}
	must(t, w.Write(make([]byte, 4080), 0, 0))
	var rec Record
	must(t, r.Peek(&rec))
	if rec.Seq != 1 || len(rec.Payload) != 4080 {
		t.Fatalf("sequence %d, %d bytes", rec.Seq, len(rec.Payload))
	}
}

// A consumer that dies has its successor resume at the last release exactly,
// whatever gate it had published.
func TestReaderKilled(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(4, 4))
			g := variable(4096, start)
			mem := segment(t, g)
			w, r := writer(t, mem, g), reader(t, mem, g)
			sent, taken := uint64(0), uint64(0)
			for range 2000 {
				if w.Write(numbered(sent), 0, 0) == nil {
					sent++
				}
				held := taken
				for range rnd.IntN(4) {
					if r.Peek(new(Record)) == nil {
						held++
					}
				}
				resumes(t, grave(mem), g, taken, sent)
				if held > taken && rnd.IntN(2) == 0 {
					r.Release()
					taken = held
				} else {
					r.ahead = r.cursor
					r = reader(t, mem, g) // killed with records held
				}
			}
		})
	}
}

// resumes attaches a new reader: all that was not released comes again.
func resumes(t *testing.T, mem []byte, g *layout.Geometry, taken, sent uint64) {
	t.Helper()
	r := reader(t, mem, g)
	for i := taken; i < sent; i++ {
		var rec Record
		if err := r.Peek(&rec); err != nil || rec.Seq != i {
			t.Fatalf("record %d of %d…%d: sequence %d, %v", i, taken, sent, rec.Seq, err)
		}
		r.Release()
	}
}

func TestFixedKilled(t *testing.T) {
	for name, start := range map[string]uint64{"0": 0, "near 2^64": 1<<64 - 20} {
		t.Run(name, func(t *testing.T) {
			g := fixed(8, 8, start)
			mem := segment(t, g)
			w, err := NewFixedWriter(mem, g, false, noWake)
			must(t, err)
			r, err := NewFixedReader(mem, g, 0, false, noWake)
			must(t, err)
			for i := range uint64(60) {
				view, err := w.Reserve(3)
				must(t, err)
				copy(view, slices.Repeat([]byte{0xEE}, len(view)))
				dead := grave(mem)
				w2, err := NewFixedWriter(dead, g, false, noWake)
				must(t, err)
				if w2.Count() != i {
					t.Fatalf("the successor counts %d of %d", w2.Count(), i)
				}
				binary.LittleEndian.PutUint64(view, i)
				must(t, w.Commit(1))
				dead = grave(mem) // the consumer dies with the record unread
				r2, err := NewFixedReader(dead, g, 0, false, noWake)
				must(t, err)
				run, err := r2.Peek(8)
				must(t, err)
				if len(run) != 8 || binary.LittleEndian.Uint64(run) != i || r2.Sequence() != i {
					t.Fatalf("record %d: %x, sequence %d", i, run, r2.Sequence())
				}
				_, err = r.Peek(1)
				must(t, err)
				must(t, r.Release(1))
			}
		})
	}
}

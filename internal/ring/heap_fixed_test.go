package ring_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// fill writes record i of a fixed-size stream: each byte depends on the record
// and on its place.
func fill(record []byte, i uint64) {
	var word [8]byte
	for at := 0; at < len(record); at += len(word) {
		binary.LittleEndian.PutUint64(word[:], (i+1)*0x9E3779B97F4A7C15+uint64(at))
		copy(record[at:], word[:])
	}
}

// wrong compares a run of records, the first of which is record i.
func wrong(run []byte, size, i uint64) error {
	want := make([]byte, size)
	if uint64(len(run))%size != 0 {
		return fmt.Errorf("a run of %d bytes for records of %d", len(run), size)
	}
	for ; len(run) > 0; i++ {
		fill(want, i)
		if string(run[:size]) != string(want) {
			return fmt.Errorf("record %d is % x, want % x", i, run[:size], want)
		}
		run = run[size:]
	}
	return nil
}

// produceFixed writes count records in runs, by every call of the FixedWriter.
func produceFixed(t *testing.T, w *ring.FixedWriter, b bell, space *layout.U32, count uint64) error {
	r := rand.New(rand.NewPCG(w.RecordSize(), 1))
	size := w.RecordSize()
	runs := make([]byte, 40*size)
	for i := uint64(0); i < count; {
		way, most, n := r.IntN(4), min(1+r.Uint64N(40), count-i), uint64(0)
		step := func() (err error) {
			if way == 0 { // a copy of several
				for k := range most {
					fill(runs[k*size:][:size], i+k)
				}
				n, err = w.Write(runs[:most*size])
				return err
			}
			room, err := w.Reserve(most)
			if err != nil {
				return err
			}
			if n = uint64(len(room)) / size; n == 0 || n > most || n*size != uint64(len(room)) {
				return fmt.Errorf("%d bytes for up to %d records of %d", len(room), most, size)
			}
			if way == 1 { // a change of mind
				clear(room)
				w.Abort()
				n = 0
				return nil
			}
			n = r.Uint64N(n + 1) // fewer than reserved, perhaps none
			for k := range n {
				fill(room[k*size:][:size], i+k)
			}
			return w.Commit(n)
		}
		err := step()
		if err == ring.ErrWouldBlock {
			err = b.sleep(t, space, r.IntN(2) == 0, step, ring.ErrWouldBlock)
		}
		if err == nil {
			i += n
		} else if err != ring.ErrWouldBlock {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return nil
}

// consumeFixed reads count records in runs and releases some or all of each.
func consumeFixed(t *testing.T, rd *ring.FixedReader, b bell, data *layout.U32, count uint64) error {
	r := rand.New(rand.NewPCG(rd.RecordSize(), 2))
	size := rd.RecordSize()
	for i := uint64(0); i < count; {
		var n uint64
		step := func() error {
			most := 1 + r.Uint64N(40)
			run, err := rd.Peek(most)
			if err != nil {
				return err
			}
			if n = uint64(len(run)) / size; n == 0 || n > most {
				return fmt.Errorf("%d bytes for up to %d records of %d", len(run), most, size)
			}
			if err := wrong(run, size, i); err != nil {
				return err
			}
			if err := rd.Release(n + 1); err != ring.ErrNothing {
				return fmt.Errorf("more released than peeked: %v", err)
			}
			n = r.Uint64N(n + 1)
			return rd.Release(n)
		}
		err := step()
		if err == ring.ErrWouldBlock {
			err = b.sleep(t, data, r.IntN(2) == 0, step, ring.ErrWouldBlock)
		}
		if err == nil {
			i += n
		} else if err != ring.ErrWouldBlock {
			return fmt.Errorf("record %d: %w", i, err)
		}
		if rd.Sequence() != i {
			return fmt.Errorf("the next record is %d, want %d", rd.Sequence(), i)
		}
	}
	return nil
}

func TestFixedStream(t *testing.T) {
	for _, g := range []*layout.Geometry{
		{RecordSize: 1, RecordCount: 2, Alignment: 1},
		{RecordSize: 3, RecordCount: 16, Alignment: 1, StartPosition: 1<<64 - 9},
		{RecordSize: 8, RecordCount: 64, Alignment: 8, StartPosition: 1<<32 - 1},
		{RecordSize: 24, RecordCount: 1024, Alignment: 8, StartPosition: 1<<63 - 1},
		{RecordSize: 4096, RecordCount: 4, Alignment: 4096, StartPosition: 1<<64 - 1},
	} {
		t.Run(fmt.Sprintf("size=%d,count=%d,start=%#x", g.RecordSize, g.RecordCount, g.StartPosition), func(t *testing.T) {
			g.Format = layout.FormatFixed
			mem := heapSegment(t, g)
			data, space := newBell(), newBell()
			w, err := ring.NewFixedWriter(mem, g, false, data.wake)
			if err != nil {
				t.Fatal(err)
			}
			rd, err := ring.NewFixedReader(mem, g, 0, false, space.wake)
			if err != nil {
				t.Fatal(err)
			}
			count, event := streamLength(), layout.ControlOf(mem).Event
			if g.RecordSize > 1024 {
				count /= 10
			}
			var both sync.WaitGroup
			both.Add(1)
			go func() {
				defer both.Done()
				if err := produceFixed(t, w, space, &event.SpaceWaiter, count); err != nil {
					t.Errorf("producer: %v", err)
				}
			}()
			if err := consumeFixed(t, rd, data, &event.DataWaiters, count); err != nil {
				t.Errorf("consumer: %v", err) // the producer gives up by itself
			}
			both.Wait()
			if w.Count() != count || rd.Sequence() != count || rd.Position() != w.Position() || w.Position() != g.StartPosition+count {
				t.Errorf("%d written, %d read of %d; at %d and %d", w.Count(), rd.Sequence(), count, w.Position(), rd.Position())
			}
		})
	}
}

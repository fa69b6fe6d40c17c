package ring_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// flashPeer speaks the classic layout as an existing Python peer does: it stores
// 0 for an instant before each new position of its own.
type flashPeer struct {
	header *layout.ClassicHeader
	data   []byte
	own    uint32
}

func newFlashPeer(mem []byte, own *layout.U32) *flashPeer {
	return &flashPeer{layout.ClassicHeaderOf(mem), mem[layout.ClassicHeaderSize:], own.Load()}
}

func (f *flashPeer) store(word *layout.U32, v uint32) {
	word.Publish(0)
	if v&1 == 0 {
		runtime.Gosched() // now and then the instant is a long one
	}
	f.own = v
	word.Publish(v)
}

func (f *flashPeer) at(pos uint32) *byte { return &f.data[pos&uint32(len(f.data)-1)] }

// write is what existing producers do, byte by byte.
func (f *flashPeer) write(p []byte) error {
	record := append(binary.LittleEndian.AppendUint32(nil, uint32(len(p))), p...)
	if len(f.data)-int(f.own-f.header.Tail.Load()) < len(record) {
		return ring.ErrWouldBlock
	}
	for i, b := range record {
		*f.at(f.own + uint32(i)) = b
	}
	f.store(&f.header.Head, f.own+uint32(len(record)))
	return nil
}

// read is what existing consumers do, byte by byte.
func (f *flashPeer) read() ([]byte, error) {
	if f.header.Head.Load() == f.own {
		return nil, ring.ErrWouldBlock
	}
	record := make([]byte, 4)
	for i := range record {
		record[i] = *f.at(f.own + uint32(i))
	}
	payload := make([]byte, binary.LittleEndian.Uint32(record))
	for i := range payload {
		payload[i] = *f.at(f.own + 4 + uint32(i))
	}
	f.store(&f.header.Tail, f.own+4+uint32(len(payload)))
	return payload, nil
}

// classicCalls writes record p by one of the calls of the ClassicWriter.
func classicCalls(w *ring.ClassicWriter, r *rand.Rand) func([]byte) error {
	return func(p []byte) error {
		if r.IntN(2) == 0 {
			return w.Write(p)
		}
		room, err := w.Reserve(min(uint64(len(p)+r.IntN(9)), w.MaxRecord()))
		if err != nil {
			return err
		}
		if r.IntN(4) == 0 {
			clear(room)
			w.Abort()
			if err := w.Commit(1); err != ring.ErrNothing {
				return fmt.Errorf("a commit after Abort: %v", err)
			}
			return ring.ErrWouldBlock // try again
		}
		return w.Commit(uint64(copy(room, p)))
	}
}

// classicReads reads and checks records from number i on, one or several at once.
func classicReads(rd *ring.ClassicReader, r *rand.Rand, c *content, i *uint64, count uint64) error {
	var rec ring.Record
	first, most := *i, min(*i+1+r.Uint64N(5), count)
	for ; *i < most; *i++ {
		if err := rd.Peek(&rec); err == ring.ErrWouldBlock {
			break
		} else if err != nil {
			return err
		}
		if p, _, _ := c.record(*i); rec.Seq != *i || !bytes.Equal(rec.Payload, p) {
			return fmt.Errorf("record %d is %d with %d bytes of %d, equal %t", *i, rec.Seq, len(rec.Payload), len(p), bytes.Equal(rec.Payload, p))
		}
	}
	if rd.Peeked() != (*i != first) {
		return fmt.Errorf("%d records are peeked, Peeked is %t", *i-first, rd.Peeked())
	}
	if *i == first {
		return ring.ErrWouldBlock
	}
	if r.IntN(8) == 0 {
		rd.Unpeek(first)
		*i = first
	}
	rd.Release()
	return nil
}

func TestClassicStream(t *testing.T) {
	for i, tc := range []struct {
		capacity, start          uint32
		flashWriter, flashReader bool
	}{
		{capacity: 16, start: 1<<32 - 1000},
		{capacity: 64, start: 1<<32 - 333},
		{capacity: 4096},
		{capacity: 1 << 16, start: 1<<32 - 1<<20},
		{capacity: 16, flashWriter: true},
		{capacity: 256, start: 7, flashReader: true},
		{capacity: 4096, start: 12345, flashWriter: true},
		{capacity: 1024, start: 1<<31 - 9, flashReader: true},
	} {
		t.Run(fmt.Sprintf("capacity=%d,start=%#x,flash=%t,%t", tc.capacity, tc.start, tc.flashWriter, tc.flashReader), func(t *testing.T) {
			mem := heapClassic(t, tc.capacity, tc.start)
			h := layout.ClassicHeaderOf(mem)
			c, count := newContent(uint64(i), 1, min(uint64(tc.capacity)-4, 1<<13)), streamLength()
			if tc.flashWriter || tc.flashReader {
				count /= 10 // all those instants take time
			}
			w := ring.NewClassicWriter(mem, tc.capacity)
			rd, err := ring.NewClassicReader(mem, tc.capacity)
			if err != nil {
				t.Fatal(err)
			}
			write := classicCalls(w, rand.New(rand.NewPCG(uint64(i), 1)))
			r := rand.New(rand.NewPCG(uint64(i), 2))
			read := func(i *uint64) error { return classicReads(rd, r, c, i, count) }
			var foul sync.Once // a failed side stops the other
			stop := make(chan struct{})
			if tc.flashWriter {
				write = newFlashPeer(mem, &h.Head).write
			}
			if tc.flashReader {
				peer := newFlashPeer(mem, &h.Tail)
				read = func(i *uint64) error {
					got, err := peer.read()
					if err != nil {
						return err
					}
					if p, _, _ := c.record(*i); !bytes.Equal(got, p) {
						return errors.New("wrong payload")
					}
					*i++
					return nil
				}
			}
			side := func(name string, step func(*uint64) error) {
				for i := uint64(0); i < count; {
					select {
					case <-stop:
						return
					default:
					}
					if err := step(&i); err == ring.ErrWouldBlock {
						runtime.Gosched()
					} else if err != nil {
						t.Errorf("%s, record %d: %v", name, i, err)
						foul.Do(func() { close(stop) })
						return
					}
				}
			}
			var both sync.WaitGroup
			both.Add(1)
			go func() {
				defer both.Done()
				side("producer", func(i *uint64) error {
					p, _, _ := c.record(*i)
					err := write(p)
					if err == nil {
						*i++
					}
					return err
				})
			}()
			side("consumer", read)
			both.Wait()
			if h.Head.Load() != h.Tail.Load() {
				t.Errorf("%d bytes are left", h.Head.Load()-h.Tail.Load())
			}
			if !tc.flashWriter && w.Count() != count || !tc.flashReader && rd.Count() != count {
				t.Errorf("%d written, %d read of %d", w.Count(), rd.Count(), count)
			}
			// Only a true 0 may be refused, once by each side, when the peer moves on while
			// it is looked at again; a stream that does not pass 2^32 has none.
			crossings := uint64(0)
			if h.Head.Load() < tc.start {
				crossings = 2
			}
			if seen := w.GuardHits() + rd.GuardHits(); seen > crossings && !tc.flashWriter && !tc.flashReader {
				t.Errorf("%d positions were refused, and all were right", seen)
			}
		})
	}
}

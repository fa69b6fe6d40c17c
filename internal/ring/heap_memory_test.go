package ring_test

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// guardSize is the number of bytes behind every heap segment that nobody may
// touch; guardByte fills them.
const (
	guardSize = 64
	guardByte = 0xA5
)

// alignedBytes is zeroed heap memory, aligned for 64-bit words on every machine,
// with a guard behind it that is checked when the test ends.
func alignedBytes(t testing.TB, n uint64) []byte {
	words := make([]uint64, (n+guardSize+7)/8)
	all := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), n+guardSize)
	guard := bytes.Repeat([]byte{guardByte}, guardSize)
	copy(all[n:], guard)
	t.Cleanup(func() {
		if !bytes.Equal(all[n:], guard) {
			t.Errorf("bytes behind the segment were changed: %x", all[n:])
		}
	})
	return all[:n:n]
}

// heapSegment is a fresh native segment on the heap, as a creator leaves it.
func heapSegment(t testing.TB, g *layout.Geometry) []byte {
	t.Helper()
	g.Slots = max(g.Slots, 1)
	if err := g.Complete(); err != nil {
		t.Fatal(err)
	}
	mem := alignedBytes(t, g.SegmentSize)
	g.Encode(mem[:layout.ProducerOffset])
	c := layout.ControlOf(mem)
	c.Producer.Position.Set(g.StartPosition)
	c.Producer.Frontier.Set(g.StartPosition)
	for i := range c.Producer.Journal {
		c.Producer.Journal[i].End.Set(g.StartPosition)
	}
	s := c.Slot(0)
	s.Gate.Set(g.StartPosition)
	s.Cursor.Set(g.StartPosition)
	s.State.Set(layout.SlotJoined)
	layout.MagicOf(mem).Publish(layout.Magic)
	return mem
}

// heapClassic is a fresh classic object on the heap whose positions start at start.
func heapClassic(t testing.TB, capacity, start uint32) []byte {
	mem := alignedBytes(t, layout.ClassicHeaderSize+uint64(capacity))
	h := layout.ClassicHeaderOf(mem)
	h.Head.Set(start)
	h.Tail.Set(start)
	h.Capacity.Publish(capacity)
	return mem
}

// content knows every record of a stream: what it should be is computed from
// its number alone, on both sides.
type content struct {
	seed  uint64
	block []byte
	max   uint64 // longest payload
	least uint64 // shortest payload
}

func newContent(seed, least, longest uint64) *content {
	c := &content{seed: seed, block: make([]byte, longest+4096), max: longest, least: least}
	r := rand.NewChaCha8([32]byte{byte(seed)})
	_, _ = r.Read(c.block) // never fails
	return c
}

// record is payload, kind and time of record i. Most are short, some are as long
// as they can be.
func (c *content) record(i uint64) (payload []byte, kind uint16, at int64) {
	h := c.seed + (i+1)*0x9E3779B97F4A7C15
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	h ^= h >> 31
	span := c.max - c.least + 1
	if h>>60 != 0 {
		span = min(span, 200)
	} else if h>>57&7 == 7 {
		return c.block[h%4096:][:c.max], uint16(h >> 40 & 1), int64(h)
	}
	n := c.least + h%span
	if h>>52&3 == 0 {
		kind = uint16((h >> 32) % (layout.MaxKind + 1))
	}
	return c.block[(h>>20)%4096:][:n], kind, int64(h)
}

// bell is a waiter's bed: the wake function rings it.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) wake(*layout.U32) {
	select {
	case b <- struct{}{}:
	default:
	}
}

// sleep is the waiting half of section 3.7: it announces itself in word, looks
// once more, and waits to be woken. It returns what the last look said. With
// impatient it yields instead of sleeping.
func (b bell) sleep(t *testing.T, word *layout.U32, impatient bool, look func() error, again error) error {
	if impatient {
		runtime.Gosched()
		return look()
	}
	for {
		word.Exchange(1)
		if err := look(); err != again {
			return err
		}
		select {
		case <-b:
		case <-time.After(20 * time.Second):
			t.Error("nobody woke the waiter for 20 s")
			return errLostWake
		}
	}
}

package order

import (
	"testing"
	"unsafe"
)

// 64-bit atomics need 8-byte alignment, which 32-bit machines give to no plain
// uint64. (Run with GOARCH=386 this fails without the marker in Counter.)
func TestCounterIsAligned(t *testing.T) {
	var s struct {
		before uint32
		c      Counter
	}
	if off := unsafe.Offsetof(s.c); off != 8 {
		t.Errorf("a counter behind 4 bytes lies at offset %d, want 8", off)
	}
	s.c.Add(1<<32 - 1)
	s.c.Add(2)
	if got := s.c.Load(); got != 1<<32+1 {
		t.Errorf("counted %d", got)
	}
	if s.before != 0 {
		t.Error("the word before the counter was written")
	}
}

func TestStores(t *testing.T) {
	var s struct{ low, word, high uint64 }
	var h [3]uint32
	for _, v := range []uint64{1, 1<<32 + 5, 1<<64 - 1} {
		StoreRelease64(&s.word, v)
		StoreRelease32(&h[1], uint32(v))
		if s.word != v || s.low|s.high != 0 || h != [3]uint32{0, uint32(v), 0} {
			t.Fatalf("release store of %#x: %+v %v", v, s, h)
		}
		StoreRelaxed64(&s.word, ^v)
		StoreRelaxed32(&h[1], ^uint32(v))
		if s.word != ^v || s.low|s.high != 0 || h != [3]uint32{0, ^uint32(v), 0} {
			t.Fatalf("relaxed store of %#x: %+v %v", ^v, s, h)
		}
	}
	Pause(0)
	Pause(100) // returns
}

package shmbuf

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// fieldProducer writes records as an existing Python producer does, which stores
// 0 for an instant before each new position.
func fieldProducer(t *testing.T, name string, n int, done <-chan struct{}) {
	seg, err := segment.Open(name, false)
	if err != nil {
		t.Error(err)
		return
	}
	defer seg.Close() //nolint:errcheck // the test is over
	h, data := layout.ClassicHeaderOf(seg.Bytes()), seg.Bytes()[layout.ClassicHeaderSize:]
	capacity := h.Capacity.Load()
	head := h.Head.Load()
	for i := range n {
		record := binary.LittleEndian.AppendUint32(nil, uint32(1+i%200))
		record = append(record, bytes.Repeat([]byte{byte(i)}, 1+i%200)...)
		for capacity-(head-h.Tail.Load()) < uint32(len(record)) {
			select {
			case <-done:
				return
			default:
				runtime.Gosched()
			}
		}
		for _, b := range record {
			data[head&(capacity-1)] = b
			head++
		}
		h.Head.Publish(0)
		// The instant, now and then a long one; but just before 2^32, where 0 may
		// be the true position, one can only go by its being short.
		for range i % 3 {
			if head < 1<<32-4096 && head >= 4096 {
				runtime.Gosched()
			}
		}
		h.Head.Publish(head)
	}
}

func TestZeroFlashIsNotBelieved(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Layout: Classic, Capacity: 4096, StartPosition: 1<<32 - 100_000})
	_ = p.Close()
	c := mustOpen(t, name)
	const n = 50_000
	done, ended := make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); fieldProducer(t, name, n, done) }()
	defer func() { close(done); <-ended }()
	ctx := soon(t)
	for i := range n {
		rec, err := c.Peek(ctx)
		if err != nil {
			t.Fatalf("record %d: %v", i, err)
		}
		if !bytes.Equal(rec.Payload, bytes.Repeat([]byte{byte(i)}, 1+i%200)) {
			t.Fatalf("record %d: %d bytes %x", i, len(rec.Payload), rec.Payload)
		}
		if err := c.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if hits := c.Stats().GuardHits; hits == 0 {
		t.Error("the guard never saw the 0")
	} else {
		t.Logf("%d refused positions", hits)
	}
}

// A position that stays impossible is damage, after a second, by name and number.
func TestImpossibleClassicPosition(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, &Options{Layout: Classic, Capacity: 4096}), mustOpen(t, name)
	seg, err := segment.Open(name, false)
	if err != nil {
		t.Fatal(err)
	}
	defer seg.Close() //nolint:errcheck // the test is over
	h := layout.ClassicHeaderOf(seg.Bytes())
	h.Head.Publish(5000)
	_, err = c.Peek(soon(t))
	wants(t, err, ErrDamaged, name, "5000")
	h.Tail.Publish(77777)
	if err := p.Write(soon(t), make([]byte, 4000)); err != nil {
		t.Fatal(err) // there was room
	}
	wants(t, p.Write(soon(t), make([]byte, 4000)), ErrDamaged, name, "77777")
}

package channel

import (
	"unsafe"

	"github.com/shmbuf/shmbuf/bench/go/internal/link"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// newLinks connects two goroutines. Messages of the usual sizes travel as
// arrays, which the channel copies in and out; others as slices of buffers.
func newLinks(a *work.Args) (one, other link.Link) {
	size := max(a.Size, 16)
	switch size {
	case 16:
		return newArrays[[16]byte](a)
	case 64:
		return newArrays[[64]byte](a)
	case 1024:
		return newArrays[[1024]byte](a)
	}
	there, back := make(chan []byte, queued(a)), make(chan []byte, queued(a))
	return &slices{out: there, in: back, buf: work.Buffer(size)}, &slices{out: back, in: there, buf: work.Buffer(size)}
}

// queued messages, whichever is faster: one when the sides are quick to take it, none
// when a sleeper has to be woken for it anyway.
func queued(a *work.Args) int {
	if a.Case == "wake" {
		return 0
	}
	return 1
}

// bytes of an array.
func bytes[T any](array *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(array)), unsafe.Sizeof(*array))
}

// arrays is an end of two channels of arrays T.
type arrays[T any] struct {
	out chan<- T
	in  <-chan T
	// What the next message is copied from, and the last one to.
	sent, received T
	length         int
}

func newArrays[T any](a *work.Args) (one, other link.Link) {
	there, back := make(chan T, queued(a)), make(chan T, queued(a))
	return &arrays[T]{out: there, in: back}, &arrays[T]{out: back, in: there}
}

func (l *arrays[T]) Send(message []byte) error {
	l.length = copy(bytes(&l.sent), message)
	l.out <- l.sent
	return nil
}

func (l *arrays[T]) Receive(buf []byte) ([]byte, error) {
	l.received = <-l.in
	return bytes(&l.received)[:len(buf)], nil
}

func (*arrays[T]) Flush() error { return nil }
func (*arrays[T]) Close() error { return nil }

// slices is an end of two channels of slices. The sides take turns, so that one
// buffer each is enough.
type slices struct {
	out chan<- []byte
	in  <-chan []byte
	buf []byte
}

func (l *slices) Send(message []byte) error {
	l.out <- l.buf[:copy(l.buf, message)]
	return nil
}

func (l *slices) Receive(buf []byte) ([]byte, error) {
	return buf[:copy(buf, <-l.in)], nil
}

func (*slices) Flush() error { return nil }
func (*slices) Close() error { return nil }

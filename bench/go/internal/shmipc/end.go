package shmipc

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cloudwego/shmipc-go"
)

// The library has no back-pressure: when its shared memory is used up it falls
// back to the socket, for good. So senders do not use more of it than their
// window, and the receiver gives them credits.
const (
	// What the prefix can say instead of a length.
	creditMark = 0xffffffff
	byeMark    = 0xfffffffe
	// firstMark is added to the length of the first message of a flush.
	firstMark = 0x80000000

	shares = 4 // credits in a window
)

// end is one side's link.
type end struct {
	stream   *shmipc.Stream
	session  *shmipc.Session
	shut     func() error
	active   bool
	slice    int
	share    uint64 // flushes of a credit
	pending  int    // bytes that wait for Flush
	sent     uint64 // flushes
	received uint64 // flushes that have begun to arrive
	allowed  uint64 // flushes that may be sent
}

// reserve finds room for a message behind its prefix, which says mark and length.
func (e *end) reserve(mark uint32, size int) ([]byte, error) {
	if e.pending+prefix+size > e.slice {
		if err := e.Flush(); err != nil {
			return nil, err
		}
	}
	if e.pending == 0 && mark < byeMark {
		mark |= firstMark
		if err := e.await(); err != nil {
			return nil, err
		}
	}
	space, err := e.stream.BufferWriter().Reserve(prefix + size)
	if err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint32(space, mark|uint32(size))
	e.pending += len(space)
	return space[prefix:], nil
}

// await waits until one more flush is allowed. The other side sends nothing but
// credits then.
func (e *end) await() error {
	for e.sent >= e.allowed {
		mark, err := e.mark()
		if err != nil {
			return err
		}
		if mark != creditMark {
			return fmt.Errorf("a message (prefix %#x) instead of a credit", mark)
		}
		e.allowed += e.share
	}
	return nil
}

// mark reads a prefix.
func (e *end) mark() (uint32, error) {
	b, err := e.stream.BufferReader().ReadBytes(prefix)
	if err != nil {
		return 0, err
	}
	mark := binary.LittleEndian.Uint32(b)
	if mark >= byeMark {
		e.stream.BufferReader().ReleasePreviousRead()
	}
	return mark, nil
}

// Reserve lends room for a message; it is sent with the next flush.
func (e *end) Reserve(size uint64) ([]byte, error) { return e.reserve(0, int(size)) }

// Send copies the message.
func (e *end) Send(message []byte) error {
	space, err := e.reserve(0, len(message))
	copy(space, message)
	return err
}

// Flush sends what has gathered in one go: one wake-up of the other side at most.
func (e *end) Flush() error {
	if e.pending == 0 {
		return nil
	}
	e.pending = 0
	e.sent++
	return e.stream.Flush(false)
}

// Peek lends the next message.
func (e *end) Peek() ([]byte, error) {
	for {
		mark, err := e.mark()
		switch {
		case err != nil:
			return nil, err
		case mark == creditMark:
			e.allowed += e.share
			continue
		case mark == byeMark:
			return nil, errors.New("the other side has left")
		}
		if mark&firstMark != 0 {
			if err := e.credit(); err != nil {
				return nil, err
			}
		}
		return e.stream.BufferReader().ReadBytes(int(mark &^ firstMark))
	}
}

// credit counts a flush that has begun to arrive, which gives the ones before it
// back.
func (e *end) credit() error {
	e.received++
	if e.received%e.share != 0 {
		return nil
	}
	return e.say(creditMark)
}

// say sends a mark at once.
func (e *end) say(mark uint32) error {
	if err := e.Flush(); err != nil {
		return err
	}
	if _, err := e.reserve(mark, 0); err != nil {
		return err
	}
	e.pending = 0
	return e.stream.Flush(false)
}

// Release gives back what Peek lent.
func (e *end) Release() error {
	e.stream.BufferReader().ReleasePreviousRead()
	return nil
}

// Receive copies the next message to buf.
func (e *end) Receive(buf []byte) ([]byte, error) {
	message, err := e.Peek()
	if err != nil {
		return nil, err
	}
	if len(message) > len(buf) {
		return nil, fmt.Errorf("a message of %d bytes, more than %d", len(message), len(buf))
	}
	n := copy(buf, message)
	return buf[:n], e.Release()
}

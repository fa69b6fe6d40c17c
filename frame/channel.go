package frame

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/shmbuf/shmbuf"
)

// Write copies a frame into the channel. It blocks while the ring is full, until
// ctx is done. pixels must be exactly h.PixelBytes() long. One goroutine at a
// time may use p. Errors: those of Producer.Reserve, and shmbuf.ErrInvalid for a
// header or pixels that do not fit each other; nothing is sent then.
func Write(ctx context.Context, p *shmbuf.Producer, h Header, pixels []byte) error {
	if err := matches(h, pixels); err != nil {
		return onChannel(p.Name(), err)
	}
	r, err := Reserve(ctx, p, h)
	if err != nil {
		return err
	}
	copy(r.Pixels, pixels)
	return r.Commit()
}

// TryWrite is Write, but returns shmbuf.ErrWouldBlock instead of blocking.
func TryWrite(p *shmbuf.Producer, h Header, pixels []byte) error {
	if err := matches(h, pixels); err != nil {
		return onChannel(p.Name(), err)
	}
	r, err := TryReserve(p, h)
	if err != nil {
		return err
	}
	copy(r.Pixels, pixels)
	return r.Commit()
}

func matches(h Header, pixels []byte) error {
	if err := h.Validate(); err != nil {
		return err
	}
	if have, need := uint64(len(pixels)), h.PixelBytes(); have != need {
		return fmt.Errorf("%w: %d bytes of pixels; %d×%d %s with stride %d has %d",
			shmbuf.ErrInvalid, have, h.Width, h.Height, h.Format, h.Stride, need)
	}
	return nil
}

// Reservation is a frame in the ring that nobody sees yet. Fill Pixels, then
// Commit or Abort; a producer has at most one reservation at a time.
type Reservation struct {
	// Pixels is memory of the ring and holds whatever was there before. It must
	// not be touched after Commit or Abort.
	Pixels []byte

	payload  []byte
	producer *shmbuf.Producer
}

// Reserve gets room for a frame, writes its header, and gives the pixels to the
// caller to fill in place. It blocks while the ring is full, until ctx is done.
// One goroutine at a time may use p. Errors: those of Producer.Reserve, and
// shmbuf.ErrInvalid for a header that is not valid.
func Reserve(ctx context.Context, p *shmbuf.Producer, h Header) (Reservation, error) {
	n, err := recordLen(p, h)
	if err != nil {
		return Reservation{}, err
	}
	payload, err := p.Reserve(ctx, n)
	if err != nil {
		return Reservation{}, err
	}
	return reservation(p, h, payload), nil
}

// TryReserve is Reserve, but returns shmbuf.ErrWouldBlock instead of blocking.
func TryReserve(p *shmbuf.Producer, h Header) (Reservation, error) {
	n, err := recordLen(p, h)
	if err != nil {
		return Reservation{}, err
	}
	payload, err := p.TryReserve(n)
	if err != nil {
		return Reservation{}, err
	}
	return reservation(p, h, payload), nil
}

func recordLen(p *shmbuf.Producer, h Header) (int, error) {
	if err := h.Validate(); err != nil {
		return 0, onChannel(p.Name(), err)
	}
	n := h.Size()
	if n > math.MaxInt { // only where int has 32 bits
		return 0, onChannel(p.Name(), fmt.Errorf("%w: a frame of %d bytes is more than this system can address", shmbuf.ErrTooLarge, n))
	}
	return int(n), nil
}

func reservation(p *shmbuf.Producer, h Header, payload []byte) Reservation {
	h.put(payload)
	return Reservation{Pixels: payload[HeaderSize:], payload: payload, producer: p}
}

// Stamp sets timestamp and number in the header: call it after filling the
// pixels, right before Commit, when consumers are to measure from there.
func (r *Reservation) Stamp(timestamp int64, number uint64) {
	binary.LittleEndian.PutUint64(r.payload[offTimestamp:], uint64(timestamp))
	binary.LittleEndian.PutUint64(r.payload[offNumber:], number)
}

// Commit publishes the frame. It does not block. Errors: those of Producer.Commit.
func (r *Reservation) Commit() error {
	n := len(r.payload)
	r.Pixels, r.payload = nil, nil
	return r.producer.Commit(n)
}

// Abort gives the room back and publishes nothing. After Commit it does nothing,
// so that it can be deferred.
func (r *Reservation) Abort() {
	if r.payload == nil {
		return
	}
	r.Pixels, r.payload = nil, nil
	r.producer.Abort()
}

// Peek waits for the next frame and gives it in place, until ctx is done. The
// pixels are memory of the ring, to be read only, and live until c.Release. One
// goroutine at a time may use c.
//
// Errors: those of Consumer.Peek, and shmbuf.ErrDamaged when the record is not a
// frame; that record is still held, and c.Release goes past it.
func Peek(ctx context.Context, c *shmbuf.Consumer) (Frame, error) {
	rec, err := c.Peek(ctx)
	if err != nil {
		return Frame{}, err
	}
	return parseFrom(c, rec.Payload)
}

// TryPeek is Peek, but returns shmbuf.ErrWouldBlock instead of blocking.
func TryPeek(c *shmbuf.Consumer) (Frame, error) {
	rec, err := c.TryPeek()
	if err != nil {
		return Frame{}, err
	}
	return parseFrom(c, rec.Payload)
}

func parseFrom(c *shmbuf.Consumer, payload []byte) (Frame, error) {
	f, err := Parse(payload)
	if err != nil {
		return Frame{}, onChannel(c.Name(), err)
	}
	return f, nil
}

func onChannel(name string, err error) error {
	return fmt.Errorf("shmbuf: channel %q: %w", name, err)
}

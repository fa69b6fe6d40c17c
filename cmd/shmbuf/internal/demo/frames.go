package demo

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/frame"
	"github.com/shmbuf/shmbuf/frame/testcard"
)

// A record is a frame and, behind its pixels, their CRC-32C.
const crcSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ringFrames is how many pictures the ring holds at least.
const ringFrames = 4

// NewCard prepares the picture of a demo of this size.
func NewCard(width, height uint32) (*testcard.Card, error) {
	return testcard.New(frame.BGR24, width, height)
}

// sendFrames draws pictures straight into the ring.
func (p *peer) sendFrames() (Result, error) {
	card, err := NewCard(p.job.Width, p.job.Height)
	if err != nil {
		return Result{}, err
	}
	header := card.Header()
	size := int(header.Size()) + crcSize
	producer, err := shmbuf.Create(p.job.Channel, &shmbuf.Options{
		Capacity:    max(uint64(1)<<bits.Len64(ringFrames*uint64(size)), shmbuf.DefaultCapacity),
		Alignment:   64,
		Exclusive:   true,
		ContentType: fmt.Sprintf("video/x-raw,format=BGR,width=%d,height=%d,framerate=%d/1", header.Width, header.Height, p.job.FPS),
	})
	if err != nil {
		return Result{}, err
	}
	defer producer.Close() //nolint:errcheck // a second Close after the one below
	r := Result{}
	start := time.Now()
	for ; p.job.Count == 0 || r.Records < p.job.Count; r.Records++ {
		if p.job.expired(start, time.Now()) {
			break
		}
		if err := p.pace(start, r.Records); err != nil {
			return r, err
		}
		room, err := producer.Reserve(p.ctx, size)
		if err != nil {
			return r, err
		}
		pixels := room[frame.HeaderSize : len(room)-crcSize]
		card.Draw(pixels, r.Records)
		binary.LittleEndian.PutUint32(room[len(room)-crcSize:], crc32.Checksum(pixels, castagnoli))
		header.Number, header.Timestamp = r.Records, frame.Now()
		if err := frame.Encode(room, header); err != nil {
			return r, err
		}
		if err := producer.Commit(size); err != nil {
			return r, err
		}
		r.Bytes += uint64(size)
	}
	r.Elapsed = time.Since(start)
	return r, producer.Close()
}

// pace waits for the moment at which the picture is due.
func (p *peer) pace(start time.Time, number uint64) error {
	if p.job.FPS == 0 {
		return nil
	}
	due := start.Add(time.Duration(number) * time.Second / time.Duration(p.job.FPS))
	select {
	case <-p.ctx.Done():
		return p.ctx.Err()
	case <-time.After(time.Until(due)):
		return nil
	}
}

// receiveFrames checks every picture in place: order, checksum, and the number
// that is drawn in it.
func (p *peer) receiveFrames() (Result, error) {
	consumer, err := p.open(p.job.Channel)
	if err != nil {
		return Result{}, err
	}
	defer consumer.Close() //nolint:errcheck // a second Close after the one below
	var (
		r     Result
		ages  latencies
		start time.Time
	)
	for {
		rec, err := consumer.Peek(p.ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r, err
		}
		now := frame.Now()
		if r.Records == 0 {
			start = time.Now()
		}
		f, err := p.check(rec.Payload, r.Records)
		if err != nil {
			return r, err
		}
		ages.add(time.Duration(now - f.Timestamp))
		r.Records++
		r.Bytes += uint64(len(rec.Payload))
		if err := consumer.Release(); err != nil {
			return r, err
		}
		r.Elapsed = time.Since(start)
		p.progress(time.Now(), p.job.fraction(r.Records, r.Elapsed), func() string {
			return fmt.Sprintf("%4.0f fps %5.2f GB/s", r.perSecond(), r.gigabytesPerSecond())
		})
	}
	if r.Records > 1 {
		// From the first arrival to the last are one interval fewer than pictures.
		r.Elapsed = time.Duration(float64(r.Elapsed) * float64(r.Records) / float64(r.Records-1))
	}
	r.P50, r.P99 = ages.quantiles()
	return r, consumer.Close()
}

// check demands that payload is exactly the picture with this number.
func (p *peer) check(payload []byte, number uint64) (frame.Frame, error) {
	f, err := frame.Parse(payload)
	if err != nil {
		return f, fmt.Errorf("%s: picture %d: %w", p.job.Channel, number, err)
	}
	trailer := payload[frame.HeaderSize+len(f.Pixels):]
	drawn, ok := testcard.Number(f)
	switch {
	case f.Number != number:
		return f, fmt.Errorf("%s: picture %d arrived where %d was expected", p.job.Channel, f.Number, number)
	case len(trailer) != crcSize || crc32.Checksum(f.Pixels, castagnoli) != binary.LittleEndian.Uint32(trailer):
		return f, fmt.Errorf("%s: picture %d: the checksum of its pixels is wrong", p.job.Channel, number)
	case !ok || drawn != uint32(number):
		return f, fmt.Errorf("%s: picture %d shows the number %d", p.job.Channel, number, drawn)
	}
	return f, nil
}

// open attaches to a channel that the other peer is about to create.
func (p *peer) open(name string) (*shmbuf.Consumer, error) {
	ctx, cancel := context.WithTimeout(p.ctx, appearance)
	defer cancel()
	return shmbuf.OpenWait(ctx, name, nil)
}

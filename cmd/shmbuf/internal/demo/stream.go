package demo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shmbuf/shmbuf"
)

const (
	messageSize = 64
	// clockEvery is how many messages pass between two looks at the clock.
	clockEvery     = 4096
	streamCapacity = 4 << 20
)

// stamp fills a message so that the receiver knows every byte of the one with
// this number.
func stamp(message []byte, number uint64) {
	binary.LittleEndian.PutUint64(message, number)
	binary.LittleEndian.PutUint64(message[messageSize-8:], ^number)
}

func stamped(message []byte, number uint64) bool {
	return len(message) == messageSize && binary.LittleEndian.Uint64(message) == number &&
		binary.LittleEndian.Uint64(message[messageSize-8:]) == ^number
}

// sendStream writes small messages one by one until the time is over.
func (p *peer) sendStream() (Result, error) {
	producer, err := shmbuf.Create(p.job.Channel, &shmbuf.Options{Capacity: streamCapacity, Exclusive: true})
	if err != nil {
		return Result{}, err
	}
	defer producer.Close() //nolint:errcheck // a second Close after the one below
	var message [messageSize]byte
	r := Result{}
	start := time.Now()
	for r.Records%clockEvery != 0 || !p.job.expired(start, time.Now()) {
		stamp(message[:], r.Records)
		if err := producer.Write(p.ctx, message[:]); err != nil {
			return r, err
		}
		r.Records++
	}
	r.Elapsed = time.Since(start)
	r.Bytes = r.Records * messageSize
	return r, producer.Close()
}

// receiveStream reads messages in batches and checks each.
func (p *peer) receiveStream() (Result, error) {
	consumer, err := p.open(p.job.Channel)
	if err != nil {
		return Result{}, err
	}
	defer consumer.Close() //nolint:errcheck // a second Close after the one below
	records := make([]shmbuf.Record, 256)
	r := Result{}
	start := time.Now()
	for next := uint64(0); ; {
		n, err := consumer.PeekBatch(p.ctx, records)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r, err
		}
		for _, rec := range records[:n] {
			if !stamped(rec.Payload, r.Records) {
				return r, fmt.Errorf("%s: message %d is not what was sent", p.job.Channel, r.Records)
			}
			r.Records++
		}
		if err := consumer.Release(); err != nil {
			return r, err
		}
		if r.Records >= next {
			next = r.Records + clockEvery
			r.Elapsed = time.Since(start)
			p.progress(time.Now(), p.job.fraction(0, r.Elapsed), func() string {
				return fmt.Sprintf("%5.1f M messages/s", r.perSecond()/1e6)
			})
		}
	}
	r.Elapsed = time.Since(start)
	r.Bytes = r.Records * messageSize
	return r, consumer.Close()
}

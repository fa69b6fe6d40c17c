package demo

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/shmbuf/shmbuf"
)

// ping sends a message, waits for its echo, and measures the time between, again
// and again.
func (p *peer) ping() (Result, error) {
	producer, err := shmbuf.Create(p.job.Channel, &shmbuf.Options{Exclusive: true})
	if err != nil {
		return Result{}, err
	}
	defer producer.Close() //nolint:errcheck // a second Close after the one below
	consumer, err := p.open(p.job.back())
	if err != nil {
		return Result{}, err
	}
	defer consumer.Close() //nolint:errcheck // a second Close after the one below
	var (
		r       Result
		trips   = make(latencies, 0, maxSamples)
		message [messageSize]byte
	)
	start := time.Now()
	for last := start; !p.job.expired(start, last); r.Records++ {
		stamp(message[:], r.Records)
		if err := producer.Write(p.ctx, message[:]); err != nil {
			return r, err
		}
		rec, err := p.spin(consumer)
		if err != nil {
			return r, err
		}
		if !stamped(rec.Payload, r.Records) {
			return r, fmt.Errorf("%s: the echo of message %d is not what was sent", p.job.Channel, r.Records)
		}
		if err := consumer.Release(); err != nil {
			return r, err
		}
		now := time.Now()
		trips.add(now.Sub(last))
		last = now
		r.Elapsed = now.Sub(start)
		p.progress(now, p.job.fraction(0, r.Elapsed), func() string {
			return fmt.Sprintf("%5.0f ns a round trip", 1e9/r.perSecond())
		})
	}
	r.Bytes = r.Records * messageSize * 2
	r.P50, r.P99 = trips.quantiles()
	return r, errors.Join(producer.Close(), p.awaitEnd(consumer), consumer.Close())
}

// echo sends every message back.
func (p *peer) echo() (Result, error) {
	producer, err := shmbuf.Create(p.job.back(), &shmbuf.Options{Exclusive: true})
	if err != nil {
		return Result{}, err
	}
	defer producer.Close() //nolint:errcheck // a second Close after the one below
	consumer, err := p.open(p.job.Channel)
	if err != nil {
		return Result{}, err
	}
	defer consumer.Close() //nolint:errcheck // a second Close after the one below
	r := Result{}
	for {
		rec, err := p.spin(consumer)
		if errors.Is(err, io.EOF) {
			return r, errors.Join(producer.Close(), consumer.Close())
		}
		if err != nil {
			return r, err
		}
		if err := producer.Write(p.ctx, rec.Payload); err != nil {
			return r, err
		}
		if err := consumer.Release(); err != nil {
			return r, err
		}
		r.Records++
	}
}

// spins is how often spin looks before it waits without using the CPU: many round
// trips, yet short enough to give the processor to a peer that is not running.
const spins = 2000

// spin takes the next record with the lowest latency: it keeps looking, where
// there is a processor for each side.
func (p *peer) spin(c *shmbuf.Consumer) (shmbuf.Record, error) {
	if runtime.NumCPU() > 1 {
		for range spins {
			rec, err := c.TryPeek()
			if err != shmbuf.ErrWouldBlock { //nolint:errorlint // returned bare on the hot path
				return rec, err
			}
		}
	}
	return c.Peek(p.ctx)
}

// awaitEnd reads until the echo has closed too.
func (p *peer) awaitEnd(c *shmbuf.Consumer) error {
	_, err := c.Peek(p.ctx)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return fmt.Errorf("%s: there are more echoes than messages", p.job.Channel)
	}
	return err
}

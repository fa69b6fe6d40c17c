package peer

import (
	"encoding/binary"
	"errors"
	"io"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/frame"
)

// A message of Wake: when it was sent (CLOCK_MONOTONIC), and in an answer also how
// long the question was on its way.
const wakeSize = 16

// busy is what a side does while the other one falls asleep. It does not sleep
// itself: a processor that has to wake up first would be measured too.
func busy(think time.Duration) {
	for start := time.Now(); time.Since(start) < think; {
	}
}

// wakePing sends to a receiver that sleeps, and sleeps until the answer comes. A
// round trip is the time of both ways, without what the sides did in between.
func (s *side) wakePing() error {
	e, err := s.connect(s.Name, s.Back())
	if err != nil {
		return err
	}
	defer e.close()
	var (
		message [wakeSize]byte
		trips   []int64
		sum     int64
		start   time.Time
	)
	for round := uint64(0); round <= s.Warm || time.Since(start) < s.Time; round++ {
		if round == s.Warm {
			start = time.Now()
		}
		busy(s.Think)
		binary.LittleEndian.PutUint64(message[:], uint64(frame.Now()))
		if err := e.out.Write(s.ctx, message[:]); err != nil {
			return err
		}
		if _, err := e.in.Read(s.ctx, message[:]); err != nil {
			return err
		}
		back := frame.Now() - int64(binary.LittleEndian.Uint64(message[:]))
		if round >= s.Warm {
			trip := back + int64(binary.LittleEndian.Uint64(message[8:]))
			trips = append(trips, trip)
			sum += trip
		}
	}
	if err := e.finish(s); err != nil {
		return err
	}
	return s.out.Encode(job.Result{Records: uint64(len(trips)), Seconds: float64(sum) / 1e9, Trips: counted(trips)})
}

// wakePong answers each message after a while.
func (s *side) wakePong() error {
	e, err := s.connect(s.Back(), s.Name)
	if err != nil {
		return err
	}
	defer e.close()
	var message [wakeSize]byte
	for {
		_, err := e.in.Read(s.ctx, message[:])
		if errors.Is(err, io.EOF) {
			return errors.Join(e.out.Close(), e.in.Close())
		}
		if err != nil {
			return err
		}
		there := frame.Now() - int64(binary.LittleEndian.Uint64(message[:]))
		busy(s.Think)
		binary.LittleEndian.PutUint64(message[8:], uint64(there))
		binary.LittleEndian.PutUint64(message[:], uint64(frame.Now()))
		if err := e.out.Write(s.ctx, message[:]); err != nil {
			return err
		}
	}
}

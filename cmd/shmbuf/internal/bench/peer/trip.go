package peer

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// ends are the two channels of a side that sends and gets answers.
type ends struct {
	out *shmbuf.Producer
	in  *shmbuf.Consumer
}

// connect creates one channel and opens the other.
func (s *side) connect(out, in string) (ends, error) {
	producer, err := s.create(out)
	if err != nil {
		return ends{}, err
	}
	consumer, err := s.open(in)
	if err != nil {
		return ends{}, errors.Join(err, producer.Close())
	}
	return ends{producer, consumer}, nil
}

func (e ends) close() { _ = errors.Join(e.out.Close(), e.in.Close()) } // a second time after finish

// finish ends both streams in order.
func (e ends) finish(s *side) error {
	if err := e.out.Close(); err != nil {
		return err
	}
	if _, err := e.in.Peek(s.ctx); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("more echoes than messages"), err)
	}
	return e.in.Close()
}

// maxTrips bounds the memory of the trips that are timed one by one.
const maxTrips = 1 << 20

// ping sends a message and waits for its echo, again and again: half of the time
// with a look at the clock now and then, half of it with each trip timed.
func (s *side) ping() error {
	e, err := s.connect(s.Name, s.Back())
	if err != nil {
		return err
	}
	defer e.close()
	message, number := make([]byte, s.Size), uint64(0)
	trip := func() error {
		binary.LittleEndian.PutUint64(message, number)
		if err := e.out.Write(s.ctx, message); err != nil {
			return err
		}
		n, err := e.in.Read(s.ctx, message)
		if err != nil {
			return err
		}
		if got := binary.LittleEndian.Uint64(message[:n]); got != number {
			return s.wrongNumber(got, number)
		}
		number++
		return nil
	}
	for number < s.Warm {
		if err := trip(); err != nil {
			return err
		}
	}
	var groups []float64
	start := time.Now()
	for last := time.Duration(0); last < s.Time/2; {
		for range s.Chunk {
			if err := trip(); err != nil {
				return err
			}
		}
		now := time.Since(start)
		groups = append(groups, float64(now-last)/float64(s.Chunk))
		last = now
	}
	trips := make([]int64, maxTrips)
	clear(trips) // have the pages now
	timed := 0
	start = time.Now()
	for last := time.Duration(0); last < s.Time/2 && timed < maxTrips; timed++ {
		if err := trip(); err != nil {
			return err
		}
		now := time.Since(start)
		trips[timed] = int64(now - last)
		last = now
	}
	r := job.Result{Nanoseconds: middle(groups), Records: uint64(timed), Seconds: time.Since(start).Seconds(), Trips: counted(trips[:timed])}
	if err := e.finish(s); err != nil {
		return err
	}
	return s.out.Encode(r)
}

// pong sends every message back.
func (s *side) pong() error {
	e, err := s.connect(s.Back(), s.Name)
	if err != nil {
		return err
	}
	defer e.close()
	message := make([]byte, s.Size)
	for {
		n, err := e.in.Read(s.ctx, message)
		if errors.Is(err, io.EOF) {
			return errors.Join(e.out.Close(), e.in.Close())
		}
		if err != nil {
			return err
		}
		if err := e.out.Write(s.ctx, message[:n]); err != nil {
			return err
		}
	}
}

// counted turns durations into pairs of a duration and how often it came.
func counted(trips []int64) [][2]int64 {
	slices.Sort(trips)
	var pairs [][2]int64
	for _, t := range trips {
		if n := len(pairs); n > 0 && pairs[n-1][0] == t {
			pairs[n-1][1]++
		} else {
			pairs = append(pairs, [2]int64{t, 1})
		}
	}
	return pairs
}

// middle is the median; it sorts values, of which there is at least one.
func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

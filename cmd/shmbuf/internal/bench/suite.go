package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
)

// suite is one run of the benchmark.
type suite struct {
	options       Options
	end           time.Time // zero: as long as it takes
	dir           string    // of programs made for this run, empty: none yet
	memory        *os.File  // words that two processes share; nil where that is impossible
	send, receive program
	cases         []*measurement
	report        Report
	serial        int // of channels
}

// memorySize of the words that two processes share.
const memorySize = 4096

// Times within which a run ends that nobody gave other numbers.
const (
	fullTime  = 50 * time.Second
	quickTime = 12 * time.Second
)

func newSuite(o Options) (*suite, error) {
	s := &suite{}
	samples, sampleTime, limit := 9, 200*time.Millisecond, fullTime
	if o.Quick {
		samples, sampleTime, limit = 3, 80*time.Millisecond, quickTime
	}
	if o.Samples == 0 && o.Time == 0 {
		s.end = time.Now().Add(limit)
	}
	if o.Samples == 0 {
		o.Samples = samples
	}
	if o.Time == 0 {
		o.Time = sampleTime
	}
	s.options, s.cases = o, o.measurements()
	s.report = Report{
		Version: shmbuf.Version, Started: time.Now().UTC(), Send: o.Send, Receive: o.Receive, Size: o.Size,
		WantedSamples: o.Samples, SampleSeconds: o.Time.Seconds(), Ring: s.cases[0].job.Ring, Batch: s.cases[0].job.Batch,
	}
	var err error
	if s.memory, err = anonymousMemory(memorySize); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, fmt.Errorf("memory for the calibration: %w", err)
	}
	return s, nil
}

func (s *suite) close() {
	if s.memory != nil {
		s.memory.Close()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// prepare finds or makes the programs of both sides.
func (s *suite) prepare(ctx context.Context, bars screen.Bars) (err error) {
	if s.send, err = s.program(ctx, bars, s.options.Send); err != nil {
		return err
	}
	s.receive = s.send
	if s.options.Receive != s.options.Send {
		s.receive, err = s.program(ctx, bars, s.options.Receive)
	}
	s.report.Sender, s.report.Receiver = s.send.about, s.receive.about
	return err
}

// measure takes samples in turns: one of each case, and again, so that all cases
// see the same changes of the machine.
func (s *suite) measure(ctx context.Context, bars screen.Bars) error {
	shows := map[*measurement]func(float64, string){}
	finishes := map[*measurement]func(bool){}
	for _, m := range s.cases {
		shows[m], finishes[m] = bars.Add(m.title)
	}
	showIdle, finishIdle := bars.Add("idle waiter")
	err := s.measureIdle(ctx, showIdle)
	finishIdle(err == nil)
	for rounds := 0; err == nil && rounds < 3*s.options.Samples && !s.expired(); rounds++ {
		var some bool
		if some, err = s.round(ctx, shows); !some {
			break
		}
	}
	for _, m := range s.cases {
		finishes[m](err == nil)
	}
	return err
}

// expired tells whether the time of the whole run is over.
func (s *suite) expired() bool { return !s.end.IsZero() && time.Now().After(s.end) }

// round takes one sample of each case that still needs some; some tells whether
// there was any.
func (s *suite) round(ctx context.Context, shows map[*measurement]func(float64, string)) (some bool, err error) {
	var before float64
	for _, m := range s.cases {
		if s.report.most(m.key) >= s.options.Samples {
			continue
		}
		if !some {
			if before, err = s.calibrate(ctx); err != nil {
				return false, fmt.Errorf("calibration: %w", err)
			}
		}
		if some && s.expired() {
			break
		}
		some = true
		sample, err := s.sample(ctx, m)
		if err != nil {
			return true, fmt.Errorf("%s: %w", m.title, err)
		}
		after, err := s.calibrate(ctx)
		if err != nil {
			return true, fmt.Errorf("calibration: %w", err)
		}
		sample.Before, sample.After = before, after
		sample.Regime, sample.Kept = during(before, after)
		before = after
		s.report.Samples = append(s.report.Samples, sample)
		shows[m](float64(s.report.most(m.key))/float64(s.options.Samples), m.figure(sample.Value))
	}
	return some, nil
}

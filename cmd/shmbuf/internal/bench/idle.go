package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// IdleSample is what a process used in a span of time in which it waited for a
// record that did not come.
type IdleSample struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"` // of all its threads
	Wakeups uint64  `json:"wakeups"`     // how often one of its threads went to sleep again
}

// usage of a process since its start.
type usage struct {
	cpu      time.Duration
	switches uint64
}

const (
	// settling is the time a waiter has to fall asleep.
	settling = 200 * time.Millisecond
	// idleTime is how long a waiter is watched in all.
	idleTime = 1800 * time.Millisecond
	minSpans = 9
)

// errWatched ends the two sides when enough was seen.
var errWatched = errors.New("watched long enough")

// measureIdle watches a consumer that waits for a record.
func (s *suite) measureIdle(ctx context.Context, show func(float64, string)) error {
	ctx, done := context.WithCancelCause(ctx)
	defer done(nil)
	watch := func(out io.Reader) error {
		var r job.Result
		err := resultInto(&r)(out)
		if err == nil {
			err = s.watch(ctx, r.PID, show)
		}
		if err == nil || errors.Is(err, errors.ErrUnsupported) { // then there are no figures
			err = errWatched
		}
		done(err)
		return err
	}
	j := s.cases[0].job
	j.Case = job.Idle
	if err := s.both(ctx, s.send, s.receive, j, silence, watch); !errors.Is(err, errWatched) {
		return fmt.Errorf("idle waiter: %w", err)
	}
	return nil
}

// watch takes the samples of a process that waits.
func (s *suite) watch(ctx context.Context, pid int, show func(float64, string)) error {
	if err := sleep(ctx, settling); err != nil {
		return err
	}
	spans := max(minSpans, s.options.Samples)
	span := idleTime / time.Duration(spans)
	if s.options.Quick {
		span /= 2
	}
	before, err := usageOf(pid)
	if err != nil {
		return err
	}
	began := time.Now()
	for i := range spans {
		if err := sleep(ctx, span); err != nil {
			return err
		}
		now, err := usageOf(pid)
		if err != nil {
			return err
		}
		elapsed := time.Since(began)
		began = began.Add(elapsed)
		s.report.Idle = append(s.report.Idle, IdleSample{elapsed.Seconds(), (now.cpu - before.cpu).Seconds(), now.switches - before.switches})
		before = now
		show(float64(i+1)/float64(spans), "")
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

package bench

import (
	"context"
	"math"
	"runtime"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// regimes name what a round trip of two flags says about where two processes run.
// The bounds are nanoseconds.
var regimes = []struct {
	below float64
	name  string
}{
	{85, "one core"},              // two hardware threads
	{260, "one cache complex"},    // a shared last-level cache
	{2000, "far apart"},           // another complex or socket
	{1e18, "sharing a processor"}, // they take turns
}

// notCalibrated is the regime where two processes cannot play with flags.
const notCalibrated = "not calibrated"

func regimeOf(nanoseconds float64) string {
	if nanoseconds <= 0 {
		return notCalibrated
	}
	for _, r := range regimes {
		if nanoseconds < r.below {
			return r.name
		}
	}
	return notCalibrated
}

// steady is how far apart two calibrations in the same place are at most: bounds
// between regimes do not part what lies on both sides of them.
const steady = 1.3

// during is the regime of a sample between two calibrations, unless that changed.
func during(before, after float64) (regime string, kept bool) {
	regime = regimeOf(math.Sqrt(before * after))
	return regime, regimeOf(before) == regimeOf(after) || max(before, after) < steady*min(before, after)
}

// calibrationTime of one calibration, besides the start of its processes.
const calibrationTime = 10 * time.Millisecond

// calibrate measures a round trip of two flags between two processes in
// nanoseconds. It is 0 where that is impossible: without a second processor, or a
// way to share memory without a name.
func (s *suite) calibrate(ctx context.Context) (float64, error) {
	if s.memory == nil || runtime.NumCPU() == 1 {
		return 0, nil
	}
	r, err := s.pair(ctx, goPeer, goPeer, job.Job{Case: job.Flags, Time: calibrationTime})
	if err != nil {
		return 0, err
	}
	s.report.Calibrations = append(s.report.Calibrations, r.Nanoseconds)
	return r.Nanoseconds, nil
}

package bench

import (
	"fmt"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
)

// Sample of a case.
type Sample struct {
	Case    string   `json:"case"`
	Regime  string   `json:"regime"`
	Kept    bool     `json:"kept"` // the regime was the same before and after
	Before  float64  `json:"flags_before_ns"`
	After   float64  `json:"flags_after_ns"`
	Value   float64  `json:"value"` // in Unit
	Unit    string   `json:"unit"`  // records/s, bytes/s, ns
	Records uint64   `json:"records,omitempty"`
	Seconds float64  `json:"seconds,omitempty"`
	Latency *Latency `json:"latency,omitempty"`

	trips [][2]int64
}

// sampleOf makes a sample of what a side has answered.
func (m *measurement) sampleOf(r job.Result) (Sample, error) {
	s := Sample{Case: m.key, Records: r.Records, Seconds: r.Seconds, trips: r.Trips}
	if m.latency() {
		h := newHistogram()
		if err := record(h, r.Trips); err != nil {
			return s, err
		}
		s.Latency = latencyOf(h)
	}
	switch m.job.Case {
	case job.Memcpy:
		s.Value, s.Unit = r.BytesPerSecond, "bytes/s"
	case job.Stream:
		s.Value, s.Unit = r.PerSecond(), "records/s"
	case job.Trip:
		s.Value, s.Unit = r.Nanoseconds, "ns"
	default:
		s.Value, s.Unit = float64(s.Latency.P50), "ns"
	}
	if s.Value <= 0 {
		return s, fmt.Errorf("nothing was measured in %.3f s; give a longer --time", m.job.Time.Seconds())
	}
	return s, nil
}

// figure is a value of this case for people.
func (m *measurement) figure(value float64) string {
	switch {
	case m.latency():
		return screen.Duration(time.Duration(value))
	case m.job.Case == job.Memcpy:
		return fmt.Sprintf("%.2f GB/s", value/1e9)
	}
	return screen.Rate(value) + "/s"
}

// bytesText is a number of bytes for people: in a binary unit where it is a power
// of two.
func bytesText(n uint64) string {
	switch {
	case n&(n-1) != 0 || n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

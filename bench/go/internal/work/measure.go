package work

import (
	"encoding/json"
	"os"
	"slices"
	"time"
)

// Throughput is the result of the cases that count records.
type Throughput struct {
	Records uint64   `json:"records"`
	Seconds float64  `json:"seconds"`
	CPU     *float64 `json:"cpu,omitempty"` // user and system seconds of this process
}

// Timed calls step for the warm records (one at least, because the clock starts
// when the peer is there), then, with the clock running, for the rest.
func Timed(a *Args, step func(from, to uint64) error) (*Throughput, error) {
	warm := max(a.Warm, 1)
	if err := step(0, warm); err != nil {
		return nil, err
	}
	begin, cpu := time.Now(), CPU()
	if err := step(warm, a.Count); err != nil {
		return nil, err
	}
	t := &Throughput{Records: a.Count - warm, Seconds: time.Since(begin).Seconds()}
	if a.Case == "paced" {
		cpu = CPU() - cpu
		t.CPU = &cpu
	}
	return t, nil
}

// Latency is the result of the cases that time rounds, in nanoseconds.
type Latency struct {
	Rounds uint64  `json:"rounds"`
	P50    int64   `json:"p50"`
	P90    int64   `json:"p90"`
	P99    int64   `json:"p99"`
	P999   int64   `json:"p999"`
	Max    int64   `json:"max"`
	Mean   float64 `json:"mean"`
}

// Samples holds every single time: nothing is rounded into buckets, and keeping
// one costs a store.
type Samples struct{ ns []int64 }

// NewSamples has room for n, in memory that is there already.
func NewSamples(n uint64) *Samples {
	s := &Samples{ns: make([]int64, n)}
	for i := range s.ns {
		s.ns[i] = -1 // a page that is touched first here costs no fault later
	}
	s.ns = s.ns[:0]
	return s
}

// Add keeps one time.
func (s *Samples) Add(ns int64) { s.ns = append(s.ns, ns) }

// Latency sums up: percentiles by nearest rank.
func (s *Samples) Latency() *Latency {
	slices.Sort(s.ns)
	var sum float64
	for _, ns := range s.ns {
		sum += float64(ns)
	}
	return &Latency{
		Rounds: uint64(len(s.ns)),
		P50:    s.Quantile(500), P90: s.Quantile(900), P99: s.Quantile(990), P999: s.Quantile(999), Max: s.Quantile(1000),
		Mean: sum / float64(len(s.ns)),
	}
}

// Quantile of sorted samples: the smallest one that so many thousandths of them do
// not exceed.
func (s *Samples) Quantile(thousandths int) int64 {
	rank := (thousandths*len(s.ns) + 999) / 1000
	return s.ns[max(rank, 1)-1]
}

// Sort puts the samples in order for Quantile.
func (s *Samples) Sort() { slices.Sort(s.ns) }

// Laps times rounds that follow each other, from just after one message has been
// sent to just after the next one has. So the clock is read while the message is
// under way, and reading it adds nothing to the round.
type Laps struct {
	*Samples
	warm, round uint64
	begin       time.Time
	last        time.Duration
}

// NewLaps leaves the first warm rounds out.
func NewLaps(a *Args) *Laps {
	return &Laps{Samples: NewSamples(a.Rounds), warm: a.Warm, begin: time.Now()}
}

// Sent is called after each message has been sent, and once when the last has
// come back.
func (l *Laps) Sent() {
	now := time.Since(l.begin)
	if l.round > l.warm {
		l.Add(int64(now - l.last))
	}
	l.last = now
	l.round++
}

// Print writes the one line of result.
func Print(result any) error { return json.NewEncoder(os.Stdout).Encode(result) }

// Ready is what a consumer says when it is about to wait, for good.
var Ready = map[string]bool{"ready": true}

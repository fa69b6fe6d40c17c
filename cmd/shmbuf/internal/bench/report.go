package bench

import (
	"slices"
	"time"
)

// Report is everything that was measured: the JSON.
type Report struct {
	Version       string       `json:"shmbuf"`
	Started       time.Time    `json:"started"`
	Machine       Machine      `json:"machine"`
	Send          string       `json:"send"`
	Receive       string       `json:"receive"`
	Sender        string       `json:"sender"`
	Receiver      string       `json:"receiver"`
	Size          uint64       `json:"size"`
	Ring          uint64       `json:"ring_bytes"`
	Batch         int          `json:"batch"`
	WantedSamples int          `json:"wanted_samples"`
	SampleSeconds float64      `json:"sample_seconds"`
	Calibrations  []float64    `json:"flags_ns"`
	Samples       []Sample     `json:"samples"`
	Idle          []IdleSample `json:"idle"`
	Rows          []Row        `json:"summary"`
}

// Row is the summary of a case in one regime.
type Row struct {
	Case    string   `json:"case"`
	Regime  string   `json:"regime"`
	Samples int      `json:"samples"`
	Median  float64  `json:"median"`
	Lowest  float64  `json:"lowest"`
	Highest float64  `json:"highest"`
	Unit    string   `json:"unit"`
	Latency *Latency `json:"latency,omitempty"` // of all samples together

	measurement *measurement
	picture     string
}

// most tells how many samples a case has in the regime where it has most.
func (r *Report) most(key string) int {
	counts := map[string]int{}
	most := 0
	for _, s := range r.Samples {
		if s.Case == key && s.Kept {
			counts[s.Regime]++
			most = max(most, counts[s.Regime])
		}
	}
	return most
}

// dropped counts the samples during which the regime changed.
func (r *Report) dropped() (n int) {
	for _, s := range r.Samples {
		if !s.Kept {
			n++
		}
	}
	return n
}

// summarize makes the rows: of each case one for each regime, most samples first,
// or an empty one when every sample had to be dropped.
func (r *Report) summarize(cases []*measurement) {
	for _, m := range cases {
		rows := map[string][]Sample{}
		for _, s := range r.Samples {
			if s.Case == m.key && s.Kept {
				rows[s.Regime] = append(rows[s.Regime], s)
			}
		}
		var of []Row
		for regime, samples := range rows {
			of = append(of, rowOf(m, regime, samples))
		}
		if len(of) == 0 {
			of = []Row{{Case: m.key, measurement: m}}
		}
		slices.SortFunc(of, func(a, b Row) int { return b.Samples - a.Samples })
		r.Rows = append(r.Rows, of...)
	}
}

func rowOf(m *measurement, regime string, samples []Sample) Row {
	values := make([]float64, len(samples))
	all := newHistogram()
	for i, s := range samples {
		values[i] = s.Value
		_ = record(all, s.trips) // they went into the histogram of the sample
	}
	row := Row{
		Case: m.key, Regime: regime, Samples: len(samples), Unit: samples[0].Unit, measurement: m,
		Median: median(values), Lowest: slices.Min(values), Highest: slices.Max(values),
	}
	if m.latency() {
		row.Latency, row.picture = latencyOf(all), drawHistogram(all)
	}
	return row
}

// median of values, of which there is at least one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// row of a case in a regime, if there is one.
func (r *Report) row(key, regime string) (Row, bool) {
	for _, row := range r.Rows {
		if row.Case == key && row.Regime == regime {
			return row, true
		}
	}
	return Row{}, false
}

// flags is the median calibration in a regime, 0 when there is none.
func (r *Report) flags(regime string) float64 {
	var in []float64
	for _, ns := range r.Calibrations {
		if regimeOf(ns) == regime {
			in = append(in, ns)
		}
	}
	if len(in) == 0 {
		return 0
	}
	return median(in)
}

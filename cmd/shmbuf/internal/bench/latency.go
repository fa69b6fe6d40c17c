package bench

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
)

// Latency are quantiles in nanoseconds.
type Latency struct {
	Count int64 `json:"count"`
	P50   int64 `json:"p50_ns"`
	P90   int64 `json:"p90_ns"`
	P99   int64 `json:"p99_ns"`
	P999  int64 `json:"p999_ns"`
	Max   int64 `json:"max_ns"`
}

// longest round trip that a histogram holds.
const longest = time.Minute

// newHistogram is one of nanoseconds with three digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest.Nanoseconds(), 3) }

// record adds pairs of nanoseconds and how often they came.
func record(h *hdrhistogram.Histogram, trips [][2]int64) error {
	for _, t := range trips {
		if err := h.RecordValues(max(t[0], 1), t[1]); err != nil {
			return fmt.Errorf("a round trip of %d ns: %w", t[0], err)
		}
	}
	return nil
}

func latencyOf(h *hdrhistogram.Histogram) *Latency {
	at := h.ValueAtPercentile
	return &Latency{Count: h.TotalCount(), P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: h.Max()}
}

const (
	histogramRows  = 10
	histogramWidth = 40
)

// drawHistogram shows where round trips lie, up to the 99 % quantile in steps that
// grow by the same factor; the last row is what took longer.
func drawHistogram(h *hdrhistogram.Histogram) string {
	low, high := float64(h.ValueAtPercentile(0.1)), float64(h.ValueAtPercentile(99))
	if h.TotalCount() == 0 || high <= low {
		return ""
	}
	factor := math.Pow(high/low, 1.0/histogramRows)
	var counts [histogramRows + 1]int64 // the last: beyond high
	for _, bar := range h.Distribution() {
		if bar.Count > 0 {
			row := int(math.Log(float64(bar.From)/low) / math.Log(factor))
			counts[min(max(row, 0), histogramRows)] += bar.Count
		}
	}
	most := int64(1)
	for _, n := range counts {
		most = max(most, n)
	}
	var b strings.Builder
	for i, n := range counts {
		from := low * math.Pow(factor, float64(i))
		share := 100 * float64(n) / float64(h.TotalCount())
		width := int(math.Ceil(float64(n) / float64(most) * histogramWidth))
		row := fmt.Sprintf("  from %8s %6.2f %% %s", screen.Duration(time.Duration(from)), share, strings.Repeat("▇", width))
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return b.String()
}

package bench

import (
	"strings"
	"testing"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

func TestRegimes(t *testing.T) {
	for ns, want := range map[float64]string{
		0: notCalibrated, 50: "one core", 84.9: "one core", 85: "one cache complex", 120: "one cache complex", 550: "far apart", 1e6: "sharing a processor",
	} {
		if got := regimeOf(ns); got != want {
			t.Errorf("%v ns is %q, want %q", ns, got, want)
		}
	}
	for _, test := range []struct {
		before, after float64
		kept          bool
	}{
		{110, 120, true},
		{90, 200, true},
		{50, 120, false},
		{120, 550, false},
		{550, 120, false},
		{80, 95, true}, // the same place, whatever lies between
		{0, 0, true},   // nothing is known
	} {
		if regime, kept := during(test.before, test.after); kept != test.kept {
			t.Errorf("%v ns before and %v after: kept %v (%s)", test.before, test.after, kept, regime)
		}
	}
}

// Samples of different regimes are never mixed, dropped ones count nowhere.
func TestSummary(t *testing.T) {
	m := &measurement{key: "stream", job: job.Job{Case: job.Stream}}
	other := &measurement{key: "trip", job: job.Job{Case: job.Trip}}
	r := Report{WantedSamples: 3}
	add := func(regime string, kept bool, values ...float64) {
		for _, v := range values {
			r.Samples = append(r.Samples, Sample{Case: "stream", Regime: regime, Kept: kept, Value: v, Unit: "records/s"})
		}
	}
	add("one core", true, 10, 30)
	add("far apart", true, 1, 2, 9)
	add("far apart", false, 1000)
	if n := r.most("stream"); n != 3 {
		t.Errorf("%d samples in the best regime, want 3", n)
	}
	r.summarize([]*measurement{m, other})
	if len(r.Rows) != 3 || r.dropped() != 1 {
		t.Fatalf("%d rows, %d dropped; want 3 and 1", len(r.Rows), r.dropped())
	}
	far, core, none := r.Rows[0], r.Rows[1], r.Rows[2]
	if far.Regime != "far apart" || far.Samples != 3 || far.Median != 2 || far.Lowest != 1 || far.Highest != 9 {
		t.Errorf("far apart: %+v", far)
	}
	if core.Regime != "one core" || core.Samples != 2 || core.Median != 20 {
		t.Errorf("one core: %+v", core)
	}
	if none.Case != "trip" || none.Samples != 0 {
		t.Errorf("a case without samples: %+v", none)
	}
	if shown := r.shown(); len(shown) != 2 { // one core has too few beside the other
		t.Errorf("%d rows are shown, want 2", len(shown))
	}
	if text := r.figures(); !strings.Contains(text, "it changed in every sample") {
		t.Errorf("the case without samples is not shown:\n%s", text)
	}
}

func TestLatency(t *testing.T) {
	h := newHistogram()
	if err := record(h, [][2]int64{{0, 1}, {100, 890}, {200, 100}, {5000, 9}, {1_000_000, 1}}); err != nil {
		t.Fatal(err)
	}
	l := latencyOf(h)
	if l.Count != 1001 || l.P50 != 100 || l.P90 != 200 || l.P99 != 200 || l.P999 < 4990 || l.P999 > 5010 || l.Max < 999_000 {
		t.Errorf("%+v", l)
	}
	if err := record(h, [][2]int64{{longest.Nanoseconds() * 10, 1}}); err == nil {
		t.Error("ten minutes fit into a histogram of one")
	}
	picture := drawHistogram(h)
	if lines := strings.Count(picture, "\n"); lines != histogramRows+1 {
		t.Errorf("%d lines, want %d:\n%s", lines, histogramRows+1, picture)
	}
	if !strings.Contains(picture, " 88.91 % "+strings.Repeat("▇", histogramWidth)) {
		t.Errorf("the longest bar is not that of most trips:\n%s", picture)
	}
}

// Rings hold several records and are powers of two; batches fit, and warm-ups end.
func TestJobs(t *testing.T) {
	for _, size := range []uint64{MinSize, 64, 4096, 1 << 20, 6_220_800, MaxSize} {
		o := Options{Size: size, Send: Go, Receive: Go}
		for _, mode := range []string{job.Copy, job.Batch, job.Run, job.Place} {
			j := o.stream(mode)
			if j.Ring&(j.Ring-1) != 0 || j.Ring < ringRecords*size || j.Batch < 1 || uint64(j.Batch)*size > j.Ring/2 ||
				j.Chunk < j.Batch || mode != job.Place && j.Chunk%j.Batch != 0 || j.Warm < 2 || j.Every != 1 {
				t.Errorf("%d bytes, %s: %+v", size, mode, j)
			}
		}
		if j := o.trip(); j.Chunk < 1 || j.Warm < 1 || j.Warm*size > 8*MaxSize {
			t.Errorf("%d bytes there and back: %+v", size, j)
		}
	}
	if j := (Options{Size: 64, Send: Go, Receive: Python}).stream(job.Copy); j.Every != j.Chunk {
		t.Errorf("with Python every %d-th record is checked, want every %d-th", j.Every, j.Chunk)
	}
}

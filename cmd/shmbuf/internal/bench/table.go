package bench

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
)

// print writes everything for people.
func (r *Report) print(w io.Writer) error {
	parts := []string{r.headline(), r.figures(), r.latencies()}
	for i, row := range r.Rows {
		if row.picture != "" && !row.measurement.limit && r.isFirst(i) {
			parts = append(parts, fmt.Sprintf("%s, %s:\n%s", row.measurement.title, row.Regime, row.picture))
		}
	}
	parts = append(parts, r.notes())
	_, err := fmt.Fprintln(w, strings.Join(parts, "\n"))
	return err
}

// isFirst tells whether a row is the one of its case with most samples.
func (r *Report) isFirst(i int) bool { return i == 0 || r.Rows[i-1].Case != r.Rows[i].Case }

// fewSamples make no row of the table, unless the case has no other.
const fewSamples = 3

func (r *Report) shown() (rows []Row) {
	for i, row := range r.Rows {
		if r.isFirst(i) || row.Samples >= fewSamples {
			rows = append(rows, row)
		}
	}
	return rows
}

func (r *Report) headline() string {
	lines := []string{
		fmt.Sprintf("records of %s from %s to %s", bytesText(r.Size), r.Sender, r.Receiver),
		r.Machine.String(),
	}
	for _, regime := range regimes {
		if ns := r.flags(regime.name); ns > 0 {
			lines = append(lines, fmt.Sprintf("two flags between two processes: %.0f ns there and back (%s)", ns, regime.name))
		}
	}
	return strings.Join(lines, "\n")
}

// newTable is one whose columns behind the first few are figures.
func newTable(header table.Row, texts int) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(header)
	var configs []table.ColumnConfig
	for n := texts + 1; n <= len(header); n++ {
		configs = append(configs, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
	return t
}

func (r *Report) figures() string {
	t := newTable(table.Row{"", "regime", "samples", "median", "lowest – highest", "GB/s", "of the limit"}, 2)
	for _, row := range r.shown() {
		m := row.measurement
		if row.Samples == 0 {
			t.AppendRow(table.Row{m.title, "it changed in every sample", 0, "–", "", "", ""})
			continue
		}
		t.AppendRow(table.Row{
			m.title, row.Regime, row.Samples, m.figure(row.Median),
			m.figure(row.Lowest) + " – " + m.figure(row.Highest), r.bandwidth(row), r.againstLimit(row),
		})
	}
	if len(r.Idle) > 0 {
		cpu, wakeups := make([]float64, len(r.Idle)), make([]float64, len(r.Idle))
		for i, s := range r.Idle {
			cpu[i], wakeups[i] = 100*s.CPU/s.Seconds, float64(s.Wakeups)/s.Seconds
		}
		t.AppendRow(spread("idle waiter, CPU", "%.3f %%", cpu))
		t.AppendRow(spread("idle waiter, wake-ups", "%.0f/s", wakeups))
	}
	return t.Render()
}

func spread(title, format string, values []float64) table.Row {
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	return table.Row{title, "", len(values), fmt.Sprintf(format, median(values)), fmt.Sprintf(format+" – "+format, low, high), "", ""}
}

// bandwidth of the records' bytes, where they are copied.
func (r *Report) bandwidth(row Row) string {
	if row.measurement.job.Case != job.Stream || row.measurement.call == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", row.Median*float64(r.Size)/1e9)
}

// farFromLimit is the size from which on copying, and not the way, is what a round
// trip takes.
const farFromLimit = 4096

// againstLimit compares with what the machine can do at all.
func (r *Report) againstLimit(row Row) string {
	switch m := row.measurement; {
	case m.limit:
		return "limit"
	case m.job.Case == job.Trip:
		if ns := r.flags(row.Regime); ns > 0 && r.Size <= farFromLimit {
			return fmt.Sprintf("%.2f × flags", row.Median/ns)
		}
	case m.job.Case == job.Wake:
		if futex, ok := r.row("futex", row.Regime); ok {
			return fmt.Sprintf("%.2f × futex", row.Median/futex.Median)
		}
	case m.call > 0:
		if limit := r.memcpy(m.call); limit > 0 {
			return fmt.Sprintf("%.0f %% of memcpy", 100*row.Median*float64(r.Size)/limit)
		}
	}
	return ""
}

// memcpy is the median rate of copying so many bytes, in whatever regime: one
// process does it.
func (r *Report) memcpy(size int) float64 {
	var values []float64
	for _, row := range r.Rows {
		if row.Samples > 0 && row.measurement.job.Case == job.Memcpy && row.measurement.job.Size == size {
			values = append(values, row.Median)
		}
	}
	if len(values) == 0 {
		return 0
	}
	return median(values)
}

func (r *Report) latencies() string {
	t := newTable(table.Row{"each trip timed", "regime", "trips", "p50", "p90", "p99", "p99.9", "max"}, 2)
	for _, row := range r.shown() {
		if l := row.Latency; l != nil {
			d := func(ns int64) string { return screen.Duration(time.Duration(ns)) }
			t.AppendRow(table.Row{row.measurement.title, row.Regime, l.Count, d(l.P50), d(l.P90), d(l.P99), d(l.P999), d(l.Max)})
		}
	}
	return t.Render()
}

func (r *Report) notes() string {
	lines := []string{
		fmt.Sprintf("Each sample: two new processes, %.0f ms, between two calibrations; ring of %s.", 1e3*r.SampleSeconds, bytesText(r.Ring)),
		"Batches and runs are copied in and looked at in place; in place is that on both sides, with nothing copied.",
		"Spinning: trips without a look at the clock; the second table has it in each. Asleep: median of the time both ways take.",
	}
	if n := r.dropped(); n > 0 {
		lines = append(lines, fmt.Sprintf("%d of %d samples were dropped: the regime changed meanwhile.", n, len(r.Samples)))
	}
	if short := r.short(); short > 0 {
		lines = append(lines, fmt.Sprintf("Rows with fewer than %d samples: %d. The time was over, or that regime did not last.", r.WantedSamples, short))
	}
	return strings.Join(lines, "\n")
}

// short counts the rows with fewer samples than were wanted.
func (r *Report) short() (n int) {
	for _, row := range r.shown() {
		if row.Samples < r.WantedSamples {
			n++
		}
	}
	return n
}

package demo

import (
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// writeTable prints what all runs measured.
func writeTable(w io.Writer, runs []*run) error {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"between two Go processes", "records", "per second", "GB/s", "p50", "p99"})
	configs := make([]table.ColumnConfig, 0, 5)
	for n := 2; n <= 6; n++ {
		configs = append(configs, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
	for _, r := range runs {
		res := r.result
		t.AppendRow(table.Row{
			r.title, res.Records, rate(res.perSecond()), fmt.Sprintf("%.2f", res.gigabytesPerSecond()),
			duration(res.P50), duration(res.P99),
		})
	}
	_, err := fmt.Fprintf(w, "%s\n%s\n", t.Render(),
		"Every record was checked where it arrived (pictures: order, CRC-32C, the number drawn in them).\n"+
			"p50, p99: age of a picture on arrival; there and back: one round trip, both sides spinning.")
	return err
}

// rate with three digits or so: 412, 38.1 k, 12.4 M.
func rate(perSecond float64) string {
	switch {
	case perSecond >= 1e6:
		return fmt.Sprintf("%.1f M", perSecond/1e6)
	case perSecond >= 1e4:
		return fmt.Sprintf("%.1f k", perSecond/1e3)
	}
	return fmt.Sprintf("%.0f", perSecond)
}

// duration with three digits; nothing where it was not measured.
func duration(d time.Duration) string {
	switch {
	case d == 0:
		return "–"
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1e3)
	}
	return fmt.Sprintf("%.2f ms", float64(d.Nanoseconds())/1e6)
}

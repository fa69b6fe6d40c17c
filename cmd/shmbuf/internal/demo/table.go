package demo

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
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
			r.title, res.Records, screen.Rate(res.perSecond()), fmt.Sprintf("%.2f", res.gigabytesPerSecond()),
			screen.Duration(res.P50), screen.Duration(res.P99),
		})
	}
	_, err := fmt.Fprintf(w, "%s\n%s\n", t.Render(),
		"Every record was checked where it arrived (pictures: order, CRC-32C, the number drawn in them).\n"+
			"p50, p99: age of a picture on arrival; there and back: one round trip, both sides spinning.")
	return err
}

package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/flags"
)

const lsHelp = `List the channels of this machine that you may read, one a line. Objects that are
not channels, and channels that are damaged, are left out; shmbuf info says why.

PRODUCER and CONSUMERS give the pid of the process that has the role, or had it
last, and what became of it: active, attached, closed, left, died. FILL is the
share of the ring that waits to be read.

With --json the output is an array of channels, empty where there are none.

` + schemaHelp

func newLs() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "ls",
		Aliases: []string{"list"},
		Short:   "List the channels of this machine",
		Long:    lsHelp,
		Args:    noArguments,
		RunE:    func(*cobra.Command, []string) error { return ls(asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func ls(asJSON bool) error {
	infos, err := shmbuf.List()
	if err != nil {
		return err
	}
	if asJSON {
		views := make([]channelView, 0, len(infos))
		for _, info := range infos {
			views = append(views, viewOf(info))
		}
		return writeJSON(os.Stdout, views)
	}
	if len(infos) == 0 {
		fmt.Fprintln(os.Stderr, "shmbuf: there are no channels")
		return nil
	}
	return writeList(os.Stdout, infos)
}

func writeList(w io.Writer, infos []*shmbuf.Info) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tLAYOUT\tCAPACITY\tFORMAT\tPRODUCER\tCONSUMERS\tFILL\tCONTENT TYPE")
	for _, i := range infos {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%.0f%%\t%s\n",
			i.Name, i.Layout, flags.FormatSize(i.Capacity), formatText(i),
			peerText(i.Producer), consumersText(i.Consumers), 100*i.Fill, contentText(i.ContentType))
	}
	return t.Flush()
}

// formatText names the record format: variable, or fixed with the size.
func formatText(i *shmbuf.Info) string {
	if i.Format == "fixed" {
		return fmt.Sprintf("fixed:%d", i.RecordSize)
	}
	return i.Format
}

func contentText(contentType string) string {
	if contentType == "" {
		return "-"
	}
	return printable(contentType)
}

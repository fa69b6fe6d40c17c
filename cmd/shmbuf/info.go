package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/flags"
)

const infoHelp = `Describe a channel: what it is made for, who is on it, and what waits in it. This
takes no role and disturbs nobody.

With --json the output is one channel.

` + schemaHelp

func newInfo() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:               "info NAME",
		Short:             "Describe a channel",
		Long:              infoHelp,
		Args:              oneName,
		ValidArgsFunction: completeName,
		RunE:              func(_ *cobra.Command, args []string) error { return info(args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func info(name string, asJSON bool) error {
	i, err := shmbuf.Inspect(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noSuchChannel("info", name, err)
	case err != nil:
		return invalidIsUsage(err)
	case asJSON:
		return writeJSON(os.Stdout, viewOf(i))
	}
	return writeInfo(os.Stdout, i)
}

func writeInfo(w io.Writer, i *shmbuf.Info) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(key, format string, args ...any) { fmt.Fprintf(t, "%s:\t%s\n", key, fmt.Sprintf(format, args...)) }
	line("name", "%s", i.Name)
	if i.Version > 0 {
		line("layout", "%s, version %d", i.Layout, i.Version)
	} else {
		line("layout", "%s", i.Layout)
	}
	if i.Format == "fixed" {
		line("records", "fixed size, %d bytes, %d in the ring, aligned to %d", i.RecordSize, i.RecordCount, i.Alignment)
	} else {
		line("records", "variable size, up to %d bytes, aligned to %d", i.MaxRecord, i.Alignment)
	}
	line("content type", "%s", contentText(i.ContentType))
	line("capacity", "%s", flags.FormatSize(i.Capacity))
	line("segment", "%d bytes, mode %04o%s%s", i.SegmentSize, i.Mode.Perm(), option(i.Times, ", publication times"), option(i.Keep, ", kept"))
	if i.Version > 0 {
		line("segment id", "%s, created %s", i.SegmentID, clock(i.Created))
		line("published", "%d records", i.Records)
	}
	line("producer", "%s", peerLine(i.Producer))
	for _, c := range i.Consumers {
		text := peerLine(c.PeerInfo)
		if c.State != "free" && c.State != "unknown" {
			text += fmt.Sprintf(", %s, %d records behind", c.Policy, c.LagRecords)
		}
		line(fmt.Sprintf("consumer %d", c.Slot), "%s", text)
	}
	line("fill", "%.1f%%", 100*i.Fill)
	return t.Flush()
}

// peerLine is peerText and what else is known.
func peerLine(p shmbuf.PeerInfo) string {
	text := peerText(p)
	if p.Attached.IsZero() {
		return text
	}
	return fmt.Sprintf("%s, %s, since %s, number %d in this role", text, p.Language, clock(p.Attached), p.Epoch)
}

func option(set bool, text string) string {
	if set {
		return text
	}
	return ""
}

func clock(t time.Time) string { return t.Local().Format(time.DateTime) }

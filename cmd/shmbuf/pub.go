package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/flags"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/input"
)

const pubHelp = `Send standard input as records, and close the channel at end of input.

Framing (where a record ends):
  lines     every line is a record, without its newline; a last line without
            a newline is a record too
  length    every record follows its length, an unsigned 32-bit little-endian word
  fixed:N   every N bytes are a record (N takes units as --capacity does); the
            input must be a multiple of N

With length and fixed:N large records are read straight into the ring.

The channel has variable-size records whatever the framing. Its capacity is 1MiB
unless given; with fixed:N it is the next power of two that holds 8 records where
that is more. The longest record of a native channel is its capacity less 16 bytes
(24 with --times), of a classic one its capacity less 4.

pub waits while the channel is full, also for a first consumer, and for another
one when the consumer goes away or dies; --timeout limits how long. It does not
wait at the end: records that nobody has read yet stay in the channel until a
consumer has drained it.

A live producer of the same name is an error. The channel of a producer that is
gone is continued when layout, capacity, alignment, content type, --times and
--keep are the same, and replaced otherwise. A classic object is always replaced.

The classic layout has no end of stream and no empty records; --content-type,
--times and --alignment need the native layout.

SIGINT and SIGTERM end the input: the channel is closed, and the status is 0
unless part of a record was already read.`

type pubOptions struct {
	capacity    flags.Size
	layout      flags.Layout
	framing     flags.Input
	contentType string
	keep        bool
	times       bool
	alignment   flags.Size
	mode        flags.Mode
	timeout     flags.Duration
}

func newPub() *cobra.Command {
	o := &pubOptions{framing: flags.Input{Kind: "lines"}}
	cmd := &cobra.Command{
		Use:   "pub NAME",
		Short: "Send standard input as records",
		Long:  pubHelp,
		Example: `  tail -f log | shmbuf pub log
  shmbuf pub video --framing fixed:6220800 < frames.bgr`,
		Args:              oneName,
		ValidArgsFunction: completeName,
		RunE:              func(cmd *cobra.Command, args []string) error { return pub(cmd.Context(), args[0], o) },
	}
	f := cmd.Flags()
	f.VarP(&o.capacity, "capacity", "c", "size of the ring: a power of two from 4KiB, such as 64KiB or 1MiB (default 1MiB)")
	f.Var(&o.layout, "layout", "wire layout")
	f.VarP(&o.framing, "framing", "f", "where a record ends in the input")
	f.StringVar(&o.contentType, "content-type", "", "text that describes the records to tools")
	f.BoolVar(&o.keep, "keep", false, "leave the channel in place when everybody has left")
	f.BoolVar(&o.times, "times", false, "store the time of publication with each record")
	f.Var(&o.alignment, "alignment", "alignment of records in memory: a power of two from 8 to 4096 (default 8)")
	f.Var(&o.mode, "mode", "permission bits of the channel (default 0600; classic: 0666 less the umask)")
	f.VarP(&o.timeout, "timeout", "t", "longest wait for space in the channel; 0 waits for ever")
	_ = cmd.RegisterFlagCompletionFunc("layout", words("native", "classic"))
	_ = cmd.RegisterFlagCompletionFunc("framing", words("lines", "length", "fixed:"))
	return cmd
}

func pub(ctx context.Context, name string, o *pubOptions) (err error) {
	opts, err := o.channel(name)
	if err != nil {
		return err
	}
	stdin, err := input.NewStdin(ctx, os.Stdin)
	if err != nil {
		return errorf("pub %s: %w", name, err)
	}
	p, err := shmbuf.Create(name, opts)
	if err != nil {
		return invalidIsUsage(err)
	}
	s := &sender{ctx: ctx, p: p, name: name, timeout: o.timeout.Value(), classic: opts.Layout == shmbuf.Classic}
	s.noteDiscarded(os.Stderr)
	defer func() {
		// Also after an error: consumers get what was sent, and an end.
		if closeErr := p.Close(); err == nil {
			err = closeErr
		}
	}()
	switch o.framing.Kind {
	case "length":
		err = s.messages(stdin)
	case "fixed":
		err = s.chunks(stdin, int(o.framing.Size))
	default:
		err = s.lines(stdin)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, input.ErrInterrupted) {
		return nil
	}
	return err
}

// channel turns the options of the command into those of the library.
func (o *pubOptions) channel(name string) (*shmbuf.Options, error) {
	opts := &shmbuf.Options{
		Layout: shmbuf.Layout(o.layout), Capacity: uint64(o.capacity), ContentType: o.contentType,
		Keep: o.keep, Times: o.times, AwaitPeer: true, Mode: fs.FileMode(o.mode),
	}
	if o.alignment > 4096 {
		return nil, usagef("pub %s: --alignment %d; give a power of two from 8 to 4096", name, o.alignment)
	}
	opts.Alignment = uint32(o.alignment)
	if opts.Layout == shmbuf.Classic {
		opts.Keep = false // a classic object always stays
		switch {
		case o.times:
			return nil, usagef("pub %s: --times needs --layout native", name)
		case o.contentType != "":
			return nil, usagef("pub %s: --content-type needs --layout native", name)
		case o.alignment != 0:
			return nil, usagef("pub %s: --alignment needs --layout native", name)
		}
	}
	if o.framing.Kind == "fixed" {
		return opts, sizeFor(name, opts, uint64(o.framing.Size))
	}
	return opts, nil
}

// Limits of spec/PROTOCOL.md that decide which capacity holds a record.
const (
	nativeMaxCapacity  = 1 << 40
	classicMaxCapacity = 1 << 31
)

// sizeFor chooses the capacity for records of n bytes where none was given, and
// refuses one that can never hold such a record before a channel is made.
func sizeFor(name string, opts *shmbuf.Options, n uint64) error {
	header, limit := uint64(16), uint64(nativeMaxCapacity)
	switch {
	case opts.Layout == shmbuf.Classic:
		header, limit = 4, classicMaxCapacity
	case opts.Times:
		header = 24
	}
	if n > limit-header {
		return usagef("pub %s: --framing fixed:%d; no %s channel holds a record of more than %d bytes", name, n, opts.Layout, limit-header)
	}
	if opts.Capacity == 0 {
		align := max(uint64(opts.Alignment), 8)
		stride := (n + header + align - 1) / align * align
		opts.Capacity = min(max(powerOfTwoAbove(8*stride), shmbuf.DefaultCapacity), limit)
	}
	usable := opts.Capacity
	if opts.Layout == shmbuf.Classic {
		usable = 1 << (bits.Len64(usable) - 1)
	}
	if usable < n+header {
		return usagef("pub %s: --capacity %s can never hold a record of %d bytes; give at least %s",
			name, flags.FormatSize(opts.Capacity), n, flags.FormatSize(powerOfTwoAbove(n+header)))
	}
	return nil
}

// powerOfTwoAbove is the smallest power of two that is not less than n.
func powerOfTwoAbove(n uint64) uint64 { return 1 << bits.Len64(n-1) }

// waitLimit is ctx, ended after timeout unless that is 0.
func waitLimit(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}

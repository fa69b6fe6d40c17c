package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/flags"
)

const subHelp = `Write the records of a channel to standard output, until the end of the stream.

Framing (what is written):
  lines     every record and a newline; a record that contains newlines is
            written as it is
  length    every record after its length, an unsigned 32-bit little-endian word
  raw       the bytes of the records and nothing else

sub may be started before the producer: --wait says how long the channel may take
to appear (0 does not wait). --timeout ends it when no record comes for that long;
both end with status 3. With --count it ends after so many records and leaves the
others to the next sub.

A classic channel has no end of stream: end it with --count or --timeout.

A native channel is removed when its producer has closed it and its consumer has
drained it and left. It stays with --keep, and when the producer (pub --keep) asked
for that.

When the producer ends without closing, sub writes what was sent and ends with
status 1; with --await-producer it waits for a successor. When a producer replaces
the channel by a new one of the same name, sub goes on with the new one.

Records are given back to the channel after they have been written out: a record
that standard output did not take, because the pipe was closed or sub was
interrupted, stays for the next sub. A closed pipe ends sub quietly with status 0,
SIGINT and SIGTERM end it with status 1. Only if sub is killed between writing and
giving back does the next sub write the same records again.`

type subOptions struct {
	wait    flags.Duration
	timeout flags.Duration
	count   flags.Count
	framing flags.Output
	await   bool
	keep    bool
}

func newSub() *cobra.Command {
	o := &subOptions{wait: flags.Duration(5 * time.Second), framing: "lines"}
	cmd := &cobra.Command{
		Use:   "sub NAME",
		Short: "Write the records of a channel to standard output",
		Long:  subHelp,
		Example: `  shmbuf sub log
  shmbuf sub log --count 10 --timeout 5s
  shmbuf sub video --framing raw --wait 1m | ffplay -f rawvideo -pixel_format bgr24 -video_size 1920x1080 -`,
		Args:              oneName,
		ValidArgsFunction: completeName,
		RunE:              func(cmd *cobra.Command, args []string) error { return sub(cmd.Context(), args[0], o) },
	}
	f := cmd.Flags()
	f.VarP(&o.wait, "wait", "w", "longest wait for the channel to appear; 0 does not wait")
	f.VarP(&o.timeout, "timeout", "t", "longest wait for a record; 0 waits for ever")
	f.VarP(&o.count, "count", "n", "end after so many records")
	f.VarP(&o.framing, "framing", "f", "what is written between records")
	f.BoolVar(&o.keep, "keep", false, "leave the channel in place when it is drained and its producer has closed it")
	f.BoolVar(&o.await, "await-producer", false, "wait for a successor when the producer dies")
	_ = cmd.RegisterFlagCompletionFunc("framing", words("lines", "length", "raw"))
	return cmd
}

func sub(ctx context.Context, name string, o *subOptions) error {
	s := &subscriber{ctx: ctx, name: name, opts: o, batch: 1, out: newOutput(os.Stdout, string(o.framing))}
	for {
		c, err := s.open()
		if err != nil {
			return err
		}
		err = s.drain(c)
		if closeErr := c.Close(); err == nil {
			err = closeErr
		}
		if errors.Is(err, shmbuf.ErrRetired) {
			s.following = true
			continue
		}
		return s.explain(err)
	}
}

// subscriber carries the state of one sub over the channels it follows.
type subscriber struct {
	ctx       context.Context
	name      string
	opts      *subOptions
	out       *output
	written   uint64 // records given back after they were written
	batch     int    // records to take in one step
	following bool   // a channel has been replaced or removed
}

// open attaches to the channel, waiting for it within the time allowed.
func (s *subscriber) open() (*shmbuf.Consumer, error) {
	opts := &shmbuf.ConsumerOptions{AwaitPeer: s.opts.await, Keep: s.opts.keep}
	wait := s.opts.wait.Value()
	var c *shmbuf.Consumer
	var err error
	if wait == 0 {
		c, err = shmbuf.Open(s.name, opts)
	} else {
		limit, cancel := waitLimit(s.ctx, wait)
		c, err = shmbuf.OpenWait(limit, s.name, opts)
		cancel()
	}
	switch {
	case err == nil:
		return c, nil
	case s.following && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, context.DeadlineExceeded)):
		return nil, errorf("sub %s: the channel was removed after %d records, and no new one appeared within %s; start the producer again",
			s.name, s.written, wait)
	case errors.Is(err, fs.ErrNotExist):
		return nil, errorf("sub %s: there is no such channel; start its producer (shmbuf pub %s) or allow some time with --wait", s.name, s.name)
	case errors.Is(err, context.DeadlineExceeded):
		return nil, timeoutf("sub %s: the channel did not appear within %s; start its producer (shmbuf pub %s) or give a longer --wait",
			s.name, wait, s.name)
	case errors.Is(err, shmbuf.ErrBusy):
		return nil, errorf("sub %s: another consumer is attached; stop it first (shmbuf info %s says which)", s.name, s.name)
	}
	return nil, s.explain(invalidIsUsage(err))
}

// explain gives the endings of a stream their messages.
func (s *subscriber) explain(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, context.Canceled):
		return errorf("sub %s: interrupted after %d records; the rest stays in the channel", s.name, s.written)
	case errors.Is(err, context.DeadlineExceeded):
		return timeoutf("sub %s: no record for %s, after %d records; see shmbuf info %s", s.name, s.opts.timeout.Value(), s.written, s.name)
	case errors.Is(err, shmbuf.ErrPeerDied):
		return errorf("sub %s: the producer died without closing the channel, after %d records; start a successor, or remove the channel (shmbuf rm %s)",
			s.name, s.written, s.name)
	}
	return err
}

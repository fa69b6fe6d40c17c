package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/peer"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/flags"
)

const benchHelp = `Measure what shmbuf does on this machine, between two processes.

Streams one way (a record a call, batches, fixed-size runs, in place), round trips
(both sides spinning, both asleep) with their latencies, and what a waiter costs;
beside them what the machine can do at all: two flags between two processes, memcpy,
a bare futex. All with default options: nothing is pinned, no privilege is needed.

The processors that two processes get, and how far apart these are, change the
figures tenfold. So a calibration with two flags runs before and after each sample
and names the regime ("one core", "one cache complex", "far apart", "sharing a
processor"); a sample during which that changed is dropped and repeated, and the
table has medians of each regime. Let the machine be idle meanwhile.

It takes less than a minute, with --quick less than 15 seconds; --samples and --time
make it as long as they need.

--pair names the languages of the two sides, the sender (or the side that starts a
round trip) first. Python needs the package shmbuf: --python, else $PYTHON, else
python3. C++ needs a compiler ($CXX, else c++) and the headers: --cpp-include, else
pkg-config. The checkout that this program was built in is looked at last. Every
record is numbered and checked where it arrives; where one side is Python, which
takes longer for that than for a record, only one of some thousands is.`

func newBench() *cobra.Command {
	o := bench.Options{}
	size, pair := flags.Size(64), flags.Pair{Send: bench.Go, Receive: bench.Go}
	var samples flags.Count
	var sampleTime flags.Duration
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure throughput and latency on this machine",
		Long:  benchHelp,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Size, o.Send, o.Receive = uint64(size), pair.Send, pair.Receive
			o.Samples, o.Time = int(min(samples, maxBenchSamples+1)), sampleTime.Value()
			return runBench(cmd, o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.Quick, "quick", false, "3 short samples of each case instead of 9")
	f.StringVar(&o.JSON, "json", "", "write every sample to this `FILE`")
	f.Var(&size, "size", "bytes of a record, 8B to 64MiB")
	f.Var(&pair, "pair", "languages of the two sides")
	f.Var(&samples, "samples", "samples of each case in one regime, up to 1000 (default 9)")
	f.Var(&sampleTime, "time", "length of a sample, 1ms to 10s (default 200ms)")
	f.StringVar(&o.Python, "python", "", "`PROGRAM` to run Python sides with")
	f.StringVar(&o.CPPInclude, "cpp-include", "", "`DIR` of the C++ headers")
	_ = cmd.RegisterFlagCompletionFunc("pair", words(flags.Pairs()...))
	_ = cmd.RegisterFlagCompletionFunc("size", words("8", "64", "1KiB", "4KiB", "64KiB", "1MiB", "6220800"))
	_ = cmd.RegisterFlagCompletionFunc("samples", words("3", "9", "25"))
	_ = cmd.RegisterFlagCompletionFunc("time", words("100ms", "200ms", "1s"))
	_ = cmd.MarkFlagDirname("cpp-include")
	return cmd
}

// Limits of the options.
const (
	maxBenchSamples = 1000
	minBenchTime    = time.Millisecond
	maxBenchTime    = 10 * time.Second
)

func runBench(cmd *cobra.Command, o bench.Options) error {
	if err := bench.CheckSize(o.Size); err != nil {
		return usagef("bench: --size: %w", err)
	}
	if o.Samples > maxBenchSamples {
		return usagef("bench: --samples is more than %d", maxBenchSamples)
	}
	if cmd.Flags().Changed("time") && (o.Time < minBenchTime || o.Time > maxBenchTime) {
		return usagef("bench: --time %v; give %v to %v", o.Time, minBenchTime, maxBenchTime)
	}
	err := bench.Run(cmd.Context(), o, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, context.Canceled):
		return errorf("bench: interrupted; its channels are removed")
	case err != nil:
		return errorf("bench: %w", err)
	}
	return nil
}

// newBenchPeer is one side of a measurement, started by the benchmark itself.
func newBenchPeer() *cobra.Command {
	return &cobra.Command{
		Use:    "bench-peer CASE ROLE [KEY=VALUE]...",
		Short:  "One side of a measurement",
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := job.Parse(args)
			if err != nil {
				return usagef("bench-peer: %w", err)
			}
			return peer.Run(cmd.Context(), j, os.Stdin, os.Stdout)
		},
	}
}

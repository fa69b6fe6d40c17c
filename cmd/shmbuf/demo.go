package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/demo"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/flags"
)

const demoHelp = `Show what shmbuf does on this machine, with nothing to install.

The demo starts itself as producer and consumer, sends a moving test card as fast
as it goes and then at a steady rate, and small messages one way and there and
back. The consumer checks every record. It takes about 10 seconds, and removes its
channels.`

func newDemo() *cobra.Command {
	o := demo.Options{}
	frames, fps := flags.Count(0), flags.Count(60)
	size := flags.Picture{Width: 1920, Height: 1080}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show pictures and messages crossing between processes",
		Long:  demoHelp,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Frames, o.FPS = uint64(frames), uint64(fps)
			o.Width, o.Height = size.Width, size.Height
			return runDemo(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.Var(&frames, "frames", "pictures of each run (default 300, or fewer where 4 seconds do not suffice)")
	f.Var(&size, "size", "size of the pictures")
	f.Var(&fps, "fps", "pictures a second of the steady run, up to 1000")
	return cmd
}

func runDemo(ctx context.Context, o demo.Options) error {
	if o.FPS > 1000 {
		return usagef("demo: --fps %d; give 1 to 1000", o.FPS)
	}
	if _, err := demo.NewCard(o.Width, o.Height); err != nil {
		return usagef("demo: --size: %w", err)
	}
	err := demo.Run(ctx, o, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, context.Canceled):
		return errorf("demo: interrupted; its channels are removed")
	case err != nil:
		return errorf("demo: %w", err)
	}
	return nil
}

// newDemoPeer is one side of a run of the demo, started by the demo itself.
func newDemoPeer() *cobra.Command {
	return &cobra.Command{
		Use:    "demo-peer JOB",
		Short:  "One side of the demo",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var job demo.Job
			if err := json.Unmarshal([]byte(args[0]), &job); err != nil {
				return usagef("demo-peer: JOB: %w", err)
			}
			if err := demo.RunPeer(cmd.Context(), job, os.Stdin, os.Stdout); err != nil {
				return fmt.Errorf("demo-peer: %w", err)
			}
			return nil
		},
	}
}

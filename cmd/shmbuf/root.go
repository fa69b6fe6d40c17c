package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

const longHelp = `shmbuf moves records between processes through shared memory.

A channel has a name, one producer and one consumer. It is created by its
producer; either side may start first.

  shmbuf sub greetings &
  echo hello | shmbuf pub greetings

Exit status: 0 done, 1 error, 2 wrong usage, 3 timed out.
Errors are one line on standard error.`

// run executes one command line and returns the exit status.
func run(args []string) int {
	// A closed pipe is an error of the write that meets it, so that the consumer
	// can leave its channel properly.
	signal.Ignore(syscall.SIGPIPE)
	slog.SetDefault(slog.New(newNotices(os.Stderr)))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	parsed := false
	root := newRoot(&parsed)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && !parsed {
		err = asUsage(root, args, err)
	}
	return report(os.Stderr, err)
}

// newRoot builds the tree of commands. *parsed becomes true once a command line
// has been understood: what fails before is wrong usage.
func newRoot(parsed *bool) *cobra.Command {
	root := &cobra.Command{
		Use:           "shmbuf",
		Short:         "Move records between processes through shared memory",
		Long:          longHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRun: func(*cobra.Command, []string) {
			*parsed = true
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(os.Stderr)
			if err := cmd.Help(); err != nil {
				return err
			}
			return usagef("no command given; see 'shmbuf --help'")
		},
		Args: cobra.NoArgs,
	}
	root.AddCommand(
		newPub(), newSub(), newLs(), newInfo(), newRm(), newDemo(), newDemoPeer(),
		newBench(), newBenchPeer(), newVersion(), newGenMan(),
	)
	return root
}

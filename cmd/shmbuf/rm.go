package main

import (
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
)

const rmHelp = `Remove a channel and the records in it.

A channel that a live producer or consumer holds is not removed, unless --force is
given: those who hold it then go on with the memory they have, but nobody finds
them under this name any more. --force also removes objects that are damaged or not
channels at all. Existing classic programs hold no lock: rm cannot see whether one of
them is still running.`

func newRm() *cobra.Command {
	force := false
	cmd := &cobra.Command{
		Use:               "rm NAME",
		Short:             "Remove a channel",
		Long:              rmHelp,
		Args:              oneName,
		ValidArgsFunction: completeName,
		RunE:              func(_ *cobra.Command, args []string) error { return rm(args[0], force) },
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "also when a live process holds the channel")
	return cmd
}

func rm(name string, force bool) error {
	remove := shmbuf.Remove
	if force {
		remove = shmbuf.ForceRemove
	}
	err := remove(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noSuchChannel("rm", name, err)
	case errors.Is(err, shmbuf.ErrBusy):
		return errorf("rm %s: a live process holds the channel; stop it, or remove the channel all the same with --force", name)
	}
	return invalidIsUsage(err)
}

// noSuchChannel says how to find out which channels there are.
func noSuchChannel(verb, name string, err error) error {
	return errorf("%s %s: %w", verb, name, &failure{status: statusError, text: "there is no such channel; shmbuf ls shows those there are", cause: err})
}

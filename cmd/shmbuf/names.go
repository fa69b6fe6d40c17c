package main

import (
	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
)

// completeName offers the channels of this machine for the first argument.
func completeName(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	infos, err := shmbuf.List()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// oneName is the argument check of the verbs that take a channel name.
func oneName(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return usagef("%s takes one channel NAME, not %d arguments", cmd.Name(), len(args))
}

// noArguments is the argument check of the verbs that take none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usagef("%s takes no arguments, but got %q", cmd.Name(), args[0])
}

// words makes an option complete to a fixed set of words.
func words(list ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}

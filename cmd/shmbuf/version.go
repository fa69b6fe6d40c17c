package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/shmbuf/shmbuf"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "shmbuf %s (wire version 1 and classic, %s, %s/%s)\n",
				shmbuf.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

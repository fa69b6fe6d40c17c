package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/shmbuf/shmbuf"
)

func newGenMan() *cobra.Command {
	return &cobra.Command{
		Use:    "gen-man DIR",
		Short:  "Write the man pages to a directory",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(cmd *cobra.Command, args []string) error { return genMan(cmd.Root(), args[0]) },
	}
}

// genMan writes one page for each command into dir, which it creates.
func genMan(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return errorf("gen-man: %w", err)
	}
	root.DisableAutoGenTag = true // the same input gives the same pages
	header := &doc.GenManHeader{Section: "1", Source: "shmbuf " + shmbuf.Version, Manual: "shmbuf"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return errorf("gen-man: %w", err)
	}
	return nil
}

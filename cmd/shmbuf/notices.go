package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// notices writes the library's notices for people: one line each, so that they
// read like the errors of this program.
type notices struct {
	w     io.Writer
	attrs []slog.Attr
}

func newNotices(w io.Writer) slog.Handler { return &notices{w: w} }

// Enabled leaves debugging output out.
func (n *notices) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle writes one notice.
func (n *notices) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	fmt.Fprintf(&b, "shmbuf: note: %s", strings.TrimPrefix(r.Message, "shmbuf: "))
	sep := " ("
	add := func(a slog.Attr) bool {
		fmt.Fprintf(&b, "%s%s %v", sep, a.Key, a.Value)
		sep = ", "
		return true
	}
	for _, a := range n.attrs {
		add(a)
	}
	r.Attrs(add)
	if sep == ", " {
		b.WriteByte(')')
	}
	_, err := fmt.Fprintln(n.w, b.String())
	return err
}

// WithAttrs returns a handler that adds attrs to every notice.
func (n *notices) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &notices{w: n.w, attrs: append(n.attrs[:len(n.attrs):len(n.attrs)], attrs...)}
}

// WithGroup ignores groups: a notice is one flat line.
func (n *notices) WithGroup(string) slog.Handler { return n }

// Package child runs other programs, or this one again, as the sides of a
// measurement or a demonstration: they report on standard output, and end when
// their standard input does, so that none outlives its parent.
package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// stopTime is how long a child may take to close its channels when it is told to
// end.
const stopTime = 2 * time.Second

// Self is the command line that starts this program again.
func Self(args ...string) ([]string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return append([]string{program}, args...), nil
}

// Run starts a child, gives its standard output to follow, and waits for its end.
// files are its descriptors 3 and on. When ctx ends, so does the child, and Run
// returns the cause; otherwise a child that fails is an error that says what it
// said on standard error.
func Run(ctx context.Context, command []string, files []*os.File, follow func(io.Reader) error) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.ExtraFiles = files
	cmd.SysProcAttr = apart() // Ctrl-C is for the parent, which ends its children in order
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	alive, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Cancel = alive.Close
	cmd.WaitDelay = stopTime
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	readErr := follow(out)
	_, _ = io.Copy(io.Discard, out) // so that it does not block on what nobody wants
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		text := strings.TrimPrefix(strings.TrimSpace(complaint.String()), "shmbuf: ")
		if text == "" {
			text = err.Error()
		}
		return errors.New(text)
	}
	return readErr
}

// Output runs a tool and returns what it prints, and what it complains about. When
// ctx ends, so does the tool with all that it has started, and the error is the
// cause.
func Output(ctx context.Context, command ...string) (out, complaint string, err error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = apart()
	cmd.Cancel = func() error { return endGroup(cmd.Process) }
	cmd.WaitDelay = stopTime
	err = cmd.Run()
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return strings.TrimSpace(stdout.String()), strings.TrimSpace(stderr.String()), err
}

// Together runs all sides at once. The first that fails ends the others, and its
// error is the result.
func Together(ctx context.Context, sides ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan error)
	for _, side := range sides {
		go func() {
			err := side(ctx)
			if err != nil {
				cancel(err)
			}
			ended <- err
		}()
	}
	var last error
	for range sides {
		if err := <-ended; err != nil {
			last = err
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause // what failed first
	}
	return last
}

// WithParent gives a child a context that ends when parent does, its standard
// input, which the parent process holds open.
func WithParent(ctx context.Context, parent io.Reader) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, parent)
		cancel(fmt.Errorf("the parent process has gone"))
	}()
	return ctx, func() { cancel(nil) }
}

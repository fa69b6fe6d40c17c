package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// stopTime is how long an interrupted peer may take to close its channel.
const stopTime = 2 * time.Second

// runPeer starts this program again as one side of a run and passes its reports
// to show.
func runPeer(ctx context.Context, job Job, show func(report)) (Result, error) {
	self, err := os.Executable()
	if err != nil {
		return Result{}, err
	}
	spec, err := json.Marshal(job)
	if err != nil {
		return Result{}, err
	}
	cmd := exec.CommandContext(ctx, self, "demo-peer", string(spec))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	alive, err := cmd.StdinPipe() // its end tells the peer to stop
	if err != nil {
		return Result{}, err
	}
	cmd.Cancel = alive.Close
	cmd.WaitDelay = stopTime
	lines, err := cmd.StdoutPipe()
	if err != nil {
		return Result{}, err
	}
	if err := cmd.Start(); err != nil {
		return Result{}, err
	}
	result, readErr := follow(lines, show)
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return Result{}, context.Cause(ctx)
		}
		text := strings.TrimPrefix(strings.TrimSpace(complaint.String()), "shmbuf: ")
		if text == "" {
			text = err.Error()
		}
		return Result{}, errors.New(text)
	}
	return result, readErr
}

// follow reads a peer's reports up to the result.
func follow(r io.Reader, show func(report)) (Result, error) {
	dec := json.NewDecoder(r)
	for {
		var rep report
		if err := dec.Decode(&rep); err != nil {
			return Result{}, fmt.Errorf("a peer ended without a result: %w", err)
		}
		if rep.Result != nil {
			return *rep.Result, nil
		}
		show(rep)
	}
}

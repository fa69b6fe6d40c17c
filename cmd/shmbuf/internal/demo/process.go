package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
)

// runPeer starts this program again as one side of a run and passes its reports
// to show.
func runPeer(ctx context.Context, job Job, show func(report)) (result Result, err error) {
	spec, err := json.Marshal(job)
	if err != nil {
		return Result{}, err
	}
	command, err := child.Self("demo-peer", string(spec))
	if err != nil {
		return Result{}, err
	}
	err = child.Run(ctx, command, nil, func(out io.Reader) (err error) {
		result, err = follow(out, show)
		return err
	})
	return result, err
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

package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
)

// appearance is how long a peer waits for the other one's channel.
const appearance = 5 * time.Second

// RunPeer does one side of a run and reports to w. It ends early when ctx does,
// or when parent, which the parent process holds open, comes to its end: a peer
// never outlives its parent.
func RunPeer(ctx context.Context, job Job, parent io.Reader, w io.Writer) error {
	ctx, cancel := child.WithParent(ctx, parent)
	defer cancel()
	p := &peer{ctx: ctx, job: job, out: json.NewEncoder(w)}
	steps := map[string][2]func() (Result, error){
		runFrames: {p.sendFrames, p.receiveFrames},
		runStream: {p.sendStream, p.receiveStream},
		runEcho:   {p.ping, p.echo},
	}
	pair, ok := steps[job.Run]
	if !ok {
		return fmt.Errorf("demo-peer: unknown run %q", job.Run)
	}
	step := pair[1]
	if job.Send {
		step = pair[0]
	}
	result, err := step()
	if ctx.Err() != nil {
		job.removeChannels() // the parent may not be there to do it
	}
	if err != nil {
		return err
	}
	return p.out.Encode(report{Progress: 1, Result: &result})
}

// peer is one side of a run.
type peer struct {
	ctx  context.Context
	job  Job
	out  *json.Encoder
	last time.Time // of the last progress report
}

// interval between two reports of progress.
const interval = 50 * time.Millisecond

// progress tells the parent how far the run is, now and then. rate is asked only
// when it is told.
func (p *peer) progress(now time.Time, fraction float64, rate func() string) {
	if now.Sub(p.last) < interval {
		return
	}
	p.last = now
	_ = p.out.Encode(report{Progress: min(fraction, 1), Rate: rate()}) // a lost report is no loss
}

// expired tells whether the time to send is over.
func (j Job) expired(start, now time.Time) bool { return j.Limit > 0 && now.Sub(start) >= j.Limit }

// fraction of a run that is done after so many records and so much time,
// whichever bound is nearer.
func (j Job) fraction(records uint64, elapsed time.Duration) float64 {
	f := 0.0
	if j.Count > 0 {
		f = float64(records) / float64(j.Count)
	}
	if j.Limit > 0 {
		f = max(f, elapsed.Seconds()/j.Limit.Seconds())
	}
	return f
}

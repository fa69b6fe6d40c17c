package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
)

// Options of a demo.
type Options struct {
	Frames        uint64 // pictures of each run, 0: 300, or what some seconds allow
	Width, Height uint32
	FPS           uint64 // pictures a second of the paced run
}

const (
	defaultFrames = 300
	framesTime    = 4 * time.Second // of a run of pictures whose number is not given
	streamTime    = 2 * time.Second
	echoTime      = 1500 * time.Millisecond
)

// run is one line of the table.
type run struct {
	title   string
	job     Job  // of the sender
	measure bool // the sender has the result, else the receiver
	result  Result
}

// runs of a demo, in order.
func (o Options) runs(prefix string) []*run {
	size := fmt.Sprintf("%dx%d", o.Width, o.Height)
	flat := Job{Run: runFrames, Channel: prefix + "frames", Width: o.Width, Height: o.Height, Count: o.Frames}
	paced := flat
	paced.Channel, paced.FPS = prefix+"paced", o.FPS
	if o.Frames == 0 {
		flat.Count, flat.Limit = defaultFrames, framesTime
		paced.Count, paced.Limit = o.FPS*uint64(framesTime/time.Second), framesTime+time.Second
	}
	return []*run{
		{title: size + " pictures, flat out", job: flat},
		{title: fmt.Sprintf("%s pictures at %d fps", size, o.FPS), job: paced},
		{title: "64 B messages, one way", job: Job{Run: runStream, Channel: prefix + "stream", Limit: streamTime}},
		{title: "64 B messages, there and back", job: Job{Run: runEcho, Channel: prefix + "echo", Limit: echoTime}, measure: true},
	}
}

// Run shows everything: progress on a terminal while it goes on, and a table on out
// at its end. It needs some seconds, and leaves no channel behind. It ends early
// when ctx does.
func Run(ctx context.Context, o Options, out io.Writer, terminal *os.File) error {
	runs := o.runs(fmt.Sprintf("shmbuf-demo-%d-", os.Getpid()))
	bars := screen.NewBars(terminal)
	for _, r := range runs {
		show, finish := bars.Add(r.title)
		err := r.execute(ctx, func(rep report) { show(rep.Progress, rep.Rate) })
		finish(err == nil)
		if err != nil {
			bars.Wait()
			return fmt.Errorf("%s: %w", r.title, err)
		}
	}
	bars.Wait()
	return writeTable(out, runs)
}

// execute starts both sides of a run and waits for them.
func (r *run) execute(ctx context.Context, show func(report)) error {
	defer r.job.removeChannels()
	sender, receiver := r.job, r.job
	sender.Send = true
	quiet := func(report) {}
	showSender, showReceiver := quiet, show
	if r.measure {
		showSender, showReceiver = show, quiet
	}
	var sent, received Result
	err := child.Together(ctx, func(ctx context.Context) (err error) {
		sent, err = runPeer(ctx, sender, showSender)
		return err
	}, func(ctx context.Context) (err error) {
		received, err = runPeer(ctx, receiver, showReceiver)
		return err
	})
	if err != nil {
		return err
	}
	if sent.Records != received.Records {
		return fmt.Errorf("%d records were sent and %d arrived", sent.Records, received.Records)
	}
	r.result = received
	if r.measure {
		r.result = sent
	}
	return nil
}

// removeChannels is for runs that did not come to their end: otherwise the last
// peer to leave has removed them.
func (j Job) removeChannels() {
	for _, name := range []string{j.Channel, j.back()} {
		if err := shmbuf.ForceRemove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(os.Stderr, "shmbuf: note: cannot remove %s: %v\n", name, err)
		}
	}
}

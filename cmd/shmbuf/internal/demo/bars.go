package demo

import (
	"os"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// bars shows how far the runs are, on a terminal only.
type bars struct{ progress *mpb.Progress }

const barSteps = 1000

func newBars(screen *os.File) bars {
	if !term.IsTerminal(int(screen.Fd())) {
		return bars{}
	}
	return bars{mpb.New(mpb.WithOutput(screen), mpb.WithWidth(40))}
}

// add starts a bar. show moves it, finish ends it and keeps it on the screen.
func (b bars) add(title string) (show func(report), finish func(ok bool)) {
	if b.progress == nil {
		return func(report) {}, func(bool) {}
	}
	var rate atomic.Pointer[string]
	bar := b.progress.AddBar(barSteps,
		mpb.PrependDecorators(decor.Name(title, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Any(func(decor.Statistics) string {
			if s := rate.Load(); s != nil {
				return "  " + *s
			}
			return ""
		})),
	)
	show = func(r report) {
		rate.Store(&r.Rate)
		bar.SetCurrent(min(int64(r.Progress*barSteps), barSteps-1)) // full only when the result is there
	}
	finish = func(ok bool) {
		if ok {
			bar.SetCurrent(barSteps)
		} else {
			bar.Abort(false)
		}
	}
	return show, finish
}

// wait draws the last state of all bars.
func (b bars) wait() {
	if b.progress != nil {
		b.progress.Wait()
	}
}

// Package screen shows people how far something is, and figures they can read.
package screen

import (
	"os"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// Bars show how far the parts of something are, on a terminal only.
type Bars struct{ progress *mpb.Progress }

const barSteps = 1000

// NewBars draws on file when that is a terminal.
func NewBars(file *os.File) Bars {
	if !term.IsTerminal(int(file.Fd())) {
		return Bars{}
	}
	return Bars{mpb.New(mpb.WithOutput(file), mpb.WithWidth(40))}
}

// Add starts a bar. show moves it to a fraction of 1 with a note behind it,
// finish ends it and keeps it on the screen.
func (b Bars) Add(title string) (show func(fraction float64, note string), finish func(ok bool)) {
	if b.progress == nil {
		return func(float64, string) {}, func(bool) {}
	}
	var latest atomic.Pointer[string]
	bar := b.progress.AddBar(barSteps,
		mpb.PrependDecorators(decor.Name(title, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Any(func(decor.Statistics) string {
			if s := latest.Load(); s != nil {
				return "  " + *s
			}
			return ""
		})),
	)
	show = func(fraction float64, note string) {
		latest.Store(&note)
		bar.SetCurrent(min(int64(fraction*barSteps), barSteps-1)) // full only when the result is there
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

// Wait draws the last state of all bars, which must be finished.
func (b Bars) Wait() {
	if b.progress != nil {
		b.progress.Wait()
	}
}

// Package shmipc measures github.com/cloudwego/shmipc-go: its buffer API, with
// many small messages in one flush as its authors advise.
package shmipc

import (
	"fmt"
	"runtime"

	"github.com/cloudwego/shmipc-go"

	"github.com/shmbuf/shmbuf/bench/go/internal/link"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Version of the module.
func Version() string { return work.ModuleVersion("github.com/cloudwego/shmipc-go") }

// quiet is above every level of the library's log, which goes to standard output.
const quiet = 5

// Run does one role of one case.
func Run(a *work.Args) (any, error) {
	shmipc.SetLogLevel(quiet)
	// As in its authors' examples: a message passes from the library's goroutine to
	// the reader's, which is twice as fast on one thread.
	runtime.GOMAXPROCS(1)
	return link.Run(a, connect)
}

func connect(a *work.Args, name string, active bool) (link.Link, error) {
	m, meet := memoryFor(a), listen
	if active {
		meet = dial
	}
	stream, shut, err := meet(name, m)
	if err != nil {
		return nil, err
	}
	share := max(m.window/shares, 1)
	return &end{
		stream: stream, session: stream.Session(), shut: shut, active: active,
		slice: int(m.slice), share: share, allowed: shares * share,
	}, nil
}

// Close lets the passive side say that it has everything, and the active side
// leave first: what is under way is lost with the session.
func (e *end) Close() error {
	_, stability, _ := e.session.GetMetrics()
	if stability.FallbackWriteCount > 0 {
		return fmt.Errorf("%d flushes went through the socket instead of shared memory", stability.FallbackWriteCount)
	}
	if !e.active {
		if err := e.say(byeMark); err != nil {
			return err
		}
	}
	for {
		if mark, err := e.mark(); err != nil && !e.active || mark == byeMark {
			break // gone, or has said so
		} else if err != nil {
			return err
		}
	}
	return e.shut()
}

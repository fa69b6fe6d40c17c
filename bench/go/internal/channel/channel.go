// Package channel measures Go channels, between two goroutines of one process:
// they go no further.
package channel

import (
	"runtime"

	"github.com/shmbuf/shmbuf/bench/go/internal/link"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Version is that of the language.
func Version() string { return runtime.Version() }

// side does one role over a link.
type side = func(*work.Args, link.Link) (any, error)

// Run does both roles of one case.
func Run(a *work.Args) (any, error) {
	if a.Role != "pair" {
		return nil, work.Unsupported("channel %s %s", a.Case, a.Role)
	}
	switch a.Case {
	case "stream":
		return stream(a)
	case "trip":
		return both(a, link.Ping, link.Pong)
	case "wake":
		return both(a, link.WakePing, link.WakePong)
	case "idle":
		return both(a, link.IdleConsume, link.IdleProduce)
	}
	return nil, work.Unsupported("channel %s", a.Case)
}

// both runs the side that has the result, and the other one beside it.
func both(a *work.Args, measured, other side) (any, error) {
	mine, theirs := newLinks(a)
	ended := make(chan error, 1)
	go func() {
		_, err := other(a, theirs)
		ended <- err
	}()
	result, err := measured(a, mine)
	if err != nil {
		return nil, err
	}
	return result, <-ended
}

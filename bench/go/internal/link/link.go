// Package link does the cases for systems whose calls cost so much more than a
// call through an interface that they can share the loops.
package link

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Link is one end of a connection that carries messages both ways.
type Link interface {
	// Send copies the message in. It may go out with later ones, or with Flush.
	Send(message []byte) error
	Flush() error
	// Receive waits for the next message and returns it: in buf, which has room
	// for it, or in memory of the system's own, until the next call.
	Receive(buf []byte) ([]byte, error)
	Close() error
}

// InPlace is a Link that also lends its memory.
type InPlace interface {
	Link
	// Reserve lends room for a message, which the next Reserve, Send or Flush sends.
	Reserve(size uint64) ([]byte, error)
	// Peek waits for the next message and lends it until Release.
	Peek() ([]byte, error)
	Release() error
}

// Connect makes one end. The passive end (consume, pong) is there first, or waits.
type Connect func(a *work.Args, name string, active bool) (Link, error)

// Run does the role of the arguments.
func Run(a *work.Args, connect Connect) (any, error) {
	roles := map[string]func(*work.Args, Link) (any, error){
		"stream produce": Produce, "stream consume": Consume,
		"trip ping": Ping, "trip pong": Pong,
		"wake ping": WakePing, "wake pong": WakePong,
		"idle produce": IdleProduce, "idle consume": IdleConsume,
		"paced produce": PacedProduce, "paced consume": PacedConsume,
	}
	role := roles[a.Case+" "+a.Role]
	if role == nil {
		return nil, work.Unsupported("%s %s %s", a.System, a.Case, a.Role)
	}
	if a.Case == "stream" && a.Mode != "copy" && a.Mode != "batch" && a.Mode != "place" {
		return nil, work.Unsupported("%s stream mode=%s", a.System, a.Mode)
	}
	l, err := connect(a, a.Name, a.Role == "produce" || a.Role == "ping")
	if err != nil {
		return nil, err
	}
	result, err := role(a, l)
	if err != nil {
		return nil, err
	}
	return result, l.Close()
}

// Package native measures shmbuf itself, written as an ordinary user writes it:
// default options, besides the capacity or the size of the records.
package native

import (
	"context"
	"math/bits"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

var ctx = context.Background()

// Version of the library.
func Version() string { return shmbuf.Version }

// Run does one role of one case; its result is nil where the role has none.
func Run(a *work.Args) (any, error) {
	roles := map[string]func(*work.Args) (any, error){
		"stream produce": produce, "stream consume": consume,
		"trip ping": ping, "trip pong": pong,
		"wake ping": wakePing, "wake pong": wakePong,
		"idle produce": idleProduce, "idle consume": idleConsume,
		"fanout produce": fanoutProduce, "fanout consume": fanoutConsume,
		"paced produce": pacedProduce, "paced consume": pacedConsume,
		"open pair": open,
	}
	role := roles[a.Case+" "+a.Role]
	if role == nil {
		return nil, work.Unsupported("shmbuf %s %s", a.Case, a.Role)
	}
	return role(a)
}

// runs tells whether either side of a stream uses runs, which need fixed-size records.
func runs(mode string) bool { return mode == "run" || mode == "array" }

// options for the channel of a case.
func options(a *work.Args) *shmbuf.Options {
	if !runs(a.Mode) && !runs(a.Peer) {
		return &shmbuf.Options{Capacity: a.Ring}
	}
	o := &shmbuf.Options{RecordSize: a.Size}
	if fits := a.Ring / a.Size; fits >= 2 {
		o.RecordCount = 1 << (bits.Len64(fits) - 1) // the largest power of two that fits
	}
	return o
}

// create is shmbuf.Create, closed and removed at a forced end.
func create(name string, o *shmbuf.Options) (*shmbuf.Producer, error) {
	p, err := shmbuf.Create(name, o)
	if err == nil {
		work.AtExit(func() {
			_ = p.Close()
			_ = shmbuf.Remove(name) // with what is unread; refused while the peer is there, who then does it
		})
	}
	return p, err
}

// openWait waits for the other side.
func openWait(name string) (*shmbuf.Consumer, error) {
	patience, cancel := context.WithTimeout(ctx, work.Patience)
	defer cancel()
	c, err := shmbuf.OpenWait(patience, name, nil)
	if err == nil {
		work.AtExit(func() {
			_ = c.Close()
			_ = shmbuf.Remove(name)
		})
	}
	return c, err
}

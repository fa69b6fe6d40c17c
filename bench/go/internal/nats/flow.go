package nats

import (
	"errors"

	"github.com/nats-io/nats.go"

	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// NATS drops messages for a receiver that falls too far behind, so its users
// bound what is under way: the receiver sends a credit for every so many messages.
const (
	shares   = 4        // credits in a window
	most     = 32 << 10 // messages in a window
	leastMem = 16 << 20 // bytes in a window, if the ring is not larger
)

var errGone = errors.New("the connection to the server has ended")

// flow is one end's part of it, both for what it sends and for what it receives.
type flow struct {
	share          uint64 // messages of a credit
	sent, received uint64
	credits        chan struct{}
	gone           chan struct{} // closed when the connection is
}

func newFlow(a *work.Args) flow {
	fits := max(a.Ring, leastMem) / a.Size
	return flow{
		share:   max(min(fits, most)/shares, 1),
		credits: make(chan struct{}, 2*shares),
		gone:    make(chan struct{}),
	}
}

// window is how many messages may be under way.
func (f *flow) window() uint64 { return shares * f.share }

// take waits until one more message may be sent.
func (f *flow) take() error {
	f.sent++
	if f.sent <= f.window() || (f.sent-1)%f.share != 0 {
		return nil
	}
	select {
	case <-f.credits:
		return nil
	case <-f.gone:
		return errGone
	}
}

// taken gives a credit when it is time to.
func (f *flow) taken(conn *nats.Conn, subject string) error {
	if f.received++; f.received%f.share == 0 {
		return conn.Publish(subject, nil)
	}
	return nil
}

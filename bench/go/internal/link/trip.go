package link

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// send sends one message at once.
func send(l Link, message []byte) error {
	if err := l.Send(message); err != nil {
		return err
	}
	return l.Flush()
}

// Ping times round trips.
func Ping(a *work.Args, l Link) (any, error) {
	message, buf := work.Buffer(a.Size), work.Buffer(a.Size)
	laps := work.NewLaps(a)
	for n := range a.Warm + a.Rounds {
		work.Number(message, n)
		if err := send(l, message); err != nil {
			return nil, err
		}
		laps.Sent()
		echo, err := l.Receive(buf)
		if err != nil {
			return nil, err
		}
		if err := work.Check(echo, a.Size, n); err != nil {
			return nil, err
		}
	}
	laps.Sent()
	return laps.Latency(), nil
}

// Pong sends back what it receives.
func Pong(a *work.Args, l Link) (any, error) {
	buf := work.Buffer(a.Size)
	for n := range a.Warm + a.Rounds {
		message, err := l.Receive(buf)
		if err != nil {
			return nil, err
		}
		if err := work.Check(message, a.Size, n); err != nil {
			return nil, err
		}
		if err := send(l, message); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

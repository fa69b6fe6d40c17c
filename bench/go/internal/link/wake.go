package link

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// WakePing times round trips between sides that have fallen asleep.
func WakePing(a *work.Args, l Link) (any, error) {
	message, buf, samples := work.NewStamped(a.Size), work.NewStamped(a.Size), work.NewSamples(a.Rounds)
	for n := range a.Warm + a.Rounds {
		message.Think(a.Think)
		if err := send(l, message); err != nil {
			return nil, err
		}
		echo, err := l.Receive(buf)
		if err != nil {
			return nil, err
		}
		back := work.Stamped(echo)
		if took := back.Took(); n >= a.Warm {
			samples.Add(back.Reported() + took)
		}
	}
	return samples.Latency(), nil
}

// WakePong is the other side of WakePing.
func WakePong(a *work.Args, l Link) (any, error) {
	message, buf := work.NewStamped(a.Size), work.NewStamped(a.Size)
	for range a.Warm + a.Rounds {
		got, err := l.Receive(buf)
		if err != nil {
			return nil, err
		}
		message.Report(work.Stamped(got).Took())
		message.Think(a.Think)
		if err := send(l, message); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

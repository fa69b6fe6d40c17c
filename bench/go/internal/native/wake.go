package native

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

func wakePing(a *work.Args) (any, error) {
	p, c, err := both(a)
	if err != nil {
		return nil, err
	}
	message, samples := work.NewStamped(a.Size), work.NewSamples(a.Rounds)
	for n := range a.Warm + a.Rounds {
		message.Think(a.Think)
		if err := p.Write(ctx, message); err != nil {
			return nil, err
		}
		if _, err := c.Read(ctx, message); err != nil {
			return nil, err
		}
		if back := message.Took(); n >= a.Warm {
			samples.Add(message.Reported() + back)
		}
	}
	return samples.Latency(), leave(p, c)
}

func wakePong(a *work.Args) (any, error) {
	p, c, err := both(a)
	if err != nil {
		return nil, err
	}
	message := work.NewStamped(a.Size)
	for range a.Warm + a.Rounds {
		if _, err := c.Read(ctx, message); err != nil {
			return nil, err
		}
		message.Report(message.Took())
		message.Think(a.Think)
		if err := p.Write(ctx, message); err != nil {
			return nil, err
		}
	}
	return nil, leave(p, c)
}

package link

import (
	"fmt"

	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Fanout is one producer and one consumer with several connections between them.
func Fanout(a *work.Args, connect Connect) (any, error) {
	if a.Role != "produce" && a.Role != "consume" {
		return nil, work.Unsupported("%s fanout %s", a.System, a.Role)
	}
	links := make([]Link, a.Channels)
	for i := range links {
		var err error
		if links[i], err = connect(a, fmt.Sprintf("%s.%d", a.Name, i), a.Role == "produce"); err != nil {
			return nil, err
		}
	}
	t, err := fan(a, links)
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if err := l.Close(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func fan(a *work.Args, links []Link) (any, error) {
	if a.Role == "produce" {
		return nil, fanOut(a, links)
	}
	buf := work.Buffer(a.Size)
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			for _, l := range links {
				message, err := l.Receive(buf)
				if err != nil {
					return err
				}
				if err := work.Check(message, a.Size, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func fanOut(a *work.Args, links []Link) error {
	message := work.Buffer(a.Size)
	for n := range a.Count {
		work.Number(message, n)
		for _, l := range links {
			if err := l.Send(message); err != nil {
				return err
			}
		}
	}
	for _, l := range links {
		if err := l.Flush(); err != nil {
			return err
		}
	}
	return nil
}

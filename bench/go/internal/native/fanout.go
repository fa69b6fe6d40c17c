package native

import (
	"fmt"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

func fanoutProduce(a *work.Args) (any, error) {
	producers := make([]*shmbuf.Producer, a.Channels)
	for i := range producers {
		var err error
		if producers[i], err = create(fmt.Sprintf("%s.%d", a.Name, i), options(a)); err != nil {
			return nil, err
		}
	}
	message := work.Buffer(a.Size)
	for n := range a.Count {
		work.Number(message, n)
		for _, p := range producers {
			if err := p.Write(ctx, message); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range producers {
		if err := p.Close(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func fanoutConsume(a *work.Args) (any, error) {
	consumers := make([]*shmbuf.Consumer, a.Channels)
	for i := range consumers {
		var err error
		if consumers[i], err = openWait(fmt.Sprintf("%s.%d", a.Name, i)); err != nil {
			return nil, err
		}
	}
	buf := work.Buffer(a.Size)
	t, err := work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			for _, c := range consumers {
				got, err := c.Read(ctx, buf)
				if err != nil {
					return err
				}
				if err := work.Check(buf[:got], a.Size, n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, c := range consumers {
		if err := c.Close(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

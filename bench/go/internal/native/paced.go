package native

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

func pacedProduce(a *work.Args) (any, error) {
	p, err := create(a.Name, options(a))
	if err != nil {
		return nil, err
	}
	message := work.Buffer(a.Size)
	pacer := work.NewPacer(a.Rate, func() error { return nil })
	t, err := work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			if err := pacer.Wait(); err != nil {
				return err
			}
			work.Number(message, n)
			if err := p.Write(ctx, message); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, p.Close()
}

func pacedConsume(a *work.Args) (any, error) {
	c, err := openWait(a.Name)
	if err != nil {
		return nil, err
	}
	t, err := receiveCopy(c, a)
	if err != nil {
		return nil, err
	}
	return t, c.Close()
}

package link

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// PacedProduce sends on a schedule; what is due leaves before it sleeps.
func PacedProduce(a *work.Args, l Link) (any, error) {
	message := work.Buffer(a.Size)
	pacer := work.NewPacer(a.Rate, l.Flush)
	t, err := work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			if err := pacer.Wait(); err != nil {
				return err
			}
			work.Number(message, n)
			if err := l.Send(message); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, l.Flush()
}

// PacedConsume receives what comes.
func PacedConsume(a *work.Args, l Link) (any, error) { return receive(a, l) }

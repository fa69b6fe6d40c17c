package link

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// IdleProduce sends one record and then sleeps, until a signal or the end of the
// other side.
func IdleProduce(a *work.Args, l Link) (any, error) {
	record := work.Buffer(a.Size)
	work.Number(record, 0)
	if err := send(l, record); err != nil {
		return nil, err
	}
	_, _ = l.Receive(work.Buffer(a.Size)) // the other side sends nothing
	return nil, nil
}

// IdleConsume says that it has the record, and waits for the next.
func IdleConsume(a *work.Args, l Link) (any, error) {
	buf := work.Buffer(a.Size)
	record, err := l.Receive(buf)
	if err != nil {
		return nil, err
	}
	if err := work.Check(record, a.Size, 0); err != nil {
		return nil, err
	}
	if err := work.Print(work.Ready); err != nil {
		return nil, err
	}
	_, err = l.Receive(buf)
	return nil, err
}

package native

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

func idleProduce(a *work.Args) (any, error) {
	p, err := create(a.Name, nil)
	if err != nil {
		return nil, err
	}
	record := work.Buffer(a.Size)
	work.Number(record, 0)
	if err := p.Write(ctx, record); err != nil {
		return nil, err
	}
	select {} // until a signal ends the process
}

func idleConsume(a *work.Args) (any, error) {
	c, err := openWait(a.Name)
	if err != nil {
		return nil, err
	}
	buf := work.Buffer(a.Size)
	got, err := c.Read(ctx, buf)
	if err != nil {
		return nil, err
	}
	if err := work.Check(buf[:got], a.Size, 0); err != nil {
		return nil, err
	}
	if err := work.Print(work.Ready); err != nil {
		return nil, err
	}
	_, err = c.Read(ctx, buf)
	return nil, err
}

package native

import (
	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

func consume(a *work.Args) (any, error) {
	receive := map[string]func(*shmbuf.Consumer, *work.Args) (*work.Throughput, error){
		"copy": receiveCopy, "place": receivePlace, "batch": receiveBatch, "run": receiveRun,
	}[a.Mode]
	if receive == nil {
		return nil, work.Unsupported("shmbuf consume mode=%s", a.Mode)
	}
	c, err := openWait(a.Name)
	if err != nil {
		return nil, err
	}
	t, err := receive(c, a)
	if err != nil {
		return nil, err
	}
	return t, c.Close()
}

func receiveCopy(c *shmbuf.Consumer, a *work.Args) (*work.Throughput, error) {
	buf := work.Buffer(a.Size)
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			got, err := c.Read(ctx, buf)
			if err != nil {
				return err
			}
			if err := work.Check(buf[:got], a.Size, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func receivePlace(c *shmbuf.Consumer, a *work.Args) (*work.Throughput, error) {
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			record, err := c.Peek(ctx)
			if err != nil {
				return err
			}
			if err := work.Check(record.Payload, a.Size, n); err != nil {
				return err
			}
			if err := c.Release(); err != nil {
				return err
			}
		}
		return nil
	})
}

func receiveBatch(c *shmbuf.Consumer, a *work.Args) (*work.Throughput, error) {
	records := make([]shmbuf.Record, a.Batch)
	buf := work.Buffer(a.Batch * a.Size)
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; {
			got, err := c.PeekBatch(ctx, records[:min(a.Batch, to-n)])
			if err != nil {
				return err
			}
			used := 0
			for _, record := range records[:got] {
				used += copy(buf[used:], record.Payload)
			}
			if err := c.Release(); err != nil {
				return err
			}
			if uint64(used) != uint64(got)*a.Size {
				return work.Check(buf[:used], uint64(got)*a.Size, n)
			}
			if _, err := work.CheckRun(buf[:used], a.Size, n); err != nil {
				return err
			}
			n += uint64(got)
		}
		return nil
	})
}

func receiveRun(c *shmbuf.Consumer, a *work.Args) (*work.Throughput, error) {
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; {
			run, err := c.PeekRun(ctx, int(min(a.Batch, to-n)))
			if err != nil {
				return err
			}
			got, err := work.CheckRun(run, a.Size, n)
			if err != nil {
				return err
			}
			if err := c.Release(); err != nil {
				return err
			}
			n += got
		}
		return nil
	})
}

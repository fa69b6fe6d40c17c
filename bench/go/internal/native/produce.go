package native

import (
	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

func produce(a *work.Args) (any, error) {
	send := map[string]func(*shmbuf.Producer, *work.Args) error{
		"copy": sendCopy, "place": sendPlace, "batch": sendBatch, "run": sendRun,
	}[a.Mode]
	if send == nil {
		return nil, work.Unsupported("shmbuf produce mode=%s", a.Mode)
	}
	p, err := create(a.Name, options(a))
	if err != nil {
		return nil, err
	}
	if err := send(p, a); err != nil {
		return nil, err
	}
	return nil, p.Close()
}

func sendCopy(p *shmbuf.Producer, a *work.Args) error {
	record := work.Buffer(a.Size)
	for n := range a.Count {
		work.Number(record, n)
		if err := p.Write(ctx, record); err != nil {
			return err
		}
	}
	return nil
}

func sendPlace(p *shmbuf.Producer, a *work.Args) error {
	for n := range a.Count {
		space, err := p.Reserve(ctx, int(a.Size))
		if err != nil {
			return err
		}
		work.Number(space, n)
		if err := p.Commit(int(a.Size)); err != nil {
			return err
		}
	}
	return nil
}

func sendBatch(p *shmbuf.Producer, a *work.Args) error {
	payloads := work.Buffer(a.Batch * a.Size)
	records := make([][]byte, a.Batch)
	for i := range records {
		records[i] = payloads[uint64(i)*a.Size:][:a.Size:a.Size]
	}
	for n := uint64(0); n < a.Count; n += a.Batch {
		batch := records[:min(a.Batch, a.Count-n)]
		for i, record := range batch {
			work.Number(record, n+uint64(i))
		}
		if _, err := p.WriteBatch(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func sendRun(p *shmbuf.Producer, a *work.Args) error {
	records := work.Buffer(a.Batch * a.Size)
	for n := uint64(0); n < a.Count; n += a.Batch {
		run := records[:min(a.Batch, a.Count-n)*a.Size]
		work.NumberRun(run, a.Size, n)
		if _, err := p.WriteRun(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

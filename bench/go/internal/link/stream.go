package link

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Produce sends the records of a stream.
func Produce(a *work.Args, l Link) (any, error) {
	if a.Mode == "place" {
		return nil, producePlace(a, l)
	}
	record := work.Buffer(a.Size)
	for n := range a.Count {
		work.Number(record, n)
		if err := l.Send(record); err != nil {
			return nil, err
		}
		if a.Mode == "batch" && (n+1)%a.Batch == 0 {
			if err := l.Flush(); err != nil {
				return nil, err
			}
		}
	}
	return nil, l.Flush()
}

func producePlace(a *work.Args, l Link) error {
	in, ok := l.(InPlace)
	if !ok {
		return work.Unsupported("%s stream mode=place", a.System)
	}
	for n := range a.Count {
		space, err := in.Reserve(a.Size)
		if err != nil {
			return err
		}
		work.Number(space, n)
	}
	return in.Flush()
}

// Consume receives the records of a stream.
func Consume(a *work.Args, l Link) (any, error) {
	if a.Mode == "place" {
		return consumePlace(a, l)
	}
	return receive(a, l)
}

// receive copies each record out.
func receive(a *work.Args, l Link) (*work.Throughput, error) {
	buf := work.Buffer(a.Size)
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			record, err := l.Receive(buf)
			if err != nil {
				return err
			}
			if err := work.Check(record, a.Size, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func consumePlace(a *work.Args, l Link) (any, error) {
	in, ok := l.(InPlace)
	if !ok {
		return nil, work.Unsupported("%s stream mode=place", a.System)
	}
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			record, err := in.Peek()
			if err != nil {
				return err
			}
			if err := work.Check(record, a.Size, n); err != nil {
				return err
			}
			if err := in.Release(); err != nil {
				return err
			}
		}
		return nil
	})
}

package native

import (
	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// both makes the two channels of a round trip: NAME.ping carries what ping
// sends, NAME.pong the answers.
func both(a *work.Args) (*shmbuf.Producer, *shmbuf.Consumer, error) {
	mine, theirs := a.Name+".ping", a.Name+".pong"
	if a.Role == "pong" {
		mine, theirs = theirs, mine
	}
	p, err := create(mine, &shmbuf.Options{Capacity: capacityFor(a.Size)})
	if err != nil {
		return nil, nil, err
	}
	c, err := openWait(theirs)
	return p, c, err
}

// capacityFor messages of this size: the default, or more where they are large for it.
func capacityFor(size uint64) uint64 {
	capacity := uint64(shmbuf.DefaultCapacity)
	for capacity < 4*size {
		capacity *= 2
	}
	return capacity
}

func leave(p *shmbuf.Producer, c *shmbuf.Consumer) error {
	if err := p.Close(); err != nil {
		return err
	}
	return c.Close()
}

func ping(a *work.Args) (any, error) {
	p, c, err := both(a)
	if err != nil {
		return nil, err
	}
	message, echo := work.Buffer(a.Size), work.Buffer(a.Size)
	laps := work.NewLaps(a)
	for n := range a.Warm + a.Rounds {
		work.Number(message, n)
		if err := p.Write(ctx, message); err != nil {
			return nil, err
		}
		laps.Sent()
		got, err := c.Read(ctx, echo)
		if err != nil {
			return nil, err
		}
		if err := work.Check(echo[:got], a.Size, n); err != nil {
			return nil, err
		}
	}
	laps.Sent()
	return laps.Latency(), leave(p, c)
}

func pong(a *work.Args) (any, error) {
	p, c, err := both(a)
	if err != nil {
		return nil, err
	}
	buf := work.Buffer(a.Size)
	for n := range a.Warm + a.Rounds {
		got, err := c.Read(ctx, buf)
		if err != nil {
			return nil, err
		}
		if err := work.Check(buf[:got], a.Size, n); err != nil {
			return nil, err
		}
		if err := p.Write(ctx, buf[:got]); err != nil {
			return nil, err
		}
	}
	return nil, leave(p, c)
}

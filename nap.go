package shmbuf

import (
	"context"
	"time"

	"github.com/shmbuf/shmbuf/internal/wait"
)

const (
	// napTime is about what a wake-up takes anyway.
	napTime = 100 * time.Microsecond
	// napsMost bounds the naps of one wait.
	napsMost = 8
)

// pace is what a producer remembers of its consumer at work.
type pace struct {
	seen   time.Time
	cursor uint64
}

// atWork tells a producer that finds the ring full whether it can do without a wake-up:
// its consumer has moved since it was last seen here, at a pace by which it still finds
// records after a nap. A producer that says it sleeps is woken for the next
// record's room, and sleeps again after that one; both pay with system calls for each
// handful of records, and the slower side is the one that is kept from its work.
func (p *pace) atWork(now time.Time, cursor, lap uint64) bool {
	took, moved := now.Sub(p.seen), cursor-p.cursor
	p.seen, p.cursor = now, cursor
	if moved == 0 || moved > lap {
		return false
	}
	quarter := float64(took) * float64(lap/4) / float64(moved)
	return quarter >= 2*float64(napTime)
}

// nap sleeps a while without having raised the flag: time wakes it, or Close.
func (h *handle) nap(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limit, expired := timeLeft(ctx, napTime)
	if expired {
		return context.DeadlineExceeded
	}
	h.slept()
	wait.Sleep(h.waiter.Raw(), 0, limit)
	return nil
}

package shmbuf

import (
	"context"
	"sync"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// cancellation wakes a sleeping call when its context ends. It stays registered
// from sleep to sleep, so that a call which sleeps for every record allocates
// nothing.
type cancellation struct {
	done <-chan struct{}
	stop func() bool
	word *target
}

// target is the word to wake; nil once the memory may go away.
type target struct {
	mu   sync.Mutex
	word *layout.U32
}

func (t *target) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.word != nil {
		wakeAll(t.word)
	}
}

func (c *cancellation) watch(ctx context.Context, word *layout.U32) {
	done := ctx.Done()
	if done == nil || done == c.done {
		return
	}
	c.forget()
	t := &target{word: word}
	c.done, c.word = done, t
	c.stop = context.AfterFunc(ctx, t.wake)
}

func (c *cancellation) forget() {
	if c.word == nil {
		return
	}
	c.stop()
	c.word.mu.Lock()
	c.word.word = nil
	c.word.mu.Unlock()
	*c = cancellation{}
}

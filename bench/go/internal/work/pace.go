package work

import "time"

// Pacer sends on a schedule that does not slip: a late message makes the next
// ones follow at once.
type Pacer struct {
	begin, now time.Time
	interval   float64 // ns
	sent       float64
	idle       func() error // called before sleeping
}

// NewPacer sends rate messages a second, or does not wait at all when it is 0.
func NewPacer(rate uint64, idle func() error) *Pacer {
	p := &Pacer{begin: time.Now(), idle: idle}
	p.now = p.begin
	if rate > 0 {
		p.interval = 1e9 / float64(rate)
	}
	return p
}

// Wait returns when the next message is due.
func (p *Pacer) Wait() error {
	due := p.begin.Add(time.Duration(p.sent * p.interval))
	p.sent++
	if p.interval == 0 || !p.now.Before(due) {
		return nil
	}
	if p.now = time.Now(); p.now.Before(due) {
		if err := p.idle(); err != nil {
			return err
		}
		Sleep(due)
		p.now = time.Now()
	}
	return nil
}

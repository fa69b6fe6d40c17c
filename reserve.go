package shmbuf

import "context"

// Reserve finds room for a record of up to n bytes and returns those bytes in
// the ring, for filling in place. It blocks while the ring is full. Commit makes
// the record visible, Abort gives it up; until then another Reserve, or a Write, is
// refused (ErrInvalid). The bytes stay valid until Commit or Abort, after a Close
// too. Errors as for Write.
//
// On a channel of fixed-size records n is the record size. On a classic channel a
// record that wraps is filled in a private buffer and copied by Commit.
func (p *Producer) Reserve(ctx context.Context, n int) ([]byte, error) {
	view, err := p.TryReserve(n)
	if err != ErrWouldBlock { // bare on the hot path
		return view, err
	}
	var w pause
	for {
		if err := p.pause(ctx, &w); err != nil {
			return nil, explain("reserve", p.name, err)
		}
		if view, err = p.TryReserve(n); err != ErrWouldBlock {
			return view, err
		}
	}
}

// TryReserve is Reserve without blocking: ErrWouldBlock when the ring is full.
func (p *Producer) TryReserve(n int) ([]byte, error) {
	if !p.usage.Enter() {
		return nil, p.refuse("reserve")
	}
	view, err := p.tryReserve(n)
	p.usage.Leave()
	if err != nil {
		return nil, p.writeError("reserve", err, uint64(n))
	}
	return view, nil
}

func (p *Producer) tryReserve(n int) (view []byte, err error) {
	switch {
	case p.usage.Leased:
		return nil, p.errReserved("reserve")
	case n < 0:
		return nil, fail("reserve", p.name, ErrInvalid, "%d bytes; use 0 to %d", n, p.maxRecord)
	case p.variable != nil:
		view, err = p.variable.Reserve(uint64(n))
	case p.classic != nil:
		if n == 0 {
			return nil, fail("reserve", p.name, ErrInvalid, "0 bytes: existing classic consumers stall on records of length 0; use at least 1")
		}
		view, err = p.classic.Reserve(uint64(n))
	case uint64(n) != p.fixed.RecordSize():
		return nil, fail("reserve", p.name, ErrInvalid, "%d bytes on a channel of records of %d bytes", n, p.fixed.RecordSize())
	default:
		view, err = p.fixed.Reserve(1)
	}
	p.usage.Leased = err == nil
	return view, err
}

// Commit makes the first n reserved bytes visible as one record. ErrInvalid when
// nothing is reserved or n is larger than what is (then the reservation stays);
// os.ErrClosed when the handle was closed meanwhile, which loses the record.
func (p *Producer) Commit(n int) error { return p.CommitKind(0, n) }

// CommitKind is Commit with a tag; see WriteKind.
func (p *Producer) CommitKind(kind uint16, n int) error {
	if !p.usage.Enter() {
		return p.refuse("commit")
	}
	err := p.commit(kind, n)
	p.usage.Leave()
	return explain("commit", p.name, err)
}

func (p *Producer) commit(kind uint16, n int) error {
	if err := p.checkKind(kind); err != nil {
		return err
	}
	if !p.usage.Leased || n < 0 {
		return p.commitError(n)
	}
	var err error
	switch {
	case p.variable != nil:
		err = p.variable.Commit(uint64(n), kind, p.now())
	case p.classic != nil:
		err = p.classic.Commit(uint64(n))
	case n == p.RecordSize():
		err = p.fixed.Commit(1)
	default:
		err = ErrTooLarge
	}
	if err != nil {
		return p.commitError(n)
	}
	p.usage.Leased = false
	p.usage.Counted(1, uint64(n))
	return nil
}

func (p *Producer) commitError(n int) error {
	if !p.usage.Leased {
		return fail("commit", p.name, ErrInvalid, "nothing is reserved; call Reserve first")
	}
	return fail("commit", p.name, ErrInvalid, "%d bytes are not what was reserved", n)
}

// Abort gives a reservation up. It does nothing when there is none, so that it
// can be deferred.
func (p *Producer) Abort() {
	if !p.usage.Enter() {
		_ = p.refuse("abort")
		return
	}
	p.usage.Leased = false
	switch {
	case p.variable != nil:
		p.variable.Abort()
	case p.fixed != nil:
		p.fixed.Abort()
	default:
		p.classic.Abort()
	}
	p.usage.Leave()
}

// ReserveRun finds room for 1 to most fixed-size records and returns it as one
// contiguous run of bytes, for filling in place. It blocks while the ring is full.
// CommitRun makes records of it visible, Abort gives it up. See Reserve.
func (p *Producer) ReserveRun(ctx context.Context, most int) ([]byte, error) {
	var w pause
	for {
		run, err := p.TryReserveRun(most)
		if err != ErrWouldBlock { // bare on the hot path
			return run, err
		}
		if err := p.pause(ctx, &w); err != nil {
			return nil, explain("reserve", p.name, err)
		}
	}
}

// TryReserveRun is ReserveRun without blocking: ErrWouldBlock when the ring is full.
func (p *Producer) TryReserveRun(most int) ([]byte, error) {
	if !p.usage.Enter() {
		return nil, p.refuse("reserve")
	}
	run, err := p.tryReserveRun(most)
	p.usage.Leave()
	if err != nil {
		return nil, explain("reserve", p.name, err)
	}
	return run, nil
}

func (p *Producer) tryReserveRun(most int) ([]byte, error) {
	if p.fixed == nil {
		return nil, p.errRun("reserve")
	}
	if most < 1 {
		return nil, fail("reserve", p.name, ErrInvalid, "a run of at most %d records; ask for 1 or more", most)
	}
	if p.usage.Leased {
		return nil, p.errReserved("reserve")
	}
	run, err := p.fixed.Reserve(uint64(most))
	p.usage.Leased = err == nil
	return run, err
}

// CommitRun makes the first n reserved records visible, 0 to all. ErrInvalid when
// fewer are reserved.
func (p *Producer) CommitRun(n int) error {
	if !p.usage.Enter() {
		return p.refuse("commit")
	}
	err := p.commitRun(n)
	p.usage.Leave()
	return err
}

func (p *Producer) commitRun(n int) error {
	if p.fixed == nil {
		return p.errRun("commit")
	}
	if !p.usage.Leased {
		return p.commitError(n)
	}
	if n < 0 || p.fixed.Commit(uint64(n)) != nil {
		return fail("commit", p.name, ErrInvalid, "%d records are more than are reserved, or fewer than 0", n)
	}
	p.usage.Leased = false
	p.usage.Counted(uint64(n), uint64(n)*p.fixed.RecordSize())
	return nil
}

package shmbuf

import "context"

// Peek returns the next record in place, without copying. It blocks while the
// ring is empty. Release gives the record back; until then another Peek or Read
// is refused (ErrInvalid). Errors: see Consumer, and ErrDamaged.
//
// On a channel of fixed-size records it returns one record; see PeekRun for more.
func (c *Consumer) Peek(ctx context.Context) (Record, error) {
	var rec Record
	if c.view(&rec) {
		return rec, nil
	}
	return c.waitPeek(ctx)
}

//go:noinline
func (c *Consumer) waitPeek(ctx context.Context) (Record, error) {
	w := pause{spun: true}
	if c.spinFirst(false) {
		var rec Record
		if c.view(&rec) {
			return rec, nil
		}
	}
	for {
		if rec, err := c.TryPeek(); err != ErrWouldBlock {
			return rec, err
		}
		if err := c.pause(ctx, &w); err != nil {
			return Record{}, explain("read", c.name, err)
		}
	}
}

// view peeks a record in the common case. False: nothing was done, TryPeek knows
// more.
func (c *Consumer) view(rec *Record) bool {
	ok := c.usage.Enter() && c.variable != nil && c.held == 0 && c.variable.View(rec)
	if ok {
		c.held, c.heldBytes, c.heldSeq = 1, uint64(len(rec.Payload)), rec.Seq
		c.usage.Leased = true
	}
	c.usage.Leave()
	return ok
}

// spinFirst is the first spin of a blocking call: the short way from a record that
// comes to its reader, who takes all there is when dense. It reports whether one has come.
func (c *Consumer) spinFirst(dense bool) bool {
	looks := c.patience.looks()
	found := c.usage.Enter() && c.classic == nil && c.held == 0 && looks > 0
	if found {
		spin := c.spin
		if dense && c.variable != nil {
			spin = c.variable.SpinDense
		}
		found = c.patience.learn(spin(looks, c.usage.Stop()), looks)
	}
	c.usage.Leave()
	return found
}

// TryPeek is Peek without blocking: ErrWouldBlock when the ring is empty.
func (c *Consumer) TryPeek() (rec Record, err error) {
	if !c.usage.Enter() {
		return Record{}, c.refuse("read")
	}
	err = c.take(&rec)
	c.usage.Leave()
	if err != nil {
		return Record{}, explain("read", c.name, err)
	}
	return rec, nil
}

// take peeks the first record; nothing may be held before.
func (c *Consumer) take(rec *Record) error {
	if c.held != 0 {
		return c.errHeld()
	}
	for {
		err := c.next(rec)
		if err == nil {
			break
		}
		if err == ErrWouldBlock { // the ring returns it bare
			err = c.empty()
		}
		if err != nil {
			return err
		}
	}
	c.looks = 0
	c.held, c.heldBytes, c.heldSeq = 1, uint64(len(rec.Payload)), rec.Seq
	c.usage.Leased = true
	return nil
}

// next is the ring's next record, whatever its format.
func (c *Consumer) next(rec *Record) error {
	switch {
	case c.variable != nil:
		return c.variable.Peek(rec)
	case c.classic != nil:
		return c.classic.Peek(rec)
	}
	var err error
	rec.Seq, rec.Kind, rec.Time = c.fixed.Sequence(), 0, 0
	rec.Payload, err = c.fixed.Peek(1)
	return err
}

func (c *Consumer) errHeld() error {
	return fail("read", c.name, ErrInvalid, "%d peeked records are still held; call Release first", c.held)
}

// Release gives back everything peeked: a record, a batch or a run. The payloads
// must not be used any more. ErrInvalid when nothing is held.
func (c *Consumer) Release() error {
	if !c.usage.Enter() {
		return c.refuse("release")
	}
	err := c.release()
	c.usage.Leave()
	return err
}

func (c *Consumer) release() error {
	if c.held == 0 {
		return fail("release", c.name, ErrInvalid, "nothing is peeked; call Peek first")
	}
	switch {
	case c.variable != nil:
		c.variable.Release()
	case c.classic != nil:
		c.classic.Release()
	default:
		if err := c.fixed.Release(uint64(c.held)); err != nil {
			return explain("release", c.name, err)
		}
	}
	c.usage.Counted(uint64(c.held), c.heldBytes)
	c.held = 0
	c.usage.Leased = false
	return nil
}

// PeekBatch fills records with as many records as are there, at least one, in
// place, and returns how many. It blocks while the ring is empty. Release gives
// all of them back. Errors as for Peek.
func (c *Consumer) PeekBatch(ctx context.Context, records []Record) (int, error) {
	var w pause
	for {
		n, err := c.TryPeekBatch(records)
		if err != ErrWouldBlock { // bare on the hot path
			return n, err
		}
		if err := c.pause(ctx, &w); err != nil {
			return 0, explain("read", c.name, err)
		}
	}
}

// TryPeekBatch is PeekBatch without blocking: ErrWouldBlock when the ring is empty.
func (c *Consumer) TryPeekBatch(records []Record) (int, error) {
	if len(records) == 0 {
		return 0, fail("read", c.name, ErrInvalid, "a batch of 0 records; pass a slice of 1 or more")
	}
	if !c.usage.Enter() {
		return 0, c.refuse("read")
	}
	n, err := c.takeBatch(records)
	c.usage.Leave()
	return n, explain("read", c.name, err)
}

func (c *Consumer) takeBatch(records []Record) (int, error) {
	if c.fixed != nil {
		return c.takeFixedBatch(records)
	}
	if err := c.take(&records[0]); err != nil {
		return 0, err
	}
	n := 1
	for {
		if c.variable != nil {
			done, bytes := c.variable.PeekSeen(records[n:])
			n += done
			c.heldBytes += bytes
		}
		// What is wrong behind the first record is the next call's business.
		if n == len(records) || c.next(&records[n]) != nil {
			break
		}
		c.heldBytes += uint64(len(records[n].Payload))
		n++
	}
	c.held = n
	return n, nil
}

func (c *Consumer) takeFixedBatch(records []Record) (int, error) {
	run, err := c.takeRun(len(records))
	if err != nil {
		return 0, err
	}
	size, seq := c.RecordSize(), c.fixed.Sequence()
	for i := range c.held {
		records[i] = Record{Seq: seq + uint64(i), Payload: run[i*size : (i+1)*size : (i+1)*size]}
	}
	return c.held, nil
}

// PeekRun returns 1 to most fixed-size records as one contiguous run of bytes, in
// place. It blocks while the ring is empty. Release gives all of them back,
// ReleaseN the first so many. Errors as for Peek.
func (c *Consumer) PeekRun(ctx context.Context, most int) ([]byte, error) {
	var w pause
	for {
		run, err := c.TryPeekRun(most)
		if err != ErrWouldBlock { // bare on the hot path
			return run, err
		}
		if err := c.pause(ctx, &w); err != nil {
			return nil, explain("read", c.name, err)
		}
	}
}

// TryPeekRun is PeekRun without blocking: ErrWouldBlock when the ring is empty.
func (c *Consumer) TryPeekRun(most int) ([]byte, error) {
	if !c.usage.Enter() {
		return nil, c.refuse("read")
	}
	run, err := c.takeRun(most)
	c.usage.Leave()
	return run, explain("read", c.name, err)
}

func (c *Consumer) takeRun(most int) ([]byte, error) {
	switch {
	case c.fixed == nil:
		return nil, c.errRun("read")
	case c.held != 0:
		return nil, c.errHeld()
	case most < 1:
		return nil, fail("read", c.name, ErrInvalid, "a run of at most %d records; ask for 1 or more", most)
	}
	run, err := c.fixed.Peek(uint64(most))
	if err == ErrWouldBlock { // the ring returns it bare
		if err = c.empty(); err == nil {
			run, err = c.fixed.Peek(uint64(most))
		}
	}
	if err != nil {
		return nil, err
	}
	c.held, c.heldBytes = len(run)/c.RecordSize(), uint64(len(run))
	c.usage.Leased = true
	return run, nil
}

// ReleaseN gives back the first n peeked records, 0 to all, of a batch or a run, and
// ends the peek: the others come again with the next one. ErrInvalid when fewer are
// held.
func (c *Consumer) ReleaseN(n int) error {
	if !c.usage.Enter() {
		return c.refuse("release")
	}
	err := c.releaseN(n)
	c.usage.Leave()
	return explain("release", c.name, err)
}

func (c *Consumer) releaseN(n int) error {
	if n < 0 || n > c.held {
		return fail("release", c.name, ErrInvalid, "%d records, of which %d are held", n, c.held)
	}
	switch {
	case c.held == 0:
		return nil // nothing was peeked, and nothing is given back
	case n == c.held:
		return c.release()
	}
	c.held = 0
	c.usage.Leased = false
	if c.fixed != nil {
		c.usage.Counted(uint64(n), uint64(n)*c.fixed.RecordSize())
		return c.fixed.Release(uint64(n))
	}
	// Take all of them back, then the first n again.
	if c.variable != nil {
		c.variable.Unpeek(c.heldSeq)
	} else {
		c.classic.Unpeek(c.heldSeq)
	}
	var bytes uint64
	for range n {
		var rec Record
		if err := c.next(&rec); err != nil {
			return err
		}
		bytes += uint64(len(rec.Payload))
	}
	if n == 0 {
		return nil
	}
	c.usage.Counted(uint64(n), bytes)
	if c.variable != nil {
		c.variable.Release()
	} else {
		c.classic.Release()
	}
	return nil
}

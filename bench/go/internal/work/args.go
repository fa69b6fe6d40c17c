// Package work is what all systems of the worker share: the command line, the
// results, clocks and the checking of records.
package work

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrUnsupported is the condition of everything this worker, or a system, does
// not do, in contrast to what it fails to do.
var ErrUnsupported = errors.New("unsupported")

// Unsupported makes such an error.
func Unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnsupported}, args...)...)
}

// Args is the command line: SYSTEM CASE ROLE key=value…
type Args struct {
	System, Case, Role string

	Name     string
	Mode     string // stream: copy, place, batch, run
	Peer     string // stream: the mode of the other side
	Size     uint64 // of a record in bytes
	Count    uint64 // of all records, the warm ones included
	Warm     uint64 // records or rounds before the clock starts
	Batch    uint64 // most records in a call
	Ring     uint64 // capacity in bytes, 0 for the system's default
	Rounds   uint64
	Channels uint64
	Rate     uint64 // messages a second, 0 for as many as possible
	Capacity uint64
	Think    time.Duration
	Lazy     uint64
}

// keys of each case.
var keys = map[string]string{
	"stream": "name size count warm mode batch ring peer",
	"trip":   "name size rounds warm",
	"wake":   "name size rounds warm think",
	"idle":   "name",
	"fanout": "name channels size count warm ring",
	"paced":  "name size rate count warm ring",
	"open":   "name capacity lazy rounds",
}

// Parse reads the arguments after the program's name.
func Parse(argv []string) (*Args, error) {
	if len(argv) < 3 {
		return nil, fmt.Errorf("usage: bench-go SYSTEM CASE ROLE key=value… | SYSTEM version")
	}
	a := &Args{
		System: argv[0], Case: argv[1], Role: argv[2],
		Mode: "copy", Peer: "copy", Size: 64, Batch: 64, Channels: 1, Rounds: 1, Count: 1, Think: 300 * time.Microsecond,
	}
	known, ok := keys[a.Case]
	if !ok {
		return nil, Unsupported("case %q", a.Case)
	}
	for _, arg := range argv[3:] {
		key, value, _ := strings.Cut(arg, "=")
		if !slices.Contains(strings.Fields(known), key) {
			return nil, Unsupported("key %q of case %s", key, a.Case)
		}
		if err := a.set(key, value); err != nil {
			return nil, fmt.Errorf("%s=%s: %w", key, value, err)
		}
	}
	return a, a.check()
}

func (a *Args) set(key, value string) (err error) {
	text := map[string]*string{"name": &a.Name, "mode": &a.Mode, "peer": &a.Peer}
	number := map[string]*uint64{
		"size": &a.Size, "count": &a.Count, "warm": &a.Warm, "batch": &a.Batch, "ring": &a.Ring, "rounds": &a.Rounds,
		"channels": &a.Channels, "rate": &a.Rate, "capacity": &a.Capacity, "lazy": &a.Lazy,
	}
	if to := text[key]; to != nil {
		*to = value
		return nil
	}
	if to := number[key]; to != nil {
		*to, err = strconv.ParseUint(value, 10, 62)
		return err
	}
	ns, err := strconv.ParseInt(value, 10, 64)
	a.Think = time.Duration(ns)
	return err
}

func (a *Args) check() error {
	switch {
	case a.Name == "":
		return errors.New("name= is missing")
	case a.Size == 0 || a.Size > 1<<31:
		return fmt.Errorf("size=%d: it must be from 1 to 2^31", a.Size)
	case a.Batch == 0 || a.Channels == 0 || a.Rounds == 0:
		return errors.New("batch, channels and rounds must be at least 1")
	case a.Case != "open" && a.Case != "trip" && a.Case != "wake" && a.Warm >= a.Count:
		return fmt.Errorf("warm=%d: it must be below count=%d", a.Warm, a.Count)
	}
	return nil
}

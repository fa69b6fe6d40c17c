// Peer produces or consumes records whose content follows from a seed, so that
// any two peers, of whatever language, can be set against each other. All peers
// take the same command line; ../../README.md has it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

type flags struct {
	role, name, layout, records     string
	count, seed, start, from        uint64
	limit, capacity, recordCount    uint64
	alignment                       uint
	batch, stopAfter, dieAfter      uint64
	inPlace, times, keep, awaitPeer bool
	kinds, expectEnd, expectDeath   bool
	again                           bool
	wait                            float64
	lengths                         []uint64
	frame, payloadFile              string
}

func parse(args []string) (*flags, error) {
	f := &flags{}
	set := flag.NewFlagSet("peer", flag.ContinueOnError)
	set.StringVar(&f.name, "name", "", "channel")
	set.StringVar(&f.layout, "layout", "native", "native or classic")
	set.StringVar(&f.records, "records", "variable", "variable or fixed:SIZE")
	set.Uint64Var(&f.count, "count", 1000, "records")
	set.Uint64Var(&f.seed, "seed", 1, "of the content")
	set.Uint64Var(&f.limit, "max", 256, "longest payload")
	set.Uint64Var(&f.capacity, "capacity", 0, "bytes of the ring")
	set.Uint64Var(&f.recordCount, "record-count", 0, "records of a fixed-size ring")
	set.UintVar(&f.alignment, "alignment", 0, "of payloads")
	set.Uint64Var(&f.start, "start-position", 0, "first position")
	set.Uint64Var(&f.from, "from", 0, "index of the first record")
	set.Uint64Var(&f.batch, "batch", 1, "records per call")
	set.BoolVar(&f.inPlace, "in-place", false, "reserve and peek")
	set.BoolVar(&f.times, "times", false, "publication times, checked")
	set.BoolVar(&f.keep, "keep", false, "keep the channel")
	set.BoolVar(&f.awaitPeer, "await-peer", false, "wait for a successor")
	set.BoolVar(&f.kinds, "kinds", false, "tag records, check tags")
	set.BoolVar(&f.expectEnd, "expect-end", false, "demand the end of the stream")
	set.BoolVar(&f.expectDeath, "expect-death", false, "demand that the peer dies without closing")
	set.BoolVar(&f.again, "again", false, "open again at the end of the stream until all records came")
	set.Float64Var(&f.wait, "wait", 10, "seconds for the channel to appear")
	set.Uint64Var(&f.stopAfter, "stop-after", 0, "close after so many")
	set.Uint64Var(&f.dieAfter, "die-after", 0, "kill itself after so many")
	lengths := set.String("lengths", "", "payload lengths, in turn")
	set.StringVar(&f.frame, "frame", "", "WIDTHxHEIGHT of bgr24 frames")
	set.StringVar(&f.payloadFile, "payload-file", "", "pixels of the frames")
	f.role = args[0]
	if err := set.Parse(args[1:]); err != nil {
		return nil, err
	}
	for _, text := range strings.FieldsFunc(*lengths, func(r rune) bool { return r == ',' }) {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return nil, err
		}
		f.lengths = append(f.lengths, n)
	}
	return f, nil
}

// total is how many records this process handles before it stops.
func (f *flags) total() uint64 {
	n := f.count
	for _, end := range []uint64{f.stopAfter, f.dieAfter} {
		if end != 0 {
			n = min(n, end)
		}
	}
	return n
}

func (f *flags) fixed() uint64 {
	if size, ok := strings.CutPrefix(f.records, "fixed:"); ok {
		n, _ := strconv.ParseUint(size, 10, 64) // 0 is refused where it is used
		return n
	}
	return 0
}

// report is the last line of output.
type report struct {
	Role    string `json:"role"`
	Records uint64 `json:"records"`
	Bytes   uint64 `json:"bytes"`
	First   uint64 `json:"first"`
	Next    uint64 `json:"next"`
	Guards  uint64 `json:"guards"`
	Follows uint64 `json:"follows"`
	OK      bool   `json:"ok"`
}

// die ends the process as a crash does: nothing is closed or flushed.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	time.Sleep(time.Minute)
	panic(fmt.Sprintf("survived: %v", err))
}

func run() error {
	if len(os.Args) < 2 {
		return fmt.Errorf("usage: peer produce|consume --name NAME …")
	}
	f, err := parse(os.Args[1:])
	if err != nil {
		return err
	}
	r := &report{Role: f.role, First: f.from, Next: f.from}
	switch {
	case f.frame != "":
		err = frames(f, r)
	case f.role == "produce":
		err = produce(f, r)
	case f.role == "consume":
		err = consume(f, r)
	default:
		err = fmt.Errorf("unknown role %q", f.role)
	}
	if err != nil {
		return fmt.Errorf("%s, next record %d: %w", f.role, r.Next, err)
	}
	r.OK = true
	return json.NewEncoder(os.Stdout).Encode(r)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

// Package job is what a benchmark tells the two sides of a measurement, and what
// they answer. The sides are programs in several languages: a job is a list of
// words, an answer one line of JSON.
package job

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cases.
const (
	Stream = "stream" // one way, as fast as it goes
	Trip   = "trip"   // there and back, both sides spinning
	Wake   = "wake"   // there and back, both sides asleep
	Idle   = "idle"   // one record, then nothing
	Flags  = "flags"  // two words of memory, no data
	Futex  = "futex"  // as Wake with nothing but the system's own waiting
	Memcpy = "memcpy" // one process copies
)

// Roles. The sender starts: it produces, or sends what the receiver echoes.
const (
	Send    = "send"
	Receive = "receive"
)

// Modes of a stream.
const (
	Copy  = "copy"  // a record a call
	Batch = "batch" // several a call
	Run   = "run"   // fixed-size records, several a call
	Place = "place" // filled and looked at in place
)

// Job of one side.
type Job struct {
	Case, Role, Mode string
	Name             string        // of the channel; the way back is Back
	Size             int           // bytes of a record
	Batch            int           // records a call, at most
	Chunk            int           // records, or trips, between two looks at the clock
	Every            int           // the receiver checks every so many-th number; senders number at least these
	Ring             uint64        // bytes
	Warm             uint64        // records, or trips, before the clock starts
	Time             time.Duration // to measure
	Think            time.Duration // that each side of Wake is busy before it sends
}

// Back is the channel of the echoes.
func (j Job) Back() string { return j.Name + ".back" }

// Channels that the job makes.
func (j Job) Channels() []string { return []string{j.Name, j.Back()} }

// Args are the words for a peer's command line.
func (j Job) Args() []string {
	return []string{
		j.Case, j.Role, "mode=" + j.Mode, "name=" + j.Name,
		fmt.Sprint("size=", j.Size), fmt.Sprint("batch=", j.Batch), fmt.Sprint("chunk=", j.Chunk),
		fmt.Sprint("every=", j.Every), fmt.Sprint("ring=", j.Ring), fmt.Sprint("warm=", j.Warm),
		fmt.Sprint("time=", j.Time.Nanoseconds()), fmt.Sprint("think=", j.Think.Nanoseconds()),
	}
}

// Parse is the inverse of Args.
func Parse(args []string) (Job, error) {
	if len(args) < 2 {
		return Job{}, fmt.Errorf("give CASE ROLE key=value…")
	}
	j := Job{Case: args[0], Role: args[1]}
	numbers := map[string]func(int64){
		"size":  func(n int64) { j.Size = int(n) },
		"batch": func(n int64) { j.Batch = int(n) },
		"chunk": func(n int64) { j.Chunk = int(n) },
		"every": func(n int64) { j.Every = int(n) },
		"ring":  func(n int64) { j.Ring = uint64(n) },
		"warm":  func(n int64) { j.Warm = uint64(n) },
		"time":  func(n int64) { j.Time = time.Duration(n) },
		"think": func(n int64) { j.Think = time.Duration(n) },
	}
	for _, word := range args[2:] {
		key, value, _ := strings.Cut(word, "=")
		switch set := numbers[key]; {
		case key == "mode":
			j.Mode = value
		case key == "name":
			j.Name = value
		case set == nil:
			return j, fmt.Errorf("unknown key %q", key)
		default:
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 0 {
				return j, fmt.Errorf("%s: not a count", word)
			}
			set(n)
		}
	}
	return j, nil
}

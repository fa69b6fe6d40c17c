// Package demo shows the library at work between processes of this one program:
// a moving picture, small messages, and round trips, everything checked where it
// arrives.
//
// Run is the parent: it starts two peers for each run, shows how far they are, and
// prints what they measured. RunPeer is such a peer.
package demo

import "time"

// Kinds of runs.
const (
	runFrames = "frames" // pictures with a checksum
	runStream = "stream" // small messages one way
	runEcho   = "echo"   // small messages there and back
)

// Job tells a peer what to do; the parent passes it as JSON.
type Job struct {
	Run     string        `json:"run"`
	Send    bool          `json:"send"`    // else receive
	Channel string        `json:"channel"` // echo also uses Channel + "-back"
	Count   uint64        `json:"count"`   // records to send, 0: as many as Limit allows
	Limit   time.Duration `json:"limit"`   // time to send, 0: until Count
	Width   uint32        `json:"width"`
	Height  uint32        `json:"height"`
	FPS     uint64        `json:"fps"` // pictures a second, 0: as fast as possible
}

// Result is what a peer measured.
type Result struct {
	Records uint64        `json:"records"`
	Bytes   uint64        `json:"bytes"`
	Elapsed time.Duration `json:"elapsed"`
	P50     time.Duration `json:"p50"` // half of the records were at most this old, or this long on their way
	P99     time.Duration `json:"p99"`
}

// report is one line of a peer's standard output.
type report struct {
	Progress float64 `json:"progress"` // 0 to 1
	Rate     string  `json:"rate"`     // for people
	Result   *Result `json:"result,omitempty"`
}

func (r Result) perSecond() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Records) / r.Elapsed.Seconds()
}

func (r Result) gigabytesPerSecond() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Bytes) / r.Elapsed.Seconds() / 1e9
}

// back is the channel of the answers.
func (j Job) back() string { return j.Channel + "-back" }

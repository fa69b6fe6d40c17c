package work

import (
	"encoding/binary"
	"time"
)

// Stamped is the message of the case wake: when it was sent, and how long the one
// before it, in the other direction, took to arrive.
type Stamped []byte

// NewStamped makes one of at least 16 bytes.
func NewStamped(size uint64) Stamped { return make(Stamped, max(size, 16)) }

// Think keeps the processor busy, then stamps the message.
func (s Stamped) Think(d time.Duration) {
	Think(d)
	binary.LittleEndian.PutUint64(s, uint64(Monotonic()))
}

// Took is how long the message has been under way, now that it is here.
func (s Stamped) Took() int64 { return Monotonic() - int64(binary.LittleEndian.Uint64(s)) }

// Report puts the time of the message before into this one.
func (s Stamped) Report(ns int64) { binary.LittleEndian.PutUint64(s[8:], uint64(ns)) }

// Reported is that time.
func (s Stamped) Reported() int64 { return int64(binary.LittleEndian.Uint64(s[8:])) }

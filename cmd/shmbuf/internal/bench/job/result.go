package job

// Result is what a side answers; each case uses its own part.
type Result struct {
	Records uint64  `json:"records,omitempty"` // received after the warm-up, or round trips in Trips
	Seconds float64 `json:"seconds,omitempty"` // for them
	// Trips that were timed one by one: pairs of nanoseconds and how often.
	Trips [][2]int64 `json:"trips,omitempty"`
	PID   int        `json:"pid,omitempty"` // of a waiter that is ready
	// Nanoseconds of a round trip with no clock in it: the median of many groups of
	// trips that were timed together.
	Nanoseconds    float64 `json:"ns,omitempty"`
	BytesPerSecond float64 `json:"bytes,omitempty"` // of memcpy
}

// PerSecond is the rate of the records.
func (r Result) PerSecond() float64 {
	if r.Seconds <= 0 {
		return 0
	}
	return float64(r.Records) / r.Seconds
}

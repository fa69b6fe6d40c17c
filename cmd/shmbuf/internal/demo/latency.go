package demo

import (
	"slices"
	"time"
)

// latencies collects durations up to a bound of memory.
type latencies []uint32 // nanoseconds

// maxSamples bounds the memory of a collection to 16 MiB.
const maxSamples = 4 << 20

func (l *latencies) add(d time.Duration) {
	if len(*l) < maxSamples {
		*l = append(*l, uint32(min(max(d, 0), 1<<32-1)))
	}
}

// quantiles returns the durations below which 50 and 99 of 100 samples lie.
func (l latencies) quantiles() (p50, p99 time.Duration) {
	if len(l) == 0 {
		return 0, 0
	}
	slices.Sort(l)
	at := func(percent int) time.Duration { return time.Duration(l[(len(l)-1)*percent/100]) }
	return at(50), at(99)
}

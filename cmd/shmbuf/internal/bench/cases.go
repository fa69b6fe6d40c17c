package bench

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// measurement is one line of the table: what is measured again and again.
type measurement struct {
	key   string // in the JSON
	title string
	job   job.Job
	limit bool // what the machine can do: always in Go, and without a channel
	alone bool // one process
	call  int  // bytes that one call copies, 0: none
}

const (
	minRing = 4 << 20
	// ringRecords is how many records a ring holds at least.
	ringRecords = 4
	// batchRecords is how many records a batch or a run has, where a quarter of the
	// ring holds so many.
	batchRecords = 256
	// chunkBytes are copied at most between two looks at the clock, and
	// chunkBatches at most pass.
	chunkBytes, chunkBatches = 16 << 20, 16
	// tripsBytes cross at most in each direction in trips that are timed together,
	// and maxTrips at most are; some such groups are the warm-up.
	tripsBytes, maxTrips, warmGroups = 4 << 20, 500, 4
	// thinkTime is longer than any side spins before it sleeps.
	thinkTime = 300 * time.Microsecond
	// headerMax is the most that a ring needs for a record besides its bytes.
	headerMax = 24
)

// template has the sizes that all jobs share.
func (o Options) template() job.Job {
	stride := o.Size + headerMax
	ring := max(uint64(minRing), uint64(1)<<bits.Len64(ringRecords*stride-1))
	batch := max(1, min(batchRecords, ring/4/stride))
	return job.Job{
		Size: int(o.Size), Ring: ring, Batch: int(batch), Every: 1,
		Warm: ring / stride, Time: o.Time, Think: thinkTime,
	}
}

// stream of the given mode.
func (o Options) stream(mode string) job.Job {
	j := o.template()
	j.Case, j.Mode = job.Stream, mode
	j.Chunk = j.Batch * between(1, chunkBytes/(j.Batch*j.Size), chunkBatches)
	if mode == job.Place { // nothing is copied
		j.Chunk = batchRecords * chunkBatches
	}
	if o.Send == Python || o.Receive == Python {
		j.Every = j.Chunk // numbering and checking every record costs Python more than passing it
	}
	return j
}

// trip there and back.
func (o Options) trip() job.Job {
	j := o.template()
	j.Case, j.Chunk = job.Trip, between(1, tripsBytes/j.Size, maxTrips)
	j.Warm = uint64(warmGroups * j.Chunk)
	return j
}

func between(low, n, high int) int { return min(max(low, n), high) }

// measurements in the order of the table.
func (o Options) measurements() []*measurement {
	t := o.template()
	asleep := func(kind string) job.Job {
		j := t
		j.Case, j.Warm = kind, 20
		return j
	}
	copyOf := func(size int) job.Job {
		j := t
		j.Case, j.Size, j.Time = job.Memcpy, size, min(o.Time/4, 50*time.Millisecond)
		return j
	}
	size, batch := int(o.Size), int(o.Size)*t.Batch
	list := []*measurement{
		{key: "stream", title: "stream, a record a call, copied", job: o.stream(job.Copy), call: size},
		{key: "batch", title: fmt.Sprintf("stream, batches of %d", t.Batch), job: o.stream(job.Batch), call: batch},
		{key: "run", title: fmt.Sprintf("stream, fixed size, runs of %d", t.Batch), job: o.stream(job.Run), call: batch},
		{key: "place", title: "stream, in place", job: o.stream(job.Place)},
		{key: "trip", title: "round trip, both spinning", job: o.trip()},
		{key: "wake", title: "round trip, both asleep", job: asleep(job.Wake)},
		{key: "memcpy", title: "memcpy of " + bytesText(o.Size), job: copyOf(size), limit: true, alone: true},
	}
	if batch != size {
		list = append(list, &measurement{key: "memcpy_batch", title: "memcpy of " + bytesText(uint64(batch)), job: copyOf(batch), limit: true, alone: true})
	}
	if hasFutex {
		list = append(list, &measurement{key: "futex", title: "futex, both asleep", job: asleep(job.Futex), limit: true})
	}
	return list
}

// latency tells whether the figure is nanoseconds and not a rate.
func (m *measurement) latency() bool {
	return m.job.Case == job.Trip || m.job.Case == job.Wake || m.job.Case == job.Futex
}

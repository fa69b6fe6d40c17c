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
	// chunkBatches is how many batches pass between two looks at the clock.
	chunkBatches = 16
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
	j := job.Job{
		Size: int(o.Size), Ring: ring, Batch: int(batch), Chunk: int(batch) * chunkBatches, Every: 1,
		Warm: ring / stride, Time: o.Time, Think: thinkTime,
	}
	if o.Send == Python || o.Receive == Python {
		j.Every = j.Chunk // numbering and checking every record costs Python more than passing it
	}
	return j
}

// measurements in the order of the table.
func (o Options) measurements() []*measurement {
	t := o.template()
	with := func(kind, mode string, warm uint64) job.Job {
		j := t
		j.Case, j.Mode, j.Warm = kind, mode, warm
		return j
	}
	copyOf := func(size int) job.Job {
		j := with(job.Memcpy, "", 0)
		j.Size, j.Time = size, min(o.Time/4, 50*time.Millisecond)
		return j
	}
	size, batch := int(o.Size), int(o.Size)*t.Batch
	list := []*measurement{
		{key: "stream", title: "stream, a record a call, copied", job: with(job.Stream, job.Copy, t.Warm), call: size},
		{key: "batch", title: fmt.Sprintf("stream, batches of %d", t.Batch), job: with(job.Stream, job.Batch, t.Warm), call: batch},
		{key: "run", title: fmt.Sprintf("stream, fixed size, runs of %d", t.Batch), job: with(job.Stream, job.Run, t.Warm), call: batch},
		{key: "place", title: "stream, in place", job: with(job.Stream, job.Place, t.Warm)},
		{key: "trip", title: "round trip, both spinning", job: with(job.Trip, "", 2000)},
		{key: "wake", title: "round trip, both asleep", job: with(job.Wake, "", 20)},
		{key: "memcpy", title: "memcpy of " + bytesText(o.Size), job: copyOf(size), limit: true, alone: true},
	}
	if batch != size {
		list = append(list, &measurement{key: "memcpy_batch", title: "memcpy of " + bytesText(uint64(batch)), job: copyOf(batch), limit: true, alone: true})
	}
	if hasFutex {
		list = append(list, &measurement{key: "futex", title: "futex, both asleep", job: with(job.Futex, "", 20), limit: true})
	}
	return list
}

// latency tells whether the figure is nanoseconds and not a rate.
func (m *measurement) latency() bool {
	return m.job.Case == job.Trip || m.job.Case == job.Wake || m.job.Case == job.Futex
}

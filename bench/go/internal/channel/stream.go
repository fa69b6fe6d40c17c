package channel

import (
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// longest queue: more elements make no difference.
const longest = 1 << 16

// stream sends from one goroutine to another. Records that are copied one by one
// and small travel as arrays, everything else in buffers that go round.
func stream(a *work.Args) (any, error) {
	switch {
	case a.Mode == "copy" && a.Size == 8:
		return streamArrays[[8]byte](a)
	case a.Mode == "copy" && a.Size == 64:
		return streamArrays[[64]byte](a)
	case a.Mode == "copy" && a.Size == 1024:
		return streamArrays[[1024]byte](a)
	}
	switch a.Mode {
	case "copy", "place":
		a.Batch = 1
		return streamBuffers(a)
	case "batch", "run":
		return streamBuffers(a)
	}
	return nil, work.Unsupported("channel stream mode=%s", a.Mode)
}

// length of a queue of elements of this size that holds about what a ring would.
func length(a *work.Args, size uint64) uint64 {
	return min(max(max(a.Ring, 1<<20)/size, 2), longest)
}

func streamArrays[T any](a *work.Args) (any, error) {
	queue := make(chan T, length(a, a.Size))
	go func() {
		var record T
		for n := range a.Count {
			work.Number(bytes(&record), n)
			queue <- record
		}
	}()
	var record T
	return work.Timed(a, func(from, to uint64) error {
		for n := from; n < to; n++ {
			record = <-queue
			if err := work.Check(bytes(&record), a.Size, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// streamBuffers sends slices of up to batch records, and gets the buffers back.
func streamBuffers(a *work.Args) (any, error) {
	size := a.Batch * a.Size
	buffers := length(a, size)
	queue, free := make(chan []byte, buffers), make(chan []byte, buffers)
	for range buffers {
		free <- work.Buffer(size)
	}
	go sendBuffers(a, queue, free)
	out := work.Buffer(size)
	receive := func(from, to uint64) error {
		for n := from; n < to; {
			full := <-queue
			run := full
			if a.Mode == "copy" || a.Mode == "batch" {
				run = out[:copy(out, full)]
			}
			got, err := work.CheckRun(run, a.Size, n)
			if err != nil {
				return err
			}
			n += got
			free <- full
		}
		return nil
	}
	return work.Timed(a, receive)
}

// sendBuffers fills one buffer after the other. A buffer never reaches across the
// start of the clock.
func sendBuffers(a *work.Args, queue chan<- []byte, free <-chan []byte) {
	records := work.Buffer(a.Batch * a.Size)
	warm := max(a.Warm, 1)
	for n := uint64(0); n < a.Count; {
		until := a.Count
		if n < warm {
			until = warm
		}
		count := min(a.Batch, until-n)
		buffer := (<-free)[:count*a.Size]
		if a.Mode == "place" {
			work.Number(buffer, n)
		} else {
			work.NumberRun(records[:len(buffer)], a.Size, n)
			copy(buffer, records)
		}
		queue <- buffer
		n += count
	}
}

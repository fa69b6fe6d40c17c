package shmbuf

import (
	"log/slog"
	"os"
	"strconv"
	"sync"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/order"
	"github.com/shmbuf/shmbuf/internal/segment"
	"github.com/shmbuf/shmbuf/internal/usage"
	"github.com/shmbuf/shmbuf/internal/wait"
)

// handle is what producers and consumers share: the mapped segment, the state of
// use, and the counters.
type handle struct {
	name        string
	layout      Layout
	seg         *segment.Segment
	control     layout.Control   // native only
	geometry    *layout.Geometry // native only
	capacity    uint64
	maxRecord   uint64
	awaitPeer   bool
	logger      *slog.Logger
	usage       usage.Usage
	unmap       sync.Once
	cancel      cancellation
	patience    patience
	lookout     lookout
	doubt       doubt         // classic
	sleeps      order.Counter // by the owner
	sharedSleep *layout.U64   // the counter others see, nil for classic
	waiter      *layout.U32   // the event word our blocked calls sleep on, nil for classic
}

// Name of the channel.
func (h *handle) Name() string { return h.name }

// Capacity of the ring in bytes.
func (h *handle) Capacity() uint64 { return h.capacity }

// MaxRecord is the longest payload in bytes that can ever fit.
func (h *handle) MaxRecord() int { return int(h.maxRecord) }

// Layout of the segment.
func (h *handle) Layout() Layout { return h.layout }

// RecordSize in bytes of a channel of fixed-size records, 0 for variable ones.
func (h *handle) RecordSize() int {
	if h.geometry == nil {
		return 0
	}
	return int(h.geometry.RecordSize)
}

// ContentType is the descriptor text given at creation.
func (h *handle) ContentType() string {
	if h.geometry == nil {
		return ""
	}
	return h.geometry.Descriptor
}

// Alignment of payloads in bytes.
func (h *handle) Alignment() int {
	if h.geometry == nil {
		return 1
	}
	return int(h.geometry.Alignment)
}

// Stats are the counters of one handle since it was made.
type Stats struct {
	Records   uint64 // written or read
	Bytes     uint64 // of payload
	Sleeps    uint64 // times a call slept for the other side
	Wakes     uint64 // wake calls made for the other side
	GuardHits uint64 // classic: impossible positions that were not believed
	Discarded uint64 // records unread in a segment that this producer replaced
}

func (h *handle) stats() Stats {
	return Stats{
		Records: h.usage.Records.Load(),
		Bytes:   h.usage.Bytes.Load(),
		Sleeps:  h.sleeps.Load(),
	}
}

func (h *handle) slept() {
	h.sleeps.Add(1)
	if h.sharedSleep != nil {
		h.sharedSleep.Set(h.sharedSleep.Load() + 1)
	}
}

// wake is the ring's wake call.
func wake(word *layout.U32) { wait.Wake(word.Raw()) }

// wakeAll wakes the waiters of a word whether or not there are any.
func wakeAll(word *layout.U32) {
	word.Exchange(0)
	wake(word)
}

// wakeSelf wakes a sleeping call of this handle, and whoever sleeps with it.
func (h *handle) wakeSelf() { wakeAll(h.waiter) }

// newUsage lets the closer of a handle fence for its owner where the kernel can.
func newUsage() usage.Usage {
	if wait.RegisterPrivateBarrier() {
		return usage.New(wait.PrivateBarrier)
	}
	return usage.New(nil)
}

// capabilities registers this process for the barrier that spares its fences.
func capabilities() (bits uint32, barrier bool) {
	if wait.RegisterBarrier() {
		return layout.CapabilityBarrier, true
	}
	return 0, false
}

// unmapOnce gives the memory back. Nobody may use it afterwards.
func (h *handle) unmapOnce() {
	h.unmap.Do(func() {
		h.cancel.forget()
		h.lookout.end()
		_ = h.seg.Close()
	})
}

// refuse ends a call that found the handle closed.
func (h *handle) refuse(op string) error {
	if h.usage.Abandon() {
		h.unmapOnce()
	}
	return explain(op, h.name, os.ErrClosed)
}

// beginClose marks the handle closed, wakes a blocked call of its owner, and
// waits for it to leave.
func (h *handle) beginClose() error {
	if !h.usage.Close() {
		return fail("close", h.name, os.ErrClosed, "this handle has been closed")
	}
	if h.waiter != nil {
		wakeAll(h.waiter)
	}
	h.usage.Settle()
	return nil
}

// endClose gives the memory back, or leaves that to the owner of a view.
func (h *handle) endClose(err error) error {
	if h.usage.End() {
		h.unmapOnce()
	}
	return explain("close", h.name, err)
}

var (
	producerRole        = segment.Role{Offset: layout.ProducerOffset, Label: "producer"}
	classicProducerRole = segment.Role{Offset: layout.ClassicProducerKey, Label: "producer"}
	classicConsumerRole = segment.Role{Offset: layout.ClassicConsumerKey, Label: "slot0"}
)

func slotRole(i uint32) segment.Role {
	return segment.Role{Offset: layout.SlotOffset + int64(i)*layout.SlotSize, Label: "slot" + strconv.Itoa(int(i))}
}

package shmbuf

import (
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/shmbuf/shmbuf/internal/layout"
)

// Version of this release.
const Version = "0.1.0"

// DefaultCapacity of a channel in bytes.
const DefaultCapacity = layout.DefaultCapacity

// Layout is how a segment is laid out in memory.
type Layout uint8

const (
	// Native is shmbuf's own layout.
	Native Layout = iota
	// Classic is the byte ring that existing C++ and Python programs speak.
	Classic
)

func (l Layout) String() string {
	if l == Classic {
		return "classic"
	}
	return "native"
}

// Options say how Create makes a channel. The zero value is the default: a
// native channel of 1 MiB for variable-size records and one consumer.
type Options struct {
	Layout Layout

	// Capacity of the ring in bytes, default 1 MiB. Native: a power of two from
	// 4096 to 2^40. Classic: 16 to 2^31, of which the wire uses the largest power
	// of two that is not more; a difference is logged.
	Capacity uint64

	// RecordSize, when not 0, makes a native channel of fixed-size records of so
	// many bytes, with no header each, that can be used in runs.
	RecordSize uint64
	// RecordCount is the number of fixed-size records in the ring: a power of
	// two, at least 2; default as many as 1 MiB holds.
	RecordCount uint64

	// Alignment of payloads in bytes: a power of two up to 4096. Default 8, at
	// least 8; for fixed-size records the default is the largest power of two up
	// to 8 that divides RecordSize.
	Alignment uint32

	// Slots is the number of consumers there can be, default 1. This version
	// lets consumers use slot 0 only.
	Slots uint32

	// ContentType describes the payload for tools, for example
	// "video/x-raw,format=BGR,width=1920,height=1080,framerate=30/1". UTF-8, at
	// most 3840 bytes.
	ContentType string

	// Times makes every record carry its publication time.
	Times bool

	// Lazy leaves the memory of the ring to be taken page by page, as it is used, for
	// very large rings. By default all of it is reserved by Create, which takes 0.25 s
	// for 1 GiB; with Lazy a full /dev/shm ends the process that touches a page that
	// is not there (SIGBUS) instead of being ErrNoSpace here. Native only.
	Lazy bool

	// Keep leaves the channel in place when everybody has left.
	Keep bool

	// Exclusive makes Create fail with fs.ErrExist when the name is taken,
	// instead of continuing or replacing the channel of a producer that is gone.
	Exclusive bool

	// AwaitPeer makes blocking calls wait for a successor when the consumer died,
	// instead of returning ErrPeerDied.
	AwaitPeer bool

	// Mode bits of the object, default 0600 (classic: 0666 less the umask).
	Mode fs.FileMode

	// StartPosition is where positions begin. It exists for conformance tests,
	// which cross 2^32 and 2^64.
	StartPosition uint64

	// Logger gets notices such as a rounded classic capacity; default
	// slog.Default().
	Logger *slog.Logger
}

// ConsumerOptions say how Open attaches a consumer. The zero value is the default.
type ConsumerOptions struct {
	// Slot to take, below Options.Slots. This version has slot 0 only.
	Slot uint32
	// AwaitPeer makes blocking calls wait for a successor when the producer died,
	// instead of returning ErrPeerDied.
	AwaitPeer bool
	// Keep leaves the channel in place even when this consumer is the last to
	// leave it.
	Keep bool
}

// geometry turns native options into a complete, checked geometry.
func (o *Options) geometry() (*layout.Geometry, error) {
	g := &layout.Geometry{
		Capacity: o.Capacity, RecordSize: o.RecordSize, RecordCount: o.RecordCount,
		Alignment: o.Alignment, Slots: o.Slots, Descriptor: o.ContentType, StartPosition: o.StartPosition,
	}
	if g.Slots == 0 {
		g.Slots = 1
	}
	if o.Times {
		g.Flags |= layout.FlagTimes
	}
	if o.Keep {
		g.Flags |= layout.FlagKeep
	}
	if err := checkMode(o.Mode); err != nil {
		return nil, err
	}
	if o.RecordSize == 0 {
		if g.Capacity == 0 {
			g.Capacity = layout.DefaultCapacity
		}
		if g.Alignment == 0 {
			g.Alignment = layout.MinAlignment
		}
		return g, g.Complete()
	}
	g.Format = layout.FormatFixed
	if o.Capacity != 0 {
		return nil, fmt.Errorf("capacity %d together with record size %d; size a ring of fixed-size records with the record count", o.Capacity, o.RecordSize)
	}
	if g.RecordCount == 0 {
		g.RecordCount = max(layout.PowerOfTwoBelow(layout.DefaultCapacity/o.RecordSize), 2)
	}
	if g.Alignment == 0 {
		g.Alignment = uint32(min(o.RecordSize&-o.RecordSize, layout.MinAlignment))
	}
	return g, g.Complete()
}

// classicCapacity checks classic options and returns the requested and the usable
// capacity.
func (o *Options) classicCapacity() (request, capacity uint64, err error) {
	request = o.Capacity
	if request == 0 {
		request = layout.DefaultCapacity
	}
	switch {
	case request < layout.ClassicMinRequest || request > layout.ClassicMaxRequest:
		err = fmt.Errorf("capacity %d; the classic layout takes %d to %d", request, layout.ClassicMinRequest, uint64(layout.ClassicMaxRequest))
	case o.RecordSize != 0 || o.RecordCount != 0:
		err = fmt.Errorf("record size %d: the classic layout has variable-size records only", o.RecordSize)
	case o.Alignment > 1:
		err = fmt.Errorf("alignment %d: the classic layout does not align records", o.Alignment)
	case o.Slots > 1:
		err = fmt.Errorf("%d slots: the classic layout has one consumer", o.Slots)
	case o.ContentType != "" || o.Times || o.Keep || o.Lazy:
		err = fmt.Errorf("content type, times, keep and lazy need the native layout; a classic object always stays")
	case o.StartPosition > 1<<32-1:
		err = fmt.Errorf("start position %d; classic positions are below 2^32", o.StartPosition)
	default:
		err = checkMode(o.Mode)
	}
	return request, layout.PowerOfTwoBelow(request), err
}

func checkMode(m fs.FileMode) error {
	if m&^0o777 != 0 {
		return fmt.Errorf("mode %v; use permission bits only, such as 0600 or 0660", m)
	}
	return nil
}

func (o *Options) logger() *slog.Logger {
	if o.Logger != nil {
		return o.Logger
	}
	return slog.Default()
}

package shmbuf

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// Info describes a channel as it was at one moment. What comes from peers (pids,
// counters, text) is what they wrote.
type Info struct {
	Name        string         `json:"name"`
	Layout      string         `json:"layout"`  // native, classic
	Version     int            `json:"version"` // of the native layout; 0 for classic
	Format      string         `json:"format"`  // variable, fixed
	Capacity    uint64         `json:"capacity"`
	RecordSize  uint64         `json:"record_size"`
	RecordCount uint64         `json:"record_count"`
	MaxRecord   uint64         `json:"max_record"`
	Alignment   uint32         `json:"alignment"`
	Slots       uint32         `json:"slots"`
	ContentType string         `json:"content_type"`
	Times       bool           `json:"times"`
	Keep        bool           `json:"keep"`
	SegmentSize uint64         `json:"segment_size"` // of the object, in bytes
	SegmentID   string         `json:"segment_id"`   // 16 hexadecimal digits
	Created     time.Time      `json:"created"`
	Mode        fs.FileMode    `json:"mode"`
	Position    uint64         `json:"position"` // of the producer
	Records     uint64         `json:"records"`  // published in the segment's life
	Used        uint64         `json:"used"`     // bytes (fixed: records) that wait for the slowest consumer
	Fill        float64        `json:"fill"`     // share of the ring that waits, 0 to 1
	Producer    PeerInfo       `json:"producer"`
	Consumers   []ConsumerInfo `json:"consumers"`
}

// PeerInfo describes who has a role, or had it last.
type PeerInfo struct {
	// State of a producer: none, active, closed, retired; of a consumer: free,
	// joined (nobody has come yet), attached, detached. Classic: unknown.
	State    string    `json:"state"`
	Alive    bool      `json:"alive"` // a live process holds the role
	PID      uint32    `json:"pid"`
	Epoch    uint64    `json:"epoch"`
	Language string    `json:"language"`
	Attached time.Time `json:"attached"`
	Sleeps   uint64    `json:"sleeps"`
}

// ConsumerInfo describes one slot.
type ConsumerInfo struct {
	PeerInfo
	Slot        uint32 `json:"slot"`
	Policy      string `json:"policy"`
	Position    uint64 `json:"position"`
	LagBytes    uint64 `json:"lag_bytes"` // fixed: of the records that wait
	LagRecords  uint64 `json:"lag_records"`
	LostRecords uint64 `json:"lost_records"`
	LostBytes   uint64 `json:"lost_bytes"`
}

// Inspect describes the channel name without taking a role or disturbing it. It
// does not block and may be called concurrently. Errors: fs.ErrNotExist,
// ErrNotChannel, ErrVersion, ErrDamaged, ErrInvalid, fs.ErrPermission.
func Inspect(name string) (*Info, error) {
	info, err := inspect(name)
	if errors.Is(err, errNotReady) {
		err = notReadyYet(name)
	}
	return info, explain("inspect", name, err)
}

func inspect(name string) (*Info, error) {
	if err := segment.CheckName(name); err != nil {
		return nil, refuseArgument("inspect", name, err)
	}
	seg, err := segment.Open(name, true)
	if err != nil {
		return nil, openProblem("inspect", name, err)
	}
	defer seg.Close() //nolint:errcheck // nothing was written
	id, g, err := identify("inspect", seg)
	switch {
	case err != nil:
		return nil, err
	case id == layout.NotReady:
		return nil, errNotReady
	case id == layout.Classic:
		return inspectClassic(seg)
	}
	return inspectNative(seg, g)
}

func inspectNative(seg *segment.Segment, g *layout.Geometry) (*Info, error) {
	c := layout.ControlOf(seg.Bytes())
	page := c.Producer
	info := &Info{
		Name: seg.Name(), Layout: Native.String(), Version: layout.NativeVersion, Format: "variable",
		Capacity: g.Capacity, RecordSize: g.RecordSize, RecordCount: g.RecordCount, MaxRecord: g.MaxRecord(),
		Alignment: g.Alignment, Slots: g.Slots, ContentType: g.Descriptor, Times: g.Times(), Keep: g.Keep(),
		SegmentSize: g.SegmentSize, SegmentID: fmt.Sprintf("%016x", g.SegmentID), Created: time.Unix(0, g.Created),
		Mode: seg.Mode(),
	}
	if g.Format == layout.FormatFixed {
		info.Format = "fixed"
	}
	for i := range g.Slots {
		s := c.Slot(i)
		// Positions before the producer's, so that a lag is never negative.
		gate, cursor := s.Gate.Load(), s.Cursor.Load()
		position := page.Position.Load()
		state := s.State.Load()
		alive, err := seg.Locked(slotRole(i))
		if err != nil {
			return nil, err
		}
		ci := ConsumerInfo{
			Slot: i, Policy: named(policies, s.Policy.Load()), Position: cursor,
			LostRecords: s.LostRecords.Load(), LostBytes: s.LostBytes.Load(),
			PeerInfo: peerInfo(named(slotStates, state), alive, s.PID.Load(), s.Epoch.Load(), s.Language.Load(), s.Attached.Load(), s.Sleeps.Load()),
		}
		if state != layout.SlotFree {
			lag := min(position-cursor, g.Lap())
			ci.LagBytes, ci.LagRecords = lag, unread(c, g, s)
			if g.Format == layout.FormatFixed {
				ci.LagBytes = lag * g.RecordSize
			}
			info.Used = max(info.Used, min(position-gate, g.Lap()))
		}
		info.Consumers = append(info.Consumers, ci)
	}
	alive, err := seg.Locked(producerRole)
	if err != nil {
		return nil, err
	}
	info.Position = page.Position.Load()
	info.Records, _ = publishedCount(c, g)
	info.Fill = float64(info.Used) / float64(g.Lap())
	info.Producer = peerInfo(named(producerStates, page.State.Load()), alive, page.PID.Load(), page.Epoch.Load(), page.Language.Load(), page.Attached.Load(), page.Sleeps.Load())
	return info, nil
}

func peerInfo(state string, alive bool, pid uint32, epoch uint64, language uint32, attached, sleeps uint64) PeerInfo {
	p := PeerInfo{State: state, Alive: alive, PID: pid, Epoch: epoch, Language: named(languages, language), Sleeps: sleeps}
	if attached != 0 {
		p.Attached = time.Unix(0, int64(attached))
	}
	return p
}

func inspectClassic(seg *segment.Segment) (*Info, error) {
	h := layout.ClassicHeaderOf(seg.Bytes())
	capacity := uint64(h.Capacity.Load())
	if capacity == 0 || capacity&(capacity-1) != 0 || capacity+layout.ClassicHeaderSize > seg.Size() {
		return nil, errNotReady // changed since it was identified
	}
	tail, head := h.Tail.Load(), h.Head.Load()
	used := min(uint64(head-tail), capacity)
	producer, err := seg.Locked(classicProducerRole)
	if err != nil {
		return nil, err
	}
	consumer, err := seg.Locked(classicConsumerRole)
	if err != nil {
		return nil, err
	}
	return &Info{
		Name: seg.Name(), Layout: Classic.String(), Format: "variable", Capacity: capacity,
		MaxRecord: max(capacity, layout.ClassicLengthSize) - layout.ClassicLengthSize, Alignment: 1, Slots: 1, Keep: true, SegmentSize: seg.Size(), Mode: seg.Mode(),
		Position: uint64(head), Used: used, Fill: float64(used) / float64(capacity),
		Producer: PeerInfo{State: "unknown", Alive: producer, Language: "unknown"},
		Consumers: []ConsumerInfo{{
			PeerInfo: PeerInfo{State: "unknown", Alive: consumer, Language: "unknown"},
			Policy:   "lossless", Position: uint64(tail), LagBytes: used,
		}},
	}, nil
}

var (
	producerStates = []string{"none", "active", "closed", "retired"}
	slotStates     = []string{"free", "joined", "attached", "detached"}
	policies       = []string{"lossless", "lossy", "latest"}
	languages      = []string{"unknown", "go", "cpp", "python"}
)

func named(names []string, i uint32) string {
	if int64(i) < int64(len(names)) {
		return names[i]
	}
	return "unknown"
}

// List describes all channels of this machine that the caller may read, sorted by
// name. Objects that are not channels are left out, and so are channels that
// cannot be opened or are damaged; Inspect says why.
func List() ([]*Info, error) {
	names, err := segment.Names()
	if err != nil {
		return nil, explain("list", "channels", err)
	}
	var infos []*Info
	for _, name := range names {
		if info, err := inspect(name); err == nil {
			infos = append(infos, info)
		}
	}
	return infos, nil
}

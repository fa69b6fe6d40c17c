package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/shmbuf/shmbuf"
)

// channelView is the JSON of a channel. Scripts rely on it: fields are added, not
// changed.
type channelView struct {
	Name        string         `json:"name"`
	Layout      string         `json:"layout"`
	Version     int            `json:"version"`
	Format      string         `json:"format"`
	Capacity    uint64         `json:"capacity"`
	RecordSize  uint64         `json:"record_size"`
	RecordCount uint64         `json:"record_count"`
	MaxRecord   uint64         `json:"max_record"`
	Alignment   uint32         `json:"alignment"`
	Slots       uint32         `json:"slots"`
	ContentType string         `json:"content_type"`
	Times       bool           `json:"times"`
	Keep        bool           `json:"keep"`
	SegmentSize uint64         `json:"segment_size"`
	SegmentID   string         `json:"segment_id"`
	Created     *time.Time     `json:"created"`
	Mode        string         `json:"mode"`
	Position    uint64         `json:"position"`
	Records     uint64         `json:"records"`
	Used        uint64         `json:"used"`
	Fill        float64        `json:"fill"`
	Producer    peerView       `json:"producer"`
	Consumers   []consumerView `json:"consumers"`
}

type peerView struct {
	State    string     `json:"state"`
	Alive    bool       `json:"alive"`
	PID      uint32     `json:"pid"`
	Epoch    uint64     `json:"epoch"`
	Language string     `json:"language"`
	Attached *time.Time `json:"attached"`
	Sleeps   uint64     `json:"sleeps"`
}

type consumerView struct {
	Slot uint32 `json:"slot"`
	peerView
	Policy      string `json:"policy"`
	Position    uint64 `json:"position"`
	LagBytes    uint64 `json:"lag_bytes"`
	LagRecords  uint64 `json:"lag_records"`
	LostRecords uint64 `json:"lost_records"`
	LostBytes   uint64 `json:"lost_bytes"`
}

const schemaHelp = `JSON of a channel (numbers are bytes unless said otherwise; times are RFC 3339 or
null; what a classic channel does not know is 0, "", null or "unknown"):
  name, layout (native, classic), version (0: classic), format (variable, fixed),
  capacity, record_size (0: variable), record_count (records in the ring),
  max_record, alignment, slots (number of consumers there can be), content_type,
  times, keep (true or false), segment_size, segment_id (hexadecimal text),
  created, mode (octal text), position (of the producer), records (published so
  far), used (waiting in the ring; records where format is fixed), fill (0 to 1),
  producer: state (none, active, closed, retired), alive (a process holds the
    role; active and not alive: it died), pid, epoch (producers so far), language,
    attached (time), sleeps (times it waited for space)
  consumers, one for each slot: slot, state (free, joined: nobody has come yet,
    attached, detached), alive, pid, epoch, language, attached, sleeps, policy,
    position, lag_bytes, lag_records, lost_records, lost_bytes`

func viewOf(info *shmbuf.Info) channelView {
	v := channelView{
		Name: info.Name, Layout: info.Layout, Version: info.Version, Format: info.Format,
		Capacity: info.Capacity, RecordSize: info.RecordSize, RecordCount: info.RecordCount, MaxRecord: info.MaxRecord,
		Alignment: info.Alignment, Slots: info.Slots, ContentType: info.ContentType, Times: info.Times, Keep: info.Keep,
		SegmentSize: info.SegmentSize, SegmentID: info.SegmentID, Created: moment(info.Created),
		Mode: fmt.Sprintf("%04o", info.Mode.Perm()), Position: info.Position, Records: info.Records,
		Used: info.Used, Fill: info.Fill, Producer: peerOf(info.Producer), Consumers: []consumerView{},
	}
	for _, c := range info.Consumers {
		v.Consumers = append(v.Consumers, consumerView{
			Slot: c.Slot, peerView: peerOf(c.PeerInfo), Policy: c.Policy, Position: c.Position,
			LagBytes: c.LagBytes, LagRecords: c.LagRecords, LostRecords: c.LostRecords, LostBytes: c.LostBytes,
		})
	}
	return v
}

func peerOf(p shmbuf.PeerInfo) peerView {
	return peerView{
		State: p.State, Alive: p.Alive, PID: p.PID, Epoch: p.Epoch, Language: p.Language,
		Attached: moment(p.Attached), Sleeps: p.Sleeps,
	}
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

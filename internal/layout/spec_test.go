package layout

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"unsafe"
)

// specification reads the machine-readable numbers of the protocol.
func specification(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile("../../spec/layout.json")
	if err != nil {
		t.Fatal(err)
	}
	var spec map[string]any
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	return spec
}

type numbers map[string]uint64

// compare demands that section and want have the same names and numbers. Names
// of nested objects are left to the caller.
func compare(t *testing.T, title string, section any, want numbers) {
	t.Helper()
	object, ok := section.(map[string]any)
	if !ok {
		t.Fatalf("%s: missing", title)
	}
	for name, value := range object {
		number, ok := value.(float64)
		if !ok {
			continue
		}
		w, known := want[name]
		if !known {
			t.Errorf("%s.%s = %v is not compared", title, name, value)
		} else if uint64(number) != w {
			t.Errorf("%s.%s is %v in the specification, %d here", title, name, value, w)
		}
	}
	for name := range want {
		if _, ok := object[name].(float64); !ok {
			t.Errorf("%s.%s is not in the specification", title, name)
		}
	}
}

func TestClassicNumbers(t *testing.T) {
	var h ClassicHeader
	compare(t, "classic", specification(t)["classic"], numbers{
		"header_size": ClassicHeaderSize, "head": uint64(unsafe.Offsetof(h.Head)), "tail": uint64(unsafe.Offsetof(h.Tail)),
		"capacity": uint64(unsafe.Offsetof(h.Capacity)), "reserved": uint64(unsafe.Offsetof(h.Reserved)),
		"data": uint64(unsafe.Sizeof(h)), "length_size": ClassicLengthSize,
		"min_request": ClassicMinRequest, "max_request": ClassicMaxRequest,
		"producer_lock": ClassicProducerKey, "consumer_lock": ClassicConsumerKey,
	})
}

func TestNativeNumbers(t *testing.T) {
	native := specification(t)["native"].(map[string]any)
	compare(t, "native", native, numbers{
		"version": NativeVersion, "control_granularity": ControlGranularity, "min_capacity": MinCapacity,
		"max_capacity": MaxCapacity, "default_capacity": DefaultCapacity, "max_alignment": MaxAlignment,
		"min_alignment_variable": MinAlignment, "max_slots": MaxSlots, "max_descriptor": MaxDescriptor,
		"header_size": HeaderSize, "header_size_times": HeaderSizeTimes, "kind_shift": KindShift,
		"kind_pad": KindPad, "max_kind": MaxKind, "flag_times": FlagTimes, "flag_keep": FlagKeep,
		"capability_barrier": CapabilityBarrier, "gate_divisor": GateDivisor, "sleep_slice_ms": 50,
	})
	compare(t, "formats", native["formats"], numbers{"variable": FormatVariable, "fixed": FormatFixed})
	compare(t, "producer_states", native["producer_states"], numbers{
		"none": ProducerNone, "active": ProducerActive, "closed": ProducerClosed, "retired": ProducerRetired,
	})
	compare(t, "slot_states", native["slot_states"], numbers{
		"free": SlotFree, "joined": SlotJoined, "attached": SlotAttached, "detached": SlotDetached,
	})
	compare(t, "policies", native["policies"], numbers{"lossless": PolicyLossless, "lossy": PolicyLossy, "latest": PolicyLatest})
	compare(t, "languages", native["languages"], numbers{"go": LanguageGo, "cpp": LanguageCpp, "python": LanguagePython})
	magic, err := hex.DecodeString(native["magic_hex"].(string))
	if err != nil || binary.LittleEndian.Uint64(magic) != Magic {
		t.Errorf("magic %x, %v", magic, err)
	}
}

func TestFieldOffsets(t *testing.T) {
	native := specification(t)["native"].(map[string]any)
	var p ProducerPage
	compare(t, "producer", native["producer"], numbers{
		"offset": ProducerOffset, "position": uint64(unsafe.Offsetof(p.Position)), "frontier": uint64(unsafe.Offsetof(p.Frontier)),
		"oldest": uint64(unsafe.Offsetof(p.Oldest)), "journal": uint64(unsafe.Offsetof(p.Journal)), "state": uint64(unsafe.Offsetof(p.State)),
		"pid": uint64(unsafe.Offsetof(p.PID)), "epoch": uint64(unsafe.Offsetof(p.Epoch)), "capabilities": uint64(unsafe.Offsetof(p.Capabilities)),
		"language": uint64(unsafe.Offsetof(p.Language)), "attached": uint64(unsafe.Offsetof(p.Attached)),
		"sleeps": uint64(unsafe.Offsetof(p.Sleeps)), "wakes": uint64(unsafe.Offsetof(p.Wakes)),
	})
	var e EventPage
	compare(t, "event", native["event"], numbers{
		"offset": EventOffset, "data_waiters": uint64(unsafe.Offsetof(e.DataWaiters)), "space_waiter": uint64(unsafe.Offsetof(e.SpaceWaiter)),
	})
	var s Slot
	compare(t, "slot", native["slot"], numbers{
		"offset": SlotOffset, "size": SlotSize, "gate": uint64(unsafe.Offsetof(s.Gate)), "cursor": uint64(unsafe.Offsetof(s.Cursor)),
		"sequence": uint64(unsafe.Offsetof(s.Sequence)), "lost_records": uint64(unsafe.Offsetof(s.LostRecords)),
		"lost_bytes": uint64(unsafe.Offsetof(s.LostBytes)), "sleeps": uint64(unsafe.Offsetof(s.Sleeps)),
		"state": uint64(unsafe.Offsetof(s.State)), "policy": uint64(unsafe.Offsetof(s.Policy)), "pid": uint64(unsafe.Offsetof(s.PID)),
		"capabilities": uint64(unsafe.Offsetof(s.Capabilities)), "epoch": uint64(unsafe.Offsetof(s.Epoch)),
		"language": uint64(unsafe.Offsetof(s.Language)), "attached": uint64(unsafe.Offsetof(s.Attached)), "verdict": uint64(unsafe.Offsetof(s.Verdict)),
	})
}

// Every field of the static page lies where the specification says: each is
// changed in the geometry, and the bytes that differ must be the field's.
func TestStaticPageOffsets(t *testing.T) {
	offsets := specification(t)["native"].(map[string]any)["static"].(map[string]any)
	base := Geometry{
		ControlSize: 1, Capacity: 1, DataOffset: 1, SegmentSize: 1, Format: 1, Alignment: 1, RecordSize: 1,
		RecordCount: 1, HeaderSize: 1, Slots: 1, Flags: 1, SegmentID: 1, Created: 1, StartPosition: 1,
	}
	for name, change := range map[string]func(*Geometry){
		"control_size":   func(g *Geometry) { g.ControlSize = 2 },
		"capacity":       func(g *Geometry) { g.Capacity = 2 },
		"data_offset":    func(g *Geometry) { g.DataOffset = 2 },
		"segment_size":   func(g *Geometry) { g.SegmentSize = 2 },
		"format":         func(g *Geometry) { g.Format = 2 },
		"alignment":      func(g *Geometry) { g.Alignment = 2 },
		"record_size":    func(g *Geometry) { g.RecordSize = 2 },
		"record_count":   func(g *Geometry) { g.RecordCount = 2 },
		"header_size":    func(g *Geometry) { g.HeaderSize = 2 },
		"slot_count":     func(g *Geometry) { g.Slots = 2 },
		"flags":          func(g *Geometry) { g.Flags = 2 },
		"segment_id":     func(g *Geometry) { g.SegmentID = 2 },
		"created":        func(g *Geometry) { g.Created = 2 },
		"start_position": func(g *Geometry) { g.StartPosition = 2 },
	} {
		var before, after [ProducerOffset]byte
		changed := base
		change(&changed)
		base.Encode(before[:])
		changed.Encode(after[:])
		at := int(offsets[name].(float64))
		crc := int(offsets["static_crc"].(float64))
		for i := range before {
			if in := i == at || i >= crc && i < crc+4; before[i] != after[i] && !in {
				t.Errorf("%s changes byte %#x, its offset is %#x", name, i, at)
			}
		}
		if before[at] == after[at] {
			t.Errorf("%s does not change byte %#x", name, at)
		}
	}
}

// Package layout holds every offset and constant of the wire: see
// spec/PROTOCOL.md, of which it is the Go form.
package layout

import "unsafe"

// Magic opens every native segment, as the little-endian word at offset 0.
const Magic = 0x0A465542_4D485389

// The numbers of the native layout.
const (
	NativeVersion = 1

	ProducerOffset = 0x1000
	EventOffset    = 0x2000
	SlotOffset     = 0x3000
	SlotSize       = 512

	ControlGranularity = 65536
	MinCapacity        = 4096
	MaxCapacity        = 1 << 40
	DefaultCapacity    = 1 << 20
	MaxAlignment       = 4096
	MinAlignment       = 8 // of variable-size records
	MaxSlots           = 1024
	MaxDescriptor      = 3840
	DescriptorOffset   = 0x100

	HeaderSize      = 16
	HeaderSizeTimes = 24

	KindShift = 48
	KindPad   = 0xFFFF
	MaxKind   = 0xFFFE
	LengthMax = 1<<KindShift - 1 // and the mask of a length in a record's first word

	FlagTimes = 1
	FlagKeep  = 2

	CapabilityBarrier = 1

	GateDivisor = 16
)

// Formats of records.
const (
	FormatVariable = 0
	FormatFixed    = 1
)

// States of the producer page.
const (
	ProducerNone    = 0
	ProducerActive  = 1
	ProducerClosed  = 2
	ProducerRetired = 3
)

// States of a slot.
const (
	SlotFree     = 0
	SlotJoined   = 1 // gates the producer; nobody has attached yet
	SlotAttached = 2
	SlotDetached = 3
)

// Policies of a slot.
const (
	PolicyLossless = 0
	PolicyLossy    = 1
	PolicyLatest   = 2
)

// Languages a peer can be written in.
const (
	LanguageGo     = 1
	LanguageCpp    = 2
	LanguagePython = 3
)

// JournalCell says: after the record that makes the count Count, the position
// is End. Written by the producer, read by its successor and by tools.
type JournalCell struct{ End, Count U64 }

// ProducerPage is written by the producer only.
//
//	0x000 position            published; consumers poll this line
//	0x080 frontier, oldest,   private to the producer while it runs
//	      journal
//	0x100 state, identity, counters
type ProducerPage struct {
	Position U64
	_        [120]byte

	Frontier U64
	Oldest   U64
	Journal  [2]JournalCell
	_        [80]byte

	State        U32
	PID          U32
	Epoch        U64
	Capabilities U32
	Language     U32
	Attached     U64
	Sleeps       U64
	Wakes        U64
}

// EventPage holds the futex words. The waiting side sets one to 1, the
// publishing side exchanges it with 0.
type EventPage struct {
	DataWaiters U32
	_           [124]byte
	SpaceWaiter U32
}

// Slot is written by the consumer that holds it, but for Verdict, which the
// producer writes.
//
//	0x000 gate                the producer reads this line when it needs space
//	0x080 cursor, sequence,   private to the consumer while it runs
//	      losses
//	0x100 state, identity
//	0x180 verdict
type Slot struct {
	Gate U64
	_    [120]byte

	Cursor      U64
	Sequence    U64
	LostRecords U64
	LostBytes   U64
	Sleeps      U64
	_           [88]byte

	State        U32
	Policy       U32
	PID          U32
	Capabilities U32
	Epoch        U64
	Language     U32
	_            uint32
	Attached     U64
	_            [88]byte

	Verdict U32
	_       [124]byte
}

// Compile-time checks: these arrays have a negative length when a struct and
// the numbers of the specification part ways.
var (
	_ [0]struct{} = [unsafe.Sizeof(Slot{}) - SlotSize]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(Slot{}.Cursor) - 0x80]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(Slot{}.State) - 0x100]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(Slot{}.Attached) - 0x120]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(Slot{}.Verdict) - 0x180]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(ProducerPage{}.Frontier) - 0x80]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(ProducerPage{}.State) - 0x100]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(ProducerPage{}.Wakes) - 0x128]struct{}{}
	_ [0]struct{} = [unsafe.Offsetof(EventPage{}.SpaceWaiter) - 0x80]struct{}{}
)

// Control gives typed access to the control area of a native segment.
type Control struct {
	Producer *ProducerPage
	Event    *EventPage
	mem      []byte
}

// ControlOf overlays mem, which must be at least a control area long and 8-byte
// aligned. It must stay mapped while the Control is used.
func ControlOf(mem []byte) Control {
	_ = mem[SlotOffset+SlotSize-1]
	return Control{
		Producer: (*ProducerPage)(unsafe.Pointer(&mem[ProducerOffset])),
		Event:    (*EventPage)(unsafe.Pointer(&mem[EventOffset])),
		mem:      mem,
	}
}

// Slot returns slot i, which must be below the validated slot count.
func (c Control) Slot(i uint32) *Slot {
	off := SlotOffset + int(i)*SlotSize
	_ = c.mem[off+SlotSize-1]
	return (*Slot)(unsafe.Pointer(&c.mem[off]))
}

// CountAt returns the number of records published when the position was pos: the
// journal cell that ends there. False when no cell does, which a reader that runs
// beside the producer may see and try again.
func (p *ProducerPage) CountAt(pos uint64) (uint64, bool) {
	for i := range p.Journal {
		end, count := p.Journal[i].End.Load(), p.Journal[i].Count.Load()
		if end == pos && p.Journal[i].End.Load() == end {
			return count, true
		}
	}
	return 0, false
}

// MagicOf is the word that makes a segment a channel; the creator stores it last.
func MagicOf(mem []byte) *U64 {
	_ = mem[7]
	return (*U64)(unsafe.Pointer(&mem[0]))
}

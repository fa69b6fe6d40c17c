package layout

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"unicode/utf8"
)

// Geometry is the validated private copy of the static page: everything about a
// native segment that never changes.
type Geometry struct {
	ControlSize   uint64
	Capacity      uint64
	DataOffset    uint64
	SegmentSize   uint64
	Format        uint32
	Alignment     uint32
	RecordSize    uint64
	RecordCount   uint64
	HeaderSize    uint32
	Slots         uint32
	Flags         uint32
	SegmentID     uint64
	Created       int64
	StartPosition uint64
	Descriptor    string
}

// Times tells whether records carry publication times.
func (g *Geometry) Times() bool { return g.Flags&FlagTimes != 0 }

// Keep tells whether the segment outlives its users.
func (g *Geometry) Keep() bool { return g.Flags&FlagKeep != 0 }

// MaxRecord is the longest payload in bytes.
func (g *Geometry) MaxRecord() uint64 {
	if g.Format == FormatFixed {
		return g.RecordSize
	}
	return g.Capacity - uint64(g.HeaderSize)
}

// Lap is the number of positions after which the ring starts over.
func (g *Geometry) Lap() uint64 {
	if g.Format == FormatFixed {
		return g.RecordCount
	}
	return g.Capacity
}

// Fits tells whether a producer that asks for want can go on with a segment of
// geometry g.
func (g *Geometry) Fits(want *Geometry) bool {
	a, b := *g, *want
	a.SegmentID, a.Created, a.StartPosition = 0, 0, 0
	b.SegmentID, b.Created, b.StartPosition = 0, 0, 0
	return a == b
}

// Complete fills the derived fields and checks all rules of section 3.1. The
// error says which number is wrong and what is allowed.
func (g *Geometry) Complete() error {
	if g.Slots < 1 || g.Slots > MaxSlots {
		return fmt.Errorf("%d slots; use 1 to %d", g.Slots, MaxSlots)
	}
	g.ControlSize = (SlotOffset + uint64(g.Slots)*SlotSize + ControlGranularity - 1) &^ (ControlGranularity - 1)
	g.HeaderSize = 0
	if g.Format == FormatVariable {
		g.HeaderSize = HeaderSize
		if g.Times() {
			g.HeaderSize = HeaderSizeTimes
		}
	}
	if err := g.checkRecords(); err != nil {
		return err
	}
	if len(g.Descriptor) > MaxDescriptor {
		return fmt.Errorf("content type of %d bytes; at most %d are allowed", len(g.Descriptor), MaxDescriptor)
	}
	if !utf8.ValidString(g.Descriptor) {
		return fmt.Errorf("the content type is not valid UTF-8")
	}
	if g.Flags&^(FlagTimes|FlagKeep) != 0 {
		return fmt.Errorf("flags %#x; only %#x are known", g.Flags, FlagTimes|FlagKeep)
	}
	g.DataOffset = g.ControlSize
	if g.Format == FormatVariable {
		g.DataOffset += -uint64(g.HeaderSize) & (uint64(g.Alignment) - 1)
	}
	g.SegmentSize = g.DataOffset + g.Capacity
	return nil
}

func (g *Geometry) checkRecords() error {
	switch g.Format {
	case FormatVariable:
		if g.RecordSize != 0 || g.RecordCount != 0 {
			return fmt.Errorf("record size %d and count %d on a channel of variable-size records; both must be 0", g.RecordSize, g.RecordCount)
		}
		if err := powerOfTwo("alignment", uint64(g.Alignment), MinAlignment, MaxAlignment); err != nil {
			return err
		}
		if g.StartPosition%uint64(g.Alignment) != 0 {
			return fmt.Errorf("start position %d is not a multiple of the alignment %d", g.StartPosition, g.Alignment)
		}
		return powerOfTwo("capacity", g.Capacity, MinCapacity, MaxCapacity)
	case FormatFixed:
		if g.Times() {
			return fmt.Errorf("publication times need variable-size records: fixed-size records have no header")
		}
		if g.RecordSize < 1 || g.RecordSize > MaxCapacity/2 {
			return fmt.Errorf("record size %d; use 1 to %d", g.RecordSize, uint64(MaxCapacity)/2)
		}
		if err := powerOfTwo("record count", g.RecordCount, 2, MaxCapacity); err != nil {
			return err
		}
		hi, lo := bits.Mul64(g.RecordSize, g.RecordCount)
		if hi != 0 || lo > MaxCapacity {
			return fmt.Errorf("%d records of %d bytes; a ring holds at most %d bytes", g.RecordCount, g.RecordSize, uint64(MaxCapacity))
		}
		g.Capacity = lo
		if err := powerOfTwo("alignment", uint64(g.Alignment), 1, MaxAlignment); err != nil {
			return err
		}
		if g.RecordSize%uint64(g.Alignment) != 0 {
			return fmt.Errorf("record size %d is not a multiple of the alignment %d", g.RecordSize, g.Alignment)
		}
		return nil
	}
	return fmt.Errorf("record format %d; 0 (variable) and 1 (fixed) are known", g.Format)
}

func powerOfTwo(what string, v, lowest, highest uint64) error {
	if v >= lowest && v <= highest && bits.OnesCount64(v) == 1 {
		return nil
	}
	if v > lowest && v < highest {
		return fmt.Errorf("%s %d is not a power of two; use %d or %d", what, v, uint64(1)<<(bits.Len64(v)-1), uint64(1)<<bits.Len64(v))
	}
	return fmt.Errorf("%s %d; use a power of two from %d to %d", what, v, lowest, highest)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// crcEnd is where the checked part of the static page ends: at the CRC.
const crcEnd = 0x6C

// Encode writes everything but the magic into page, the first 4096 bytes of a
// segment. The creator stores the magic last.
func (g *Geometry) Encode(page []byte) {
	le := binary.LittleEndian
	le.PutUint32(page[0x08:], NativeVersion)
	le.PutUint32(page[0x0C:], uint32(g.ControlSize))
	le.PutUint64(page[0x10:], g.Capacity)
	le.PutUint64(page[0x18:], g.DataOffset)
	le.PutUint64(page[0x20:], g.SegmentSize)
	le.PutUint32(page[0x28:], g.Format)
	le.PutUint32(page[0x2C:], g.Alignment)
	le.PutUint64(page[0x30:], g.RecordSize)
	le.PutUint64(page[0x38:], g.RecordCount)
	le.PutUint32(page[0x40:], g.HeaderSize)
	le.PutUint32(page[0x44:], g.Slots)
	le.PutUint32(page[0x48:], SlotSize)
	le.PutUint32(page[0x4C:], g.Flags)
	le.PutUint64(page[0x50:], g.SegmentID)
	le.PutUint64(page[0x58:], uint64(g.Created))
	le.PutUint64(page[0x60:], g.StartPosition)
	le.PutUint32(page[0x68:], uint32(len(g.Descriptor)))
	copy(page[DescriptorOffset:], g.Descriptor)
	le.PutUint32(page[crcEnd:], staticCRC(page, len(g.Descriptor)))
}

func staticCRC(page []byte, descriptor int) uint32 {
	crc := crc32.Update(0, castagnoli, page[0x08:crcEnd])
	return crc32.Update(crc, castagnoli, page[DescriptorOffset:DescriptorOffset+descriptor])
}

// Decode validates a private copy of the static page of an object of the given
// size. The magic and the version have been checked by Identify.
func Decode(page []byte, objectSize uint64) (*Geometry, error) {
	if len(page) < DescriptorOffset+MaxDescriptor {
		return nil, fmt.Errorf("the object has only %d bytes", len(page))
	}
	le := binary.LittleEndian
	n := le.Uint32(page[0x68:])
	if n > MaxDescriptor {
		return nil, fmt.Errorf("descriptor length %d; at most %d are allowed", n, MaxDescriptor)
	}
	if got, want := le.Uint32(page[crcEnd:]), staticCRC(page, int(n)); got != want {
		return nil, fmt.Errorf("header checksum %#08x, computed %#08x", got, want)
	}
	g := &Geometry{
		Capacity:      le.Uint64(page[0x10:]),
		Format:        le.Uint32(page[0x28:]),
		Alignment:     le.Uint32(page[0x2C:]),
		RecordSize:    le.Uint64(page[0x30:]),
		RecordCount:   le.Uint64(page[0x38:]),
		Slots:         le.Uint32(page[0x44:]),
		Flags:         le.Uint32(page[0x4C:]),
		SegmentID:     le.Uint64(page[0x50:]),
		Created:       int64(le.Uint64(page[0x58:])),
		StartPosition: le.Uint64(page[0x60:]),
		Descriptor:    string(page[DescriptorOffset : DescriptorOffset+int(n)]),
	}
	stored := g.Capacity
	if err := g.Complete(); err != nil {
		return nil, err
	}
	// What can be derived must be what is stored.
	for _, f := range []struct {
		name      string
		got, want uint64
	}{
		{"control size", uint64(le.Uint32(page[0x0C:])), g.ControlSize},
		{"capacity", stored, g.Capacity},
		{"data offset", le.Uint64(page[0x18:]), g.DataOffset},
		{"segment size", le.Uint64(page[0x20:]), g.SegmentSize},
		{"header size", uint64(le.Uint32(page[0x40:])), uint64(g.HeaderSize)},
		{"slot size", uint64(le.Uint32(page[0x48:])), SlotSize},
	} {
		if f.got != f.want {
			return nil, fmt.Errorf("%s %d, must be %d", f.name, f.got, f.want)
		}
	}
	if objectSize < g.SegmentSize {
		return nil, fmt.Errorf("the object has %d bytes, its header promises %d", objectSize, g.SegmentSize)
	}
	return g, nil
}

// PowerOfTwoBelow is the largest power of two ≤ v, 0 for 0.
func PowerOfTwoBelow(v uint64) uint64 {
	if v == 0 {
		return 0
	}
	return 1 << (bits.Len64(v) - 1)
}

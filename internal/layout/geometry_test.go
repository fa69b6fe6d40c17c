package layout

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// variable and fixed are geometries that keep all the rules.
func variable() *Geometry {
	return &Geometry{Capacity: 4096, Alignment: 8, Slots: 1, Descriptor: "text/plain"}
}

func fixed() *Geometry {
	return &Geometry{Format: FormatFixed, RecordSize: 24, RecordCount: 8, Alignment: 8, Slots: 2}
}

func TestRulesOfTheGeometry(t *testing.T) {
	for _, tc := range []struct {
		say    string // what the message must contain: the number that is wrong
		change func(*Geometry)
		base   func() *Geometry
	}{
		{"0 slots", func(g *Geometry) { g.Slots = 0 }, variable},
		{"1025 slots", func(g *Geometry) { g.Slots = 1025 }, variable},
		{"alignment 4", func(g *Geometry) { g.Alignment = 4 }, variable},
		{"alignment 0", func(g *Geometry) { g.Alignment = 0 }, variable},
		{"alignment 24 is not a power of two; use 16 or 32", func(g *Geometry) { g.Alignment = 24 }, variable},
		{"alignment 8192", func(g *Geometry) { g.Alignment = 8192 }, variable},
		{"capacity 2048", func(g *Geometry) { g.Capacity = 2048 }, variable},
		{"capacity 5000 is not a power of two; use 4096 or 8192", func(g *Geometry) { g.Capacity = 5000 }, variable},
		{"capacity 2199023255552", func(g *Geometry) { g.Capacity = 1 << 41 }, variable},
		{"record size 7", func(g *Geometry) { g.RecordSize = 7 }, variable},
		{"count 9", func(g *Geometry) { g.RecordCount = 9 }, variable},
		{"start position 12", func(g *Geometry) { g.StartPosition = 12 }, variable},
		{"3841 bytes", func(g *Geometry) { g.Descriptor = strings.Repeat("x", 3841) }, variable},
		{"UTF-8", func(g *Geometry) { g.Descriptor = "\xff" }, variable},
		{"flags 0x4", func(g *Geometry) { g.Flags = 4 }, variable},
		{"format 2", func(g *Geometry) { g.Format = 2 }, variable},
		{"publication times", func(g *Geometry) { g.Flags = FlagTimes }, fixed},
		{"record size 0", func(g *Geometry) { g.RecordSize = 0 }, fixed},
		{"record size 549755813889", func(g *Geometry) { g.RecordSize = MaxCapacity/2 + 1 }, fixed},
		{"record count 1;", func(g *Geometry) { g.RecordCount = 1 }, fixed},
		{"record count 3 is not a power of two; use 2 or 4", func(g *Geometry) { g.RecordCount = 3 }, fixed},
		{"16 records of 274877906944 bytes", func(g *Geometry) { g.RecordCount, g.RecordSize = 16, 1<<38 }, fixed},
		{"alignment 3", func(g *Geometry) { g.Alignment = 3 }, fixed},
		{"record size 24 is not a multiple of the alignment 16", func(g *Geometry) { g.Alignment = 16 }, fixed},
	} {
		g := tc.base()
		tc.change(g)
		if err := g.Complete(); err == nil || !strings.Contains(err.Error(), tc.say) {
			t.Errorf("want an error with %q, got %v", tc.say, err)
		}
	}
	for _, base := range []func() *Geometry{variable, fixed} {
		if err := base().Complete(); err != nil {
			t.Errorf("a good geometry: %v", err)
		}
	}
}

// pick makes a geometry that keeps all the rules.
func pick(r *rand.Rand) *Geometry {
	g := &Geometry{
		Slots: 1 + r.Uint32N(MaxSlots), SegmentID: r.Uint64(), Created: r.Int64() - r.Int64(),
		Descriptor: strings.Repeat("é", r.IntN(MaxDescriptor/2)), Flags: r.Uint32N(2) * FlagKeep,
	}
	if r.IntN(2) == 0 {
		g.Alignment = MinAlignment << r.IntN(10)
		g.Capacity = max(MinCapacity<<r.IntN(29), uint64(g.Alignment))
		g.Flags |= r.Uint32N(2) * FlagTimes
		g.StartPosition = r.Uint64() &^ (uint64(g.Alignment) - 1)
		return g
	}
	g.Format, g.Alignment = FormatFixed, 1<<r.IntN(13)
	g.RecordSize = uint64(g.Alignment) * (1 + r.Uint64N(1000))
	g.RecordCount = 2 << r.IntN(12)
	g.StartPosition = r.Uint64()
	return g
}

func TestEncodeDecode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		g := pick(r)
		if err := g.Complete(); err != nil {
			t.Fatalf("geometry %d: %v", i, err)
		}
		if g.Format == FormatVariable && (g.DataOffset+uint64(g.HeaderSize))%uint64(g.Alignment) != 0 {
			t.Fatalf("geometry %d: payloads are not aligned: %+v", i, g)
		}
		var page [ProducerOffset]byte
		g.Encode(page[:])
		got, err := Decode(page[:], g.SegmentSize)
		if err != nil || *got != *g {
			t.Fatalf("geometry %d: %v\n%+v\n%+v", i, err, got, g)
		}
		if _, err := Decode(page[:], g.SegmentSize-1); err == nil || !strings.Contains(err.Error(), strconv.FormatUint(g.SegmentSize, 10)) {
			t.Fatalf("geometry %d in an object one byte too small: %v", i, err)
		}
	}
}

// Every bit of the checked part matters, and only of that.
func TestFlippedBits(t *testing.T) {
	for _, base := range []func() *Geometry{variable, fixed} {
		g := base()
		if err := g.Complete(); err != nil {
			t.Fatal(err)
		}
		var page [ProducerOffset]byte
		g.Encode(page[:])
		for bit := 8 * 8; bit < 8*len(page); bit++ {
			page[bit/8] ^= 1 << (bit % 8)
			checked := bit/8 < 0x70 || bit/8 >= DescriptorOffset && bit/8 < DescriptorOffset+len(g.Descriptor)
			got, err := Decode(page[:], g.SegmentSize)
			if checked && err == nil {
				t.Errorf("bit %d of byte %#x was flipped and nobody noticed", bit%8, bit/8)
			} else if !checked && (err != nil || *got != *g) {
				t.Errorf("reserved bit %d of byte %#x: %v", bit%8, bit/8, err)
			}
			page[bit/8] ^= 1 << (bit % 8)
		}
	}
}

// A creator that computes the checksum over wrong numbers is caught as well.
func TestDerivedFieldsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Geometry){
		"control size":   func(g *Geometry) { g.ControlSize *= 2 },
		"data offset":    func(g *Geometry) { g.DataOffset += 8 },
		"segment size":   func(g *Geometry) { g.SegmentSize-- },
		"header size":    func(g *Geometry) { g.HeaderSize = 24 },
		"capacity":       func(g *Geometry) { g.Capacity += 24 },
		"start position": func(g *Geometry) { g.StartPosition = 4 },
	} {
		g := variable()
		if name == "capacity" {
			g = fixed()
		}
		if err := g.Complete(); err != nil {
			t.Fatal(err)
		}
		change(g)
		var page [ProducerOffset]byte
		g.Encode(page[:])
		if _, err := Decode(page[:], 1<<41); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package layout

import (
	"encoding/binary"
	"testing"
)

// FuzzDecode feeds any page to the validation of headers. What it accepts must
// keep every rule and fit the object.
func FuzzDecode(f *testing.F) {
	for _, base := range []func() *Geometry{variable, fixed} {
		g := base()
		if err := g.Complete(); err != nil {
			f.Fatal(err)
		}
		var page [ProducerOffset]byte
		g.Encode(page[:])
		f.Add(page[:0x180], g.SegmentSize, true)
		f.Add(page[:0x180], g.SegmentSize-1, false)
	}
	f.Fuzz(func(t *testing.T, head []byte, size uint64, sum bool) {
		var page [ProducerOffset]byte
		copy(page[:], head)
		n := binary.LittleEndian.Uint32(page[0x68:])
		if sum && n <= MaxDescriptor { // get past the checksum
			binary.LittleEndian.PutUint32(page[crcEnd:], staticCRC(page[:], int(n)))
		}
		g, err := Decode(page[:], size)
		if err != nil {
			return
		}
		if g.SegmentSize > size || g.DataOffset+g.Capacity != g.SegmentSize || g.DataOffset < SlotOffset+uint64(g.Slots)*SlotSize ||
			g.MaxRecord() > g.Capacity || g.Capacity > MaxCapacity || g.Lap()&(g.Lap()-1) != 0 {
			t.Fatalf("accepted %+v in an object of %d bytes", g, size)
		}
		var again [ProducerOffset]byte
		g.Encode(again[:])
		if got, err := Decode(again[:], size); err != nil || *got != *g {
			t.Fatalf("%v\n%+v\n%+v", err, got, g)
		}
	})
}

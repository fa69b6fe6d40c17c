package main

import "encoding/binary"

const (
	golden    = 0x9E3779B97F4A7C15
	spread    = 0xD1342543DE82EF95
	blockSize = 131072
	offsets   = 65536
)

// mix is the output function of splitmix64.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// content gives the payload of every record: a slice of one random block.
type content struct {
	f     *flags
	fixed uint64
	block []byte
}

func newContent(f *flags) *content {
	c := &content{f: f, fixed: f.fixed(), block: make([]byte, 0, blockSize)}
	for state := f.seed; len(c.block) < blockSize; {
		state += golden
		c.block = binary.LittleEndian.AppendUint64(c.block, mix(state))
	}
	return c
}

// record is the content of record i.
func (c *content) record(i uint64) (payload []byte, kind uint16) {
	h := mix(c.f.seed + (i+1)*spread + golden)
	var n uint64
	switch {
	case c.fixed != 0:
		n = c.fixed
	case len(c.f.lengths) > 0:
		n = c.f.lengths[i%uint64(len(c.f.lengths))]
	case c.f.layout == "classic":
		n = 1 + h%c.f.limit
	default:
		n = h % (c.f.limit + 1)
	}
	offset := (h >> 32) % offsets
	if c.f.kinds {
		kind = uint16(h >> 56)
	}
	return c.block[offset : offset+n : offset+n], kind
}

//go:build linux

package conformance

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
)

// object is the file behind the channel's name, for pokes and expected bytes.
type object struct {
	path string
	file *os.File
}

// follow turns to the object that has the name now, if there is one.
func (o *object) follow() {
	if f, err := os.OpenFile(o.path, os.O_RDWR, 0); err == nil {
		o.close()
		o.file = f
	}
}

func (o *object) close() {
	if o.file != nil {
		_ = o.file.Close() // opened for reading and poking only
		o.file = nil
	}
}

func (o *object) read(offset uint64, n int) []byte {
	b := make([]byte, n)
	if _, err := o.file.ReadAt(b, int64(offset)); err != nil {
		panic(mismatch(fmt.Sprintf("read of %d bytes at %d: %v", n, offset, err)))
	}
	return b
}

func (o *object) write(offset uint64, b []byte) {
	if _, err := o.file.WriteAt(b, int64(offset)); err != nil {
		panic(mismatch(fmt.Sprintf("write of %d bytes at %d: %v", len(b), offset, err)))
	}
}

func (o *object) u32(offset uint64) uint32 { return binary.LittleEndian.Uint32(o.read(offset, 4)) }
func (o *object) u64(offset uint64) uint64 { return binary.LittleEndian.Uint64(o.read(offset, 8)) }

func (o *object) size() int64 {
	info, err := o.file.Stat()
	if err != nil {
		panic(mismatch(err.Error()))
	}
	return info.Size()
}

func (o *object) linked() bool {
	now, err := os.Stat(o.path)
	if err != nil {
		return false
	}
	mine, err := o.file.Stat()
	return err == nil && os.SameFile(now, mine)
}

// raw puts an object of the given size and first bytes under the name.
func (o *object) raw(size int64, text string) {
	first, err := hex.DecodeString(text)
	if err != nil {
		panic(mismatch(err.Error()))
	}
	_ = os.Remove(o.path) // often there is none
	f, err := os.OpenFile(o.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		panic(mismatch(err.Error()))
	}
	o.close()
	o.file = f
	o.write(0, first)
	if err := f.Truncate(size); err != nil {
		panic(mismatch(err.Error()))
	}
}

// literal is the bytes that a poke writes and that `bytes` expects.
func (s *step) literal() []byte {
	if text, ok := s.args["hex"]; ok {
		b, err := hex.DecodeString(text)
		if err != nil {
			panic(mismatch(err.Error()))
		}
		return b
	}
	if text, ok := s.args["text"]; ok {
		return []byte(text)
	}
	if _, ok := s.args["u32"]; ok {
		return binary.LittleEndian.AppendUint32(nil, uint32(s.number("u32")))
	}
	return binary.LittleEndian.AppendUint64(nil, s.number("u64"))
}

var regions = map[string]uint64{"object": 0, "static": 0, "producer": 0x1000, "event": 0x2000, "slot": 0x3000}

func (o *object) offset(s *step, native bool) uint64 {
	base, ok := regions[s.args["region"]]
	if !ok {
		if base = 16; native {
			base = o.u64(0x18)
		}
	}
	return base + s.number("offset")
}

// reseal makes the CRC of the static page right.
func (o *object) reseal() {
	n := min(o.u32(0x68), 3840)
	table := crc32.MakeTable(crc32.Castagnoli)
	crc := crc32.Checksum(o.read(0x08, 0x64), table)
	crc = crc32.Update(crc, table, o.read(0x100, int(n)))
	o.write(0x6c, binary.LittleEndian.AppendUint32(nil, crc))
}

func (o *object) state(s *step) {
	words := map[string]uint64{"position": 0x1000, "frontier": 0x1080, "gate": 0x3000, "cursor": 0x3080, "sequence": 0x3088}
	for key, text := range s.args {
		switch offset, ok := words[key]; {
		case ok:
			same(key, o.u64(offset), number(text))
		case key == "count":
			same(key, o.journal()[0], number(text))
		case key == "before":
			same(key, o.journal()[1], number(text))
		case key == "before_count":
			same(key, o.journal()[2], number(text))
		default:
			same(key, o.u32(uint64(strings.Index("head tail", key)/5*4)), number(text))
		}
	}
}

// journal is the number of records published, then the position and the count in
// the other cell.
func (o *object) journal() [3]uint64 {
	position := o.u64(0x1000)
	if o.u32(0x28) == 1 { // fixed-size records have no journal
		return [3]uint64{position - o.u64(0x60)}
	}
	for _, cell := range []uint64{0x1090, 0x10a0} {
		if o.u64(cell) == position {
			other := 0x1090 + 0x10a0 - cell
			return [3]uint64{o.u64(cell + 8), o.u64(other), o.u64(other + 8)}
		}
	}
	panic(mismatch(fmt.Sprintf("no journal cell ends at position %d", position)))
}

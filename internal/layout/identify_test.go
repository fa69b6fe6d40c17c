package layout

import (
	"encoding/binary"
	"testing"
)

func TestIdentify(t *testing.T) {
	for _, tc := range []struct {
		name          string
		magic         uint64
		third, fourth uint32
		size          uint64
		want          Identity
		number        uint32
	}{
		{"native", Magic, 1, 65536, 1 << 20, Native, 1},
		{"native of version 2", Magic, 2, 65536, 1 << 20, UnknownVersion, 2},
		{"native of version 0", Magic, 0, 65536, 1 << 20, UnknownVersion, 0},
		{"magic without a control size", Magic, 1, 0, 1 << 20, NotChannel, 0},
		{"magic and a capacity", Magic, 4096, 0, 1 << 20, NotChannel, 0},
		{"classic", 7 | 7<<32, 4096, 0, 4112, Classic, 4096},
		{"classic, larger object", 0, 4096, 0, 5016, Classic, 4096},
		{"classic, the smallest", 0, 1, 0, 17, Classic, 1},
		{"classic, the largest", 0, 1 << 31, 0, 1<<31 + 16, Classic, 1 << 31},
		{"classic, object too small", 0, 4096, 0, 4111, NotChannel, 0},
		{"classic, no power of two", 0, 4095, 0, 1 << 20, NotChannel, 0},
		{"classic with a fourth word", 0, 4096, 1, 1 << 20, NotChannel, 0},
		{"zero", 0, 0, 0, 1 << 20, NotReady, 0},
		{"positions without a capacity", 5, 0, 0, 1 << 20, NotChannel, 0},
		{"a text", 0x2065726568742049, 0x6d6f7266, 0x7865, 1 << 20, NotChannel, 0},
	} {
		var head [16]byte
		binary.LittleEndian.PutUint64(head[0:], tc.magic)
		binary.LittleEndian.PutUint32(head[8:], tc.third)
		binary.LittleEndian.PutUint32(head[12:], tc.fourth)
		if got, n := Identify(head, tc.size); got != tc.want || n != tc.number {
			t.Errorf("%s: %d %d, want %d %d", tc.name, got, n, tc.want, tc.number)
		}
	}
}

func TestPowerOfTwoBelow(t *testing.T) {
	for v, want := range map[uint64]uint64{0: 0, 1: 1, 2: 2, 3: 2, 4095: 2048, 4096: 4096, 1<<64 - 1: 1 << 63} {
		if got := PowerOfTwoBelow(v); got != want {
			t.Errorf("%d: %d, want %d", v, got, want)
		}
	}
}

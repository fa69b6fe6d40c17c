//go:build armbe || arm64be || m68k || mips || mips64 || mips64p32 || ppc || ppc64 || s390 || s390x || shbe || sparc || sparc64

package order

// BigEndian tells whether words in shared memory, which are little-endian, must
// be swapped on this machine.
const BigEndian = true

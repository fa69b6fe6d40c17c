package layout

import (
	"encoding/binary"
	"math/bits"
)

// Identity is what the first bytes of an object say it is.
type Identity int

// Identities; see section 1.1 of the protocol.
const (
	NotChannel Identity = iota
	NotReady
	UnknownVersion
	Native
	Classic
)

// Identify looks at the first 16 bytes of an object of the given size. The
// bytes are a private copy. The second result is the version of a native
// segment or the capacity of a classic one.
func Identify(head [16]byte, size uint64) (Identity, uint32) {
	magic := binary.LittleEndian.Uint64(head[0:])
	third := binary.LittleEndian.Uint32(head[8:])
	fourth := binary.LittleEndian.Uint32(head[12:])
	switch {
	case magic == Magic && fourth != 0:
		if third != NativeVersion {
			return UnknownVersion, third
		}
		return Native, third
	case fourth != 0 || magic == Magic:
		return NotChannel, 0
	case third == 0:
		if magic == 0 {
			return NotReady, 0
		}
		return NotChannel, 0
	case bits.OnesCount32(third) == 1 && uint64(third)+ClassicHeaderSize <= size:
		return Classic, third
	}
	return NotChannel, 0
}

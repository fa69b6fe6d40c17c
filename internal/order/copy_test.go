package order

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// Copies of every length, from and to every alignment: all bytes arrive, none beside
// them changes.
func TestCopyIn(t *testing.T) {
	const streaming, margin = 2 << 20, 64
	source := make([]byte, streaming+16384)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(source)
	target := make([]byte, len(source)+2*margin)
	blank := bytes.Repeat([]byte{0xA5}, margin)
	exact := func(n, to, from int) {
		t.Helper()
		all := target[:margin+to+n+margin]
		copy(all[to:], blank)
		copy(all[margin+to+n:], blank)
		clear(all[margin+to : margin+to+n])
		CopyIn(unsafe.Pointer(&all[margin+to]), unsafe.Pointer(&source[from]), uint64(n))
		if !bytes.Equal(all[margin+to:margin+to+n], source[from:from+n]) {
			t.Errorf("%d bytes to +%d from +%d are not the same", n, to, from)
		}
		if !bytes.Equal(all[to:margin+to], blank) || !bytes.Equal(all[margin+to+n:], blank) {
			t.Errorf("%d bytes to +%d from +%d: bytes beside them changed", n, to, from)
		}
	}
	for n := range 300 {
		exact(n, n%16, n%7)
	}
	for shift := range 64 {
		exact(streaming+shift, shift, 0)         // the target ahead of the source
		exact(streaming+64+shift, 0, 2048+shift) // and behind it, in the last bits of the address
		exact(streaming-1, shift, shift)
	}
}

package main

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
)

// randomLines returns n lines, some of them empty unless least is 1 or more, with
// all bytes but the newline.
func randomLines(seed uint64, n, least, most int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for range n {
		for range least + r.IntN(most-least+1) {
			c := byte(r.Uint32())
			if c == '\n' {
				c = 0
			}
			b.WriteByte(c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// randomMessages returns n payloads of up to most bytes: as they are, and each
// after its length.
func randomMessages(seed uint64, n, least, most int) (raw, framed string) {
	r := rand.New(rand.NewPCG(seed, 2))
	var plain, prefixed []byte
	for range n {
		size := least + r.IntN(most-least+1)
		start := len(plain)
		for range size {
			plain = append(plain, byte(r.Uint32()))
		}
		prefixed = append(prefixed, message(plain[start:])...)
	}
	return string(plain), string(prefixed)
}

func message(payload []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(payload))), payload...)
}

// randomBytes returns n bytes.
func randomBytes(seed uint64, n int) string {
	r := rand.New(rand.NewPCG(seed, 3))
	b := make([]byte, n)
	for i := 0; i+8 <= n; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], r.Uint64())
	}
	return string(b)
}

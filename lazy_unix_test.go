//go:build unix

package shmbuf

import (
	"bytes"
	"context"
	"syscall"
	"testing"
)

// blocks is how many bytes an object has really taken.
func blocks(t *testing.T, name string) int64 {
	t.Helper()
	var st syscall.Stat_t
	if err := syscall.Stat(object(t, name), &st); err != nil {
		t.Fatal(err)
	}
	return int64(st.Blocks) * 512
}

func TestLazyTakesMemoryAsItIsUsed(t *testing.T) {
	const capacity = 64 << 20
	name, eager := channelName(t)+".lazy", channelName(t)+".eager"
	t.Cleanup(func() { _, _ = ForceRemove(name), ForceRemove(eager) })
	p := mustCreate(t, name, &Options{Capacity: capacity, Lazy: true})
	mustCreate(t, eager, &Options{Capacity: capacity})
	if got := blocks(t, eager); got < capacity {
		t.Errorf("%d bytes are reserved by default, capacity %d", got, capacity)
	}
	if got := blocks(t, name); got > capacity/16 {
		t.Errorf("a lazy channel has taken %d bytes before its first record", got)
	}
	// Twice around the ring.
	c := mustOpen(t, name)
	ctx := context.Background()
	record := bytes.Repeat([]byte{0xa5}, 1<<20)
	buf := make([]byte, len(record))
	for i := range 2 * capacity / len(record) {
		record[0] = byte(i)
		if err := p.Write(ctx, record); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(ctx, buf); err != nil || !bytes.Equal(buf[:n], record) {
			t.Fatalf("record %d: %d bytes, %v", i, n, err)
		}
	}
	if got := blocks(t, name); got < capacity-2*int64(len(record)) { // less a pad
		t.Errorf("%d bytes are taken after all of the ring was used", got)
	}
}

func TestLazyIsNative(t *testing.T) {
	_, err := Create(channelName(t), &Options{Layout: Classic, Lazy: true})
	wants(t, err, ErrInvalid, "lazy")
}

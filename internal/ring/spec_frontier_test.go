package ring_test

import (
	"math/rand/v2"
	"testing"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/ring"
)

// Whatever the producer is doing, the frontier is behind the last byte of the
// ring that it has written: readers that do not gate trust what lies a lap
// before it. Giving a reservation up inside a batch must not forget the batch.
func TestFrontierCoversWhatIsWritten(t *testing.T) {
	g := &layout.Geometry{Capacity: 4096, Alignment: 8, StartPosition: 1<<64 - 4096*3}
	mem := heapSegment(t, g)
	frontier := &layout.ControlOf(mem).Producer.Frontier
	none := func(*layout.U32) {}
	w, err := ring.NewWriter(mem, g, false, none)
	if err != nil {
		t.Fatal(err)
	}
	rd, err := ring.NewReader(mem, g, 0, false, none)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(6, 6))
	batch := uint64(0) // the least that the records not yet published take
	for i := range 20_000 {
		n := r.Uint64N(400)
		position := w.Position()
		switch r.IntN(5) {
		case 0:
			if w.Append(make([]byte, n), 0, 0) == nil {
				batch += (16 + n + 7) &^ 7
			}
		case 1:
			if _, err := w.Reserve(n); err == nil {
				w.Abort()
			}
		case 2:
			w.Flush()
		case 3:
			if err := w.Write(make([]byte, n), 0, 0); err != nil && err != ring.ErrWouldBlock {
				t.Fatal(err)
			}
		default:
			var rec ring.Record
			for rd.Peek(&rec) == nil {
				rd.Release()
			}
		}
		if w.Position() != position {
			batch = 0
		}
		if ahead := frontier.Load() - w.Position(); ahead < batch || ahead > 4096 {
			t.Fatalf("call %d: the frontier is %d bytes ahead of the position with %d bytes pending", i, int64(ahead), batch)
		}
	}
}

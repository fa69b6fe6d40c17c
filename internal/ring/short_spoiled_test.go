//go:build !race

package ring

import (
	"context"
	"errors"
	"testing"

	"github.com/shmbuf/shmbuf/internal/usage"
)

// (One goroutine and much to do: nothing for the race detector.)

// As TestSpoiledWords, for the short ways.
func TestSpoiledWordsTheShortWay(t *testing.T) {
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			mem, g, _, _ := filled(t, start)
			for word := range spoilable(mem, g) {
				target := spoilable(mem, g)[word]
				for _, v := range values(target.Load()) {
					live, g, w, r := filled(t, start)
					spoilable(live, g)[word].Set(v)
					drainShort(t, live, g, r)
					l := &plainLong{usage: usage.New(func() {}), w: w}
					w.Shorten(&l.usage, l)
					for range 200 {
						err := w.Send(context.Background(), 0, make([]byte, 100))
						if err != nil && !errors.Is(err, ErrWouldBlock) && !errors.Is(err, ErrDamaged) {
							t.Fatal(err)
						}
						w.AppendFitting([][]byte{{1}, make([]byte, 50)})
					}
				}
			}
		})
	}
}

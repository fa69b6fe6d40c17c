package native

import (
	"reflect"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// opened is the result of the case open.
type opened struct {
	Create int64 `json:"create_p50"`
	Open   int64 `json:"open_p50"`
}

func open(a *work.Args) (any, error) {
	o := &shmbuf.Options{Capacity: a.Capacity}
	if a.Lazy != 0 {
		lazy := reflect.ValueOf(o).Elem().FieldByName("Lazy")
		if !lazy.IsValid() {
			return nil, work.Unsupported("shmbuf %s has no lazily committed channels", shmbuf.Version)
		}
		lazy.SetBool(true)
	}
	creates, opens := work.NewSamples(a.Rounds), work.NewSamples(a.Rounds)
	work.AtExit(func() { _ = shmbuf.ForceRemove(a.Name) })
	for range a.Rounds {
		begin := time.Now()
		p, err := shmbuf.Create(a.Name, o)
		if err != nil {
			return nil, err
		}
		creates.Add(int64(time.Since(begin)))
		begin = time.Now()
		c, err := shmbuf.Open(a.Name, nil)
		if err != nil {
			return nil, err
		}
		opens.Add(int64(time.Since(begin)))
		if err := leave(p, c); err != nil { // which removes the channel
			return nil, err
		}
	}
	creates.Sort()
	opens.Sort()
	return &opened{Create: creates.Quantile(500), Open: opens.Quantile(500)}, nil
}

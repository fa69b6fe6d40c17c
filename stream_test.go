package shmbuf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"testing"
	"time"
)

// channelName is unique to the test and removed at its end.
func channelName(t testing.TB) string {
	name := fmt.Sprintf("test.%d.%d", os.Getpid(), time.Now().UnixNano())
	t.Cleanup(func() {
		if err := ForceRemove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("clean-up: %v", err)
		}
	})
	return name
}

func mustCreate(t testing.TB, name string, o *Options) *Producer {
	t.Helper()
	p, err := Create(name, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func mustOpen(t testing.TB, name string) *Consumer {
	t.Helper()
	c, err := Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// soon is a context for calls that must not hang.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// pattern is payload number i: a length and bytes that depend on i only.
func pattern(i, longest int) []byte {
	b := make([]byte, i*7919%(longest+1))
	for j := range b {
		b[j] = byte(i + j*31)
	}
	return b
}

func TestStreamsAllLayouts(t *testing.T) {
	for _, tc := range []struct {
		name    string
		o       Options
		longest int
	}{
		{"small ring", Options{Capacity: 4096}, 900},
		{"whole ring records", Options{Capacity: 4096}, 4080},
		{"times", Options{Capacity: 4096, Times: true}, 700},
		{"aligned 64", Options{Capacity: 8192, Alignment: 64}, 900},
		{"aligned 4096", Options{Capacity: 65536, Alignment: 4096}, 9000},
		{"crosses 2^32", Options{Capacity: 4096, StartPosition: 1<<32 - 8192}, 900},
		{"crosses 2^64", Options{Capacity: 4096, StartPosition: 1<<64 - 8192}, 900},
		{"classic", Options{Layout: Classic, Capacity: 4096}, 900},
		{"classic crosses 2^32", Options{Layout: Classic, Capacity: 4096, StartPosition: 1<<32 - 5000}, 900},
	} {
		t.Run(tc.name, func(t *testing.T) {
			const n = 20000
			name := channelName(t)
			p, c := mustCreate(t, name, &tc.o), mustOpen(t, name)
			ctx := soon(t)
			lowest := 0
			if tc.o.Layout == Classic {
				lowest = 1
			}
			record := func(i int) []byte { return append(pattern(i, tc.longest-lowest), make([]byte, lowest)...) }
			sent := make(chan error, 1)
			go func() {
				for i := range n {
					if err := p.Write(ctx, record(i)); err != nil {
						sent <- fmt.Errorf("record %d: %w", i, err)
						return
					}
				}
				if tc.o.Layout == Native {
					sent <- p.Close()
				} else {
					sent <- nil
				}
			}()
			for i := range n {
				rec, err := c.Peek(ctx)
				if err != nil {
					t.Fatalf("record %d: %v", i, err)
				}
				if string(rec.Payload) != string(record(i)) || rec.Seq != uint64(i) {
					t.Fatalf("record %d: %d bytes, sequence %d", i, len(rec.Payload), rec.Seq)
				}
				if tc.o.Times == (rec.Time == 0) {
					t.Fatalf("record %d: time %d", i, rec.Time)
				}
				if err := c.Release(); err != nil {
					t.Fatal(err)
				}
			}
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
			if tc.o.Layout == Native {
				if _, err := c.Peek(ctx); err != io.EOF { // documented to be bare
					t.Fatalf("after the last record: %v", err)
				}
			} else if _, err := c.TryPeek(); !errors.Is(err, ErrWouldBlock) {
				t.Fatalf("after the last record: %v", err)
			}
			if got := c.Stats().Records; got != n {
				t.Errorf("%d records counted", got)
			}
		})
	}
}

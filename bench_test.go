package shmbuf

import (
	"context"
	"errors"
	"io"
	"testing"
)

// The benchmarks are here to show allocations per message (0) and the cost of one
// side alone; throughput between processes is measured in bench/.

func benchPair(b *testing.B, o *Options) (*Producer, *Consumer) {
	name := channelName(b)
	p := mustCreate(b, name, o)
	b.ReportAllocs()
	return p, mustOpen(b, name)
}

func check(t testing.TB, err error) {
	if err != nil {
		t.Helper()
		t.Fatal(err)
	}
}

func BenchmarkWriteRead(b *testing.B) {
	for _, tc := range []struct {
		name string
		o    Options
		size int
	}{
		{"native-64", Options{}, 64},
		{"native-4096", Options{}, 4096},
		{"times-64", Options{Times: true}, 64},
		{"fixed-64", Options{RecordSize: 64}, 64},
		{"classic-64", Options{Layout: Classic}, 64},
	} {
		b.Run(tc.name, func(b *testing.B) {
			p, c := benchPair(b, &tc.o)
			ctx, msg, buf := context.Background(), make([]byte, tc.size), make([]byte, tc.size)
			b.SetBytes(int64(tc.size))
			for range b.N {
				check(b, p.Write(ctx, msg))
				_, err := c.Read(ctx, buf)
				check(b, err)
			}
		})
	}
}

func BenchmarkReservePeek(b *testing.B) {
	p, c := benchPair(b, nil)
	ctx := context.Background()
	for range b.N {
		view, err := p.Reserve(ctx, 64)
		check(b, err)
		view[0]++
		check(b, p.Commit(64))
		_, err = c.Peek(ctx)
		check(b, err)
		check(b, c.Release())
	}
}

func BenchmarkBatch(b *testing.B) {
	p, c := benchPair(b, nil)
	ctx := context.Background()
	out, in := make([][]byte, 32), make([]Record, 32)
	for i := range out {
		out[i] = make([]byte, 64)
	}
	for range b.N {
		_, err := p.WriteBatch(ctx, out)
		check(b, err)
		_, err = c.PeekBatch(ctx, in)
		check(b, err)
		check(b, c.Release())
	}
}

func BenchmarkRun(b *testing.B) {
	p, c := benchPair(b, &Options{RecordSize: 64})
	ctx, run := context.Background(), make([]byte, 64*32)
	for range b.N {
		_, err := p.WriteRun(ctx, run)
		check(b, err)
		_, err = c.PeekRun(ctx, 32)
		check(b, err)
		check(b, c.Release())
	}
}

// BenchmarkPingPong makes each side wait for the other all the time.
func BenchmarkPingPong(b *testing.B) {
	there, here := channelName(b), channelName(b)+".back"
	p, c := mustCreate(b, there, nil), mustOpen(b, there)
	q := mustCreate(b, here, nil)
	d := mustOpen(b, here)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.ReportAllocs()
	go func() {
		buf := make([]byte, 64)
		for {
			n, err := c.Read(ctx, buf)
			if err != nil || q.Write(ctx, buf[:n]) != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64)
	for range b.N {
		check(b, p.Write(ctx, buf))
		_, err := d.Read(ctx, buf)
		check(b, err)
	}
	check(b, p.Close())
	if _, err := c.TryRead(buf); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, ErrWouldBlock) {
		b.Log(err)
	}
}

// BenchmarkStream has the two sides in two goroutines.
func BenchmarkStream(b *testing.B) {
	for _, tc := range []struct {
		name string
		o    Options
	}{{"native-64", Options{Capacity: 8 << 20}}, {"classic-64", Options{Layout: Classic, Capacity: 8 << 20}}} {
		b.Run(tc.name, func(b *testing.B) {
			p, c := benchPair(b, &tc.o)
			ctx, n := context.Background(), b.N
			done := make(chan error, 1)
			go func() {
				buf := make([]byte, 64)
				for range n {
					if _, err := c.Read(ctx, buf); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
			msg := make([]byte, 64)
			for range n {
				check(b, p.Write(ctx, msg))
			}
			check(b, <-done)
		})
	}
}

package shmbuf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func write(t testing.TB, p *Producer, records ...string) {
	t.Helper()
	for _, r := range records {
		if err := p.TryWrite([]byte(r)); err != nil {
			t.Fatalf("write %q: %v", r, err)
		}
	}
}

// read takes one record within the time allowed.
func read(t testing.TB, c *Consumer) (string, error) {
	t.Helper()
	rec, err := c.Peek(soon(t))
	if err != nil {
		return "", err
	}
	s := string(rec.Payload)
	return s, c.Release()
}

func expect(t testing.TB, c *Consumer, records ...string) {
	t.Helper()
	for _, r := range records {
		if got, err := read(t, c); err != nil || got != r {
			t.Fatalf("got %q, %v, want %q", got, err, r)
		}
	}
}

func gone(t testing.TB, name string) {
	t.Helper()
	if _, err := Inspect(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the channel is still there: %v", err)
	}
}

func TestTakeoverContinues(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	write(t, p, "a", "b")
	expect(t, c, "a")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	q := mustCreate(t, name, nil)
	write(t, q, "c")
	expect(t, c, "b")
	rec, err := c.Peek(soon(t))
	if err != nil || rec.Seq != 2 || string(rec.Payload) != "c" {
		t.Fatalf("got %+v, %v", rec, err)
	}
	if info, err := Inspect(name); err != nil || info.Producer.Epoch != 2 || info.Records != 3 {
		t.Errorf("got %+v, %v", info, err)
	}
}

func TestReplaceRetires(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	write(t, p, "a", "b")
	_ = p.Close()
	q := mustCreate(t, name, &Options{Capacity: 8192})
	if got := q.Stats().Discarded; got != 0 {
		t.Errorf("%d records discarded with a consumer attached", got)
	}
	expect(t, c, "a", "b")
	_, err := read(t, c)
	wants(t, err, ErrRetired, name, "again")
	_ = c.Close()
	d := mustOpen(t, name)
	write(t, q, "new")
	expect(t, d, "new")
	_ = q.Close()
	_ = d.Close()
	gone(t, name)
}

func TestReplaceCountsDiscarded(t *testing.T) {
	for _, o := range []Options{{}, {RecordSize: 1}} {
		name := channelName(t)
		p := mustCreate(t, name, &o)
		write(t, p, "a", "b", "c")
		c := mustOpen(t, name)
		expect(t, c, "a")
		_ = c.Close()
		_ = p.Close()
		q := mustCreate(t, name, &Options{ContentType: "text/other"})
		if got := q.Stats().Discarded; got != 2 {
			t.Errorf("%d records discarded, want 2", got)
		}
	}
}

// TestRemoval goes through the orders in which two sides can leave.
func TestRemoval(t *testing.T) {
	for _, tc := range []struct {
		name          string
		o             Options
		co            ConsumerOptions
		drain         bool
		consumerFirst bool
		stays         bool
	}{
		{name: "producer first", drain: true},
		{name: "consumer first", drain: true, consumerFirst: true},
		{name: "undrained, producer first", stays: true},
		{name: "undrained, consumer first", consumerFirst: true, stays: true},
		{name: "kept by the channel", drain: true, o: Options{Keep: true}, stays: true},
		{name: "kept by the consumer", drain: true, co: ConsumerOptions{Keep: true}, stays: true},
		{name: "classic", drain: true, o: Options{Layout: Classic}, stays: true},
		{name: "fixed", drain: true, o: Options{RecordSize: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			name := channelName(t)
			p := mustCreate(t, name, &tc.o)
			c, err := Open(name, &tc.co)
			if err != nil {
				t.Fatal(err)
			}
			write(t, p, "x")
			if tc.drain {
				expect(t, c, "x")
			}
			first, second := p.Close, c.Close
			if tc.consumerFirst {
				first, second = second, first
			}
			if err := first(); err != nil {
				t.Fatal(err)
			}
			if _, err := Inspect(name); err != nil {
				t.Errorf("removed too early: %v", err)
			}
			if err := second(); err != nil {
				t.Fatal(err)
			}
			if !tc.stays {
				gone(t, name)
			} else if _, err := Inspect(name); err != nil {
				t.Errorf("it must stay: %v", err)
			}
		})
	}
}

// TestRemovalRace closes both sides at the same moment: one of them removes.
func TestRemovalRace(t *testing.T) {
	name := channelName(t)
	for i := range 2000 {
		p, err := Create(name, &Options{Capacity: 4096})
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		c, err := Open(name, nil)
		if err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		var wg sync.WaitGroup
		wg.Add(1)
		go func() { defer wg.Done(); _ = p.Close() }()
		_ = c.Close()
		wg.Wait()
		if _, err := Inspect(name); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("round %d: still there: %v", i, err)
		}
	}
}

// TestCreateRace has several creators fight: never do two hold the role at once.
func TestCreateRace(t *testing.T) {
	for _, o := range []Options{{Capacity: 4096}, {Layout: Classic, Capacity: 4096}} {
		name := channelName(t)
		var holders, wins, refusals atomic.Int32
		var wg sync.WaitGroup
		for range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 500 {
					p, err := Create(name, &o)
					switch {
					case err == nil:
						if holders.Add(1) != 1 {
							t.Error("two producers at once")
						}
						wins.Add(1)
						time.Sleep(50 * time.Microsecond)
						holders.Add(-1)
						_ = p.Close()
					case errors.Is(err, ErrBusy):
						refusals.Add(1)
					default:
						t.Error(err)
					}
				}
			}()
		}
		wg.Wait()
		if wins.Load() == 0 || refusals.Load() == 0 {
			t.Errorf("%d wins, %d refusals: no race took place", wins.Load(), refusals.Load())
		}
	}
}

func TestEitherStartsFirst(t *testing.T) {
	for _, o := range []Options{{}, {Layout: Classic}} {
		name := channelName(t)
		got := make(chan error, 1)
		go func() {
			c, err := OpenWait(soon(t), name, nil)
			if err == nil {
				_, err = c.Read(soon(t), make([]byte, 10))
				_ = c.Close()
			}
			got <- err
		}()
		time.Sleep(30 * time.Millisecond)
		write(t, mustCreate(t, name, &o), "hello")
		if err := <-got; err != nil {
			t.Error(err)
		}
	}
}

func TestConsumerResumes(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	write(t, p, "a", "b", "c", "d")
	expect(t, c, "a")
	if _, err := c.Peek(soon(t)); err != nil { // held at close: not released
		t.Fatal(err)
	}
	_ = c.Close()
	c = mustOpen(t, name)
	recs := make([]Record, 3)
	if n, err := c.PeekBatch(soon(t), recs); err != nil || n != 3 || string(recs[2].Payload) != "d" {
		t.Fatal(n, err)
	}
	if err := c.ReleaseN(1); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	expect(t, mustOpen(t, name), "c", "d")
}

func TestReleaseN(t *testing.T) {
	for _, o := range []Options{{}, {RecordSize: 1}, {Layout: Classic}} {
		name := channelName(t)
		p, c := mustCreate(t, name, &o), mustOpen(t, name)
		write(t, p, "a", "b", "c", "d")
		recs := make([]Record, 4)
		for _, step := range []struct {
			release int
			first   string
		}{{0, "a"}, {2, "a"}, {1, "c"}, {1, "d"}} {
			n, err := c.TryPeekBatch(recs)
			if err != nil || string(recs[0].Payload) != step.first {
				t.Fatalf("%q, %v, want %q", recs[0].Payload, err, step.first)
			}
			wants(t, c.ReleaseN(n+1), ErrInvalid, fmt.Sprint(n+1))
			wants(t, c.ReleaseN(-1), ErrInvalid, "-1")
			if err := c.ReleaseN(step.release); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.Stats().Records; got != 4 {
			t.Errorf("%d records counted", got)
		}
	}
}

func TestEndOfStream(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	ended := make(chan error, 1)
	go func() { _, err := c.Peek(soon(t)); ended <- err }()
	time.Sleep(20 * time.Millisecond)
	_ = p.Close()
	if err := <-ended; err != io.EOF { // documented to be bare
		t.Errorf("a sleeping consumer got %v", err)
	}
}

func TestForceRemove(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	if err := ForceRemove(name); err != nil {
		t.Fatal(err)
	}
	gone(t, name)
	write(t, p, "still mapped")
	expect(t, c, "still mapped")
	_ = p.Close()
	if _, err := read(t, c); err != io.EOF { // documented to be bare
		t.Error(err)
	}
}

func TestClassicRoundsAloud(t *testing.T) {
	var log strings.Builder
	name := channelName(t)
	p := mustCreate(t, name, &Options{Layout: Classic, Capacity: 5000, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if p.Capacity() != 4096 || !strings.Contains(log.String(), "requested=5000") || !strings.Contains(log.String(), "capacity=4096") {
		t.Errorf("capacity %d, log %q", p.Capacity(), &log)
	}
	if info, err := Inspect(name); err != nil || info.SegmentSize != 5016 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestClassicReplacedObject(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, &Options{Layout: Classic}), mustOpen(t, name)
	write(t, p, "a")
	_ = p.Close()
	mustCreate(t, name, &Options{Layout: Classic})
	expect(t, c, "a")
	_, err := read(t, c)
	wants(t, err, ErrRetired, name)
}

func TestDeadlineWhileSleeping(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, &Options{Capacity: 4096}), mustOpen(t, name)
	write(t, p, string(make([]byte, 4000)))
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Millisecond)
	defer cancel()
	begin := time.Now()
	wants(t, p.Write(ctx, make([]byte, 4000)), context.DeadlineExceeded, name)
	if took := time.Since(begin); took < 50*time.Millisecond {
		t.Errorf("gave up after %v", took)
	}
	expect(t, c, string(make([]byte, 4000)))
	if err := p.Write(soon(t), []byte("x")); err != nil {
		t.Errorf("after a timeout: %v", err)
	}
}

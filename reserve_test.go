package shmbuf

import (
	"bytes"
	"testing"
	"time"
)

// reservable are channels on which 24 bytes are one record.
var reservable = map[string]Options{
	"variable": {Capacity: 4096}, "fixed": {RecordSize: 24, RecordCount: 4}, "classic": {Layout: Classic, Capacity: 256},
}

func TestReserveCommitAbort(t *testing.T) {
	for what, o := range reservable {
		t.Run(what, func(t *testing.T) {
			name := channelName(t)
			p, c := mustCreate(t, name, &o), mustOpen(t, name)
			ctx := soon(t)
			for i := range 100 {
				view, err := p.Reserve(ctx, 24)
				if err != nil || len(view) != 24 {
					t.Fatalf("%d bytes, %v", len(view), err)
				}
				// While it is out, nothing else can be written.
				_, err = p.TryReserve(24)
				wants(t, err, ErrInvalid, name, "Commit or Abort")
				wants(t, p.TryWrite(make([]byte, 24)), ErrInvalid, name)
				_, err = p.TryWriteBatch([][]byte{make([]byte, 24)})
				wants(t, err, ErrInvalid, name)
				wants(t, p.Commit(25), ErrInvalid, name, "25")
				wants(t, p.Commit(-1), ErrInvalid, name, "-1")
				if i%3 == 0 {
					clear(view)
					p.Abort()
					p.Abort()
					wants(t, p.Commit(24), ErrInvalid, name, "Reserve")
					if view, err = p.TryReserve(24); err != nil {
						t.Fatal(err)
					}
				}
				copy(view, bytes.Repeat([]byte{byte(i)}, 24))
				if err := p.Commit(24); err != nil {
					t.Fatal(err)
				}
				expect(t, c, string(bytes.Repeat([]byte{byte(i)}, 24)))
			}
			if _, err := c.TryPeek(); err != ErrWouldBlock { //nolint:errorlint // documented to be bare
				t.Errorf("a record too many: %v", err)
			}
			for _, n := range []int{-1, 0, 23} {
				if view, err := p.TryReserve(n); err == nil && (n < 0 || len(view) != n || what == "fixed" || what == "classic" && n == 0) {
					t.Errorf("%d bytes were reserved", n)
				}
				p.Abort()
			}
		})
	}
}

// Blocked reservations of every kind go on when the consumer has made room.
func TestReserveWaits(t *testing.T) {
	for what, o := range reservable {
		t.Run(what, func(t *testing.T) {
			name := channelName(t)
			p, c := mustCreate(t, name, &o), mustOpen(t, name)
			full := 0
			for p.TryWrite(make([]byte, 24)) == nil {
				full++
			}
			ctx := soon(t)
			reserved := make(chan error, 1)
			go func() {
				var err error
				if what == "fixed" {
					var run []byte
					if run, err = p.ReserveRun(ctx, 100); err == nil {
						err = p.CommitRun(len(run) / 24)
					}
				} else if _, err = p.Reserve(ctx, 24); err == nil {
					err = p.Commit(24)
				}
				reserved <- err
			}()
			time.Sleep(30 * time.Millisecond)
			select {
			case err := <-reserved:
				t.Fatalf("did not wait: %v", err)
			default:
			}
			for range full + 1 {
				if _, err := read(t, c); err != nil {
					t.Fatal(err)
				}
			}
			if err := <-reserved; err != nil {
				t.Error(err)
			}
			if p.Stats().Sleeps == 0 {
				t.Error("30 ms without a sleep")
			}
		})
	}
}

func TestRuns(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, &Options{RecordSize: 4, RecordCount: 8}), mustOpen(t, name)
	for _, most := range []int{0, -1} {
		_, err := p.TryReserveRun(most)
		wants(t, err, ErrInvalid, name)
		_, err = c.TryPeekRun(most)
		wants(t, err, ErrInvalid, name)
	}
	_, err := p.TryWriteRun(make([]byte, 7))
	wants(t, err, ErrInvalid, name, "7", "4")
	wants(t, p.TryWrite(make([]byte, 8)), ErrInvalid, name, "8", "4")
	wants(t, p.CommitRun(1), ErrInvalid, name)
	run, err := p.TryReserveRun(3)
	if err != nil || len(run) != 12 {
		t.Fatalf("%d bytes, %v", len(run), err)
	}
	wants(t, p.CommitRun(4), ErrInvalid, name, "4 records")
	wants(t, p.CommitRun(-1), ErrInvalid, name)
	_, err = p.TryReserveRun(1)
	wants(t, err, ErrInvalid, name)
	copy(run, "aaaabbbbcccc")
	if err := p.CommitRun(2); err != nil { // the third is given up
		t.Fatal(err)
	}
	if n, err := p.TryWriteRun([]byte("ddddeeeeffffgggghhhhiiiijjjj")); n != 6 || err != nil {
		t.Fatalf("%d records into room for 6, %v", n, err)
	}
	if n, err := p.TryWriteRun([]byte("kkkk")); n != 0 || err != ErrWouldBlock { //nolint:errorlint // documented to be bare
		t.Fatalf("%d records into a full ring, %v", n, err)
	}
	got := ""
	for _, k := range []int{1, 2, 0, 5} {
		run, err := c.PeekRun(soon(t), 5)
		if err != nil || len(run) != 20 {
			t.Fatalf("%d bytes, %v", len(run), err)
		}
		_, err = c.TryPeekRun(1)
		wants(t, err, ErrInvalid, name, "Release")
		wants(t, c.ReleaseN(6), ErrInvalid, name, "6", "5")
		got += string(run[:4*k])
		if err := c.ReleaseN(k); err != nil {
			t.Fatal(err)
		}
	}
	if got != "aaaabbbbddddeeeeffffgggghhhhiiii" {
		t.Errorf("got %s", got)
	}
	if s := c.Stats(); s.Records != 8 || s.Bytes != 32 {
		t.Errorf("%+v", s)
	}
}

func TestAbsentCallsAreRefused(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	_, err := p.TryReserveRun(1)
	wants(t, err, ErrInvalid, name, "RecordSize")
	wants(t, p.CommitRun(1), ErrInvalid, name, "RecordSize")
	_, err = p.WriteRun(soon(t), []byte{1})
	wants(t, err, ErrInvalid, name, "RecordSize")
	_, err = c.PeekRun(soon(t), 1)
	wants(t, err, ErrInvalid, name, "RecordSize")
	_, err = c.TryPeekBatch(nil)
	wants(t, err, ErrInvalid, name, "0 records")
}

package shmbuf

import (
	"bytes"
	"errors"
	"io"
	"math/rand"
	"testing"
	"testing/iotest"
)

func TestByteStream(t *testing.T) {
	data := make([]byte, 10<<20)
	rand.New(rand.NewSource(1)).Read(data) //nolint:gosec // not a secret
	for _, o := range []Options{{Capacity: 65536}, {Layout: Classic, Capacity: 65536}, {RecordSize: 64}} {
		name := channelName(t)
		p, c := mustCreate(t, name, &o), mustOpen(t, name)
		sent := make(chan error, 1)
		go func() {
			n, err := io.Copy(NewWriter(soon(t), p), struct{ io.Reader }{bytes.NewReader(data)})
			if err == nil && n != int64(len(data)) {
				err = io.ErrShortWrite
			}
			if o.Layout == Native {
				err = errors.Join(err, p.Close())
			}
			sent <- err
		}()
		in := NewReader(soon(t), c)
		if o.Layout == Classic {
			in = io.LimitReader(in, int64(len(data)))
		}
		got, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, data) {
			t.Fatalf("%+v: %d bytes of %d, or other ones", o, len(got), len(data))
		}
	}
}

func TestReaderIsAReader(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	write(t, p, "hello", "", " ", "world")
	_ = p.Close()
	if err := iotest.TestReader(NewReader(soon(t), c), []byte("hello world")); err != nil {
		t.Error(err)
	}
}

func TestWriteToPassesEverythingOn(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	write(t, p, "hello", "", " ", "world")
	_ = p.Close()
	var out bytes.Buffer
	r := NewReader(soon(t), c)
	if _, err := io.ReadFull(r, make([]byte, 2)); err != nil { // begins inside a record
		t.Fatal(err)
	}
	if n, err := io.Copy(&out, r); err != nil || n != 9 || out.String() != "llo world" {
		t.Errorf("%d bytes %q, %v", n, &out, err)
	}
}

func TestRecordsIterator(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	write(t, p, "a", "b", "c")
	for rec, err := range c.Records(soon(t)) {
		if err != nil || string(rec.Payload) != "a" {
			t.Fatalf("%q, %v", rec.Payload, err)
		}
		break // a is given back
	}
	_ = p.Close()
	var got string
	for rec, err := range c.Records(soon(t)) {
		if err != nil {
			t.Fatal(err)
		}
		got += string(rec.Payload)
	}
	if got != "bc" {
		t.Errorf("got %q", got)
	}
	_ = c.Close()
	for _, err := range c.Records(soon(t)) {
		if err == nil {
			t.Error("a closed consumer yields records")
		}
	}
}

func TestBatchLargerThanTheRing(t *testing.T) {
	for _, o := range []Options{{Capacity: 4096}, {Layout: Classic, Capacity: 4096}, {RecordSize: 100, RecordCount: 16}} {
		name := channelName(t)
		p, c := mustCreate(t, name, &o), mustOpen(t, name)
		const n = 3000
		batch := make([][]byte, n)
		for i := range batch {
			batch[i] = bytes.Repeat([]byte{byte(i)}, 100)
		}
		sent := make(chan error, 1)
		go func() {
			written, err := p.WriteBatch(soon(t), batch)
			if err == nil && written != n {
				err = io.ErrShortWrite
			}
			sent <- err
		}()
		recs := make([]Record, 7)
		for i := 0; i < n; {
			k, err := c.PeekBatch(soon(t), recs)
			if err != nil {
				t.Fatal(err)
			}
			for j, r := range recs[:k] {
				if !bytes.Equal(r.Payload, batch[i+j]) || r.Seq != uint64(i+j) {
					t.Fatalf("%+v: record %d is %v, sequence %d", o, i+j, r.Payload, r.Seq)
				}
			}
			i += k
			if err := c.Release(); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	}
}

func TestBatchWithABadRecord(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, &Options{Capacity: 4096}), mustOpen(t, name)
	n, err := p.WriteBatch(soon(t), [][]byte{{1}, {2}, make([]byte, 5000), {3}})
	wants(t, err, ErrTooLarge, "5000")
	if n != 2 {
		t.Errorf("%d records written, want 2", n)
	}
	expect(t, c, "\x01", "\x02")
}

func TestKinds(t *testing.T) {
	name := channelName(t)
	p, c := mustCreate(t, name, nil), mustOpen(t, name)
	for _, kind := range []uint16{0, 1, 0xFFFE} {
		if err := p.WriteKind(soon(t), kind, []byte("x")); err != nil {
			t.Fatal(err)
		}
		rec, err := c.TryPeek()
		if err != nil || rec.Kind != kind {
			t.Errorf("kind %d, %v, want %d", rec.Kind, err, kind)
		}
		_ = c.Release()
	}
	q := mustCreate(t, channelName(t), &Options{RecordSize: 1})
	wants(t, q.TryWriteKind(1, []byte("x")), ErrInvalid, "kind 1")
}

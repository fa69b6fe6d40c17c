package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/shmbuf/shmbuf"
)

// output frames records on standard output. Small records are collected, large
// ones go out straight from the ring.
type output struct {
	framing string
	to      *counter
	buf     *bufio.Writer
}

// counter knows how many bytes were really taken.
type counter struct {
	w io.Writer
	n uint64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += uint64(n)
	return n, err
}

func newOutput(w io.Writer, framing string) *output {
	to := &counter{w: w}
	return &output{framing: framing, to: to, buf: bufio.NewWriterSize(to, inputBuffer)}
}

// write writes all of records and flushes them. It returns how many bytes of
// payload they have or, with an error, how many records were written in full.
func (o *output) write(records []shmbuf.Record) (done, size int, err error) {
	start := o.to.n
	for _, r := range records {
		if err = o.frame(r); err != nil {
			break
		}
		size += len(r.Payload)
	}
	if flushErr := o.buf.Flush(); err == nil {
		err = flushErr
	}
	if err == nil {
		return len(records), size, nil
	}
	o.buf.Reset(o.to)
	taken := o.to.n - start
	for _, r := range records {
		n := uint64(len(r.Payload)) + o.overhead()
		if n > taken {
			break
		}
		taken -= n
		done++
	}
	return done, size, err
}

// overhead is what framing adds to a record.
func (o *output) overhead() uint64 {
	switch o.framing {
	case "lines":
		return 1
	case "length":
		return 4
	}
	return 0
}

func (o *output) frame(r shmbuf.Record) error {
	if o.framing == "length" {
		if uint64(len(r.Payload)) > math.MaxUint32 {
			return fmt.Errorf("record %d has %d bytes, more than a 32-bit length can say; use --framing raw", r.Seq, len(r.Payload))
		}
		var prefix [4]byte
		binary.LittleEndian.PutUint32(prefix[:], uint32(len(r.Payload)))
		if _, err := o.buf.Write(prefix[:]); err != nil {
			return err
		}
	}
	if _, err := o.buf.Write(r.Payload); err != nil {
		return err
	}
	if o.framing == "lines" {
		return o.buf.WriteByte('\n')
	}
	return nil
}

package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/input"
)

// inputBuffer collects small records; larger ones pass by it, straight into the
// ring.
const inputBuffer = 64 << 10

// chunks sends every size bytes of src.
func (s *sender) chunks(src io.Reader, size int) error {
	s.unit = "record"
	r := bufio.NewReaderSize(src, inputBuffer)
	for {
		// Look first: at the end of input there is no need to wait for space.
		if _, err := r.Peek(1); err != nil {
			return s.endOfInput(err)
		}
		if err := s.fill(r, size); err != nil {
			return err
		}
	}
}

// messages sends every length-prefixed message of src.
func (s *sender) messages(src io.Reader) error {
	s.unit = "message"
	r := bufio.NewReaderSize(src, inputBuffer)
	var prefix [4]byte
	for {
		n, err := io.ReadFull(r, prefix[:])
		switch {
		case n == 0:
			return s.endOfInput(err)
		case err != nil:
			return s.cutShort(err, "has a length prefix of 4 bytes", n)
		}
		size := binary.LittleEndian.Uint32(prefix[:])
		switch {
		case uint64(size) > uint64(s.p.MaxRecord()):
			return s.tooLong(fmt.Sprintf("announces %d bytes", size))
		case size == 0 && s.classic:
			return s.noEmpty()
		}
		if err := s.fill(r, int(size)); err != nil {
			return err
		}
	}
}

// fill reads one record of size bytes into the ring and publishes it.
func (s *sender) fill(r io.Reader, size int) error {
	room, err := s.reserve(size)
	if err != nil {
		return err
	}
	if n, err := io.ReadFull(r, room); err != nil {
		s.p.Abort()
		return s.cutShort(err, fmt.Sprintf("has %d bytes", size), n)
	}
	return s.commit(size)
}

// endOfInput passes the two clean endings on: io.EOF and an interruption between
// records.
func (s *sender) endOfInput(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, input.ErrInterrupted) {
		return err
	}
	return errorf("pub %s: %w", s.name, err)
}

// cutShort is for a record that the input breaks off: it is not sent.
func (s *sender) cutShort(err error, whole string, got int) error {
	switch {
	case errors.Is(err, input.ErrInterrupted):
		return errorf("pub %s: interrupted in the middle of %s, which was not sent", s.name, s.next())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errorf("pub %s: %s %s, but the input ends after %d of them; those %d left over bytes were not sent",
			s.name, s.next(), whole, got, got)
	}
	return errorf("pub %s: %w", s.name, err)
}

// Package framed makes messages of a byte stream: each is sent behind its length,
// with buffers on both sides, so that small ones share system calls.
package framed

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

const (
	prefix = 4
	// buffer of each side: as much as a pipe or a socket takes at once by default.
	buffer = 64 << 10
)

// Stream is a link.Link over a reader and a writer.
type Stream struct {
	r     *bufio.Reader
	w     *bufio.Writer
	close func() error
}

// New makes one; close is called by Close.
func New(r io.Reader, w io.Writer, close func() error) *Stream {
	return &Stream{r: bufio.NewReaderSize(r, buffer), w: bufio.NewWriterSize(w, buffer), close: close}
}

// Send puts the message into the buffer; what does not fit goes out.
func (s *Stream) Send(message []byte) error {
	if s.w.Available() < prefix {
		if err := s.w.Flush(); err != nil {
			return err
		}
	}
	length := binary.LittleEndian.AppendUint32(s.w.AvailableBuffer(), uint32(len(message)))
	if _, err := s.w.Write(length); err != nil {
		return err
	}
	_, err := s.w.Write(message)
	return err
}

// Flush sends what is in the buffer.
func (s *Stream) Flush() error { return s.w.Flush() }

// Receive copies the next message to buf.
func (s *Stream) Receive(buf []byte) ([]byte, error) {
	length, err := s.r.Peek(prefix)
	if err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(length)
	if uint64(n) > uint64(len(buf)) {
		return nil, fmt.Errorf("a message of %d bytes, more than %d", n, len(buf))
	}
	if _, err := s.r.Discard(prefix); err != nil {
		return nil, err
	}
	_, err = io.ReadFull(s.r, buf[:n])
	return buf[:n], err
}

// Close ends the connection.
func (s *Stream) Close() error { return s.close() }

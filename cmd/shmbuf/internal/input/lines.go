package input

import (
	"bytes"
	"errors"
	"io"
)

// Lines cuts a stream into lines. It reads only when it holds no complete line,
// so a line that has arrived is never held back by a Read that blocks.
type Lines struct {
	src     io.Reader
	max     int // longest line allowed, without its newline
	buf     []byte
	start   int // buf[start:end] is not yet returned
	end     int
	scanned int // buf[start:scanned] has no newline
	err     error
}

const firstBuffer = 256 << 10

// NewLines returns a cutter of src that refuses lines of more than max bytes.
// It holds at most max bytes and one buffer.
func NewLines(src io.Reader, max int) *Lines {
	return &Lines{src: src, max: max, buf: make([]byte, min(firstBuffer, max+1))}
}

// Next fills dst with lines, without their newlines, and returns how many: at
// least 1 unless there is an error. A last line without a newline counts. The
// lines live until the next call. It blocks while no line is complete. Errors:
// io.EOF after the last line, ErrLongLine (the lines before it have been
// returned), and those of the source.
func (l *Lines) Next(dst [][]byte) (int, error) {
	for {
		n, err := l.cut(dst)
		if n > 0 || err != nil {
			return n, err
		}
		if l.err != nil {
			return l.last(dst)
		}
		if l.end-l.start > l.max {
			return 0, ErrLongLine
		}
		l.fill()
	}
}

// Pending reports how many bytes of an unfinished line are held.
func (l *Lines) Pending() int { return l.end - l.start }

// cut takes complete lines out of the buffer.
func (l *Lines) cut(dst [][]byte) (int, error) {
	for n := range dst {
		i := bytes.IndexByte(l.buf[l.scanned:l.end], '\n')
		if i < 0 {
			l.scanned = l.end
			return n, nil
		}
		line := l.buf[l.start : l.scanned+i]
		if len(line) > l.max {
			if n > 0 {
				return n, nil // found again by the next call
			}
			return 0, ErrLongLine
		}
		dst[n] = line
		l.start = l.scanned + i + 1
		l.scanned = l.start
	}
	return len(dst), nil
}

// last returns what is left when the source has ended.
func (l *Lines) last(dst [][]byte) (int, error) {
	if l.start == l.end || !errors.Is(l.err, io.EOF) {
		return 0, l.err
	}
	if l.end-l.start > l.max {
		return 0, ErrLongLine
	}
	dst[0] = l.buf[l.start:l.end]
	l.start = l.end
	return 1, nil
}

// fill makes room for at least one byte and reads once.
func (l *Lines) fill() {
	if l.start > 0 {
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.scanned -= l.start
		l.start = 0
	}
	if l.end == len(l.buf) {
		grown := make([]byte, min(2*len(l.buf), l.max+1))
		copy(grown, l.buf[:l.end])
		l.buf = grown
	}
	n, err := l.src.Read(l.buf[l.end:])
	l.end += n
	l.err = err
}

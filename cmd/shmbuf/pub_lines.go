package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/input"
)

// batchRecords is how many records are handled in one step at most.
const batchRecords = 1024

// lines sends every line of src. What has arrived is published before the next
// read can block.
func (s *sender) lines(src io.Reader) error {
	s.unit = "line"
	cutter := input.NewLines(src, s.p.MaxRecord())
	batch := make([][]byte, batchRecords)
	for {
		n, err := cutter.Next(batch)
		switch {
		case errors.Is(err, input.ErrLongLine):
			return s.tooLong(fmt.Sprintf("has more than %d bytes", s.p.MaxRecord()))
		case errors.Is(err, input.ErrInterrupted) && cutter.Pending() > 0:
			return errorf("pub %s: interrupted in the middle of %s, which was not sent", s.name, s.next())
		case errors.Is(err, io.EOF), errors.Is(err, input.ErrInterrupted):
			return err
		case err != nil:
			return errorf("pub %s: %w", s.name, err)
		}
		full, empty := s.firstEmpty(batch[:n])
		if err := s.batch(full); err != nil {
			return err
		}
		if empty {
			return s.noEmpty()
		}
	}
}

// firstEmpty returns the lines before the first one the layout cannot carry, and
// whether there is one.
func (s *sender) firstEmpty(lines [][]byte) ([][]byte, bool) {
	if s.classic {
		for i, line := range lines {
			if len(line) == 0 {
				return lines[:i], true
			}
		}
	}
	return lines, false
}

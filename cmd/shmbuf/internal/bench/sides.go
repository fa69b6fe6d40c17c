package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
)

// patience bounds one sample, besides the time it measures.
const patience = 30 * time.Second

// sample takes one sample of a case.
func (s *suite) sample(ctx context.Context, m *measurement) (Sample, error) {
	var (
		r   job.Result
		err error
	)
	switch {
	case m.alone:
		err = s.side(ctx, goPeer, m.job, job.Send, resultInto(&r))
	case m.limit:
		r, err = s.pair(ctx, goPeer, goPeer, m.job)
	default:
		r, err = s.pair(ctx, s.send, s.receive, m.job)
	}
	if err != nil {
		return Sample{}, err
	}
	return m.sampleOf(r)
}

// answer reads what a side says.
type answer func(io.Reader) error

func silence(io.Reader) error { return nil }

// resultInto reads the one line that a side answers.
func resultInto(r *job.Result) answer {
	return func(out io.Reader) error {
		if err := json.NewDecoder(out).Decode(r); err != nil {
			return fmt.Errorf("a side ended without a result: %w", err)
		}
		return nil
	}
}

// pair runs both sides of a job, one of which has the result: who receives a
// stream, or sends what is echoed.
func (s *suite) pair(ctx context.Context, send, receive program, j job.Job) (r job.Result, err error) {
	limit := patience + 4*j.Time
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no result after %v", limit))
	defer cancel()
	if j.Case == job.Stream {
		err = s.both(ctx, send, receive, j, silence, resultInto(&r))
	} else {
		err = s.both(ctx, send, receive, j, resultInto(&r), silence)
	}
	return r, err
}

// both runs two sides and leaves nothing behind.
func (s *suite) both(ctx context.Context, send, receive program, j job.Job, sent, received answer) error {
	s.serial++
	j.Name = fmt.Sprintf("shmbuf-bench-%d-%d", os.Getpid(), s.serial)
	if s.memory != nil {
		if _, err := s.memory.WriteAt(make([]byte, memorySize), 0); err != nil {
			return err
		}
	}
	defer removeChannels(j)
	return child.Together(ctx, func(ctx context.Context) error {
		return s.side(ctx, send, j, job.Send, sent)
	}, func(ctx context.Context) error {
		return s.side(ctx, receive, j, job.Receive, received)
	})
}

// side runs one side of a job.
func (s *suite) side(ctx context.Context, p program, j job.Job, role string, hear answer) error {
	j.Role = role
	command, err := p.command(j.Args())
	if err != nil {
		return err
	}
	var files []*os.File
	if s.memory != nil && (j.Case == job.Flags || j.Case == job.Futex) {
		files = []*os.File{s.memory}
	}
	return child.Run(ctx, command, files, hear)
}

// removeChannels is for samples that did not come to their end: otherwise the last
// side to leave has removed them.
func removeChannels(j job.Job) {
	for _, name := range j.Channels() {
		if err := shmbuf.ForceRemove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(os.Stderr, "shmbuf: note: cannot remove %s: %v\n", name, err)
		}
	}
}

// Package peer is a side of a measurement, in Go. It uses channels as any program
// does: default options, but for the sizes that the job gives.
package peer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/child"
)

// appearance is how long a side waits for the other one's channel.
const appearance = 10 * time.Second

// side does a job.
type side struct {
	job.Job
	ctx context.Context
	out *json.Encoder
}

// Run does one side of a measurement and answers on w. It ends early when ctx
// does, or parent, which the parent process holds open.
func Run(ctx context.Context, j job.Job, parent io.Reader, w io.Writer) error {
	ctx, cancel := child.WithParent(ctx, parent)
	defer cancel()
	s := &side{Job: j, ctx: ctx, out: json.NewEncoder(w)}
	steps := map[string]func() error{
		job.Stream + job.Send: s.produce, job.Stream + job.Receive: s.consume,
		job.Trip + job.Send: s.ping, job.Trip + job.Receive: s.pong,
		job.Wake + job.Send: s.wakePing, job.Wake + job.Receive: s.wakePong,
		job.Idle + job.Send: s.fallSilent, job.Idle + job.Receive: s.wait,
		job.Flags + job.Send: s.flagsPing, job.Flags + job.Receive: s.flagsPong,
		job.Futex + job.Send: s.futexPing, job.Futex + job.Receive: s.futexPong,
		job.Memcpy + job.Send: s.memcpy,
	}
	step := steps[j.Case+j.Role]
	if step == nil {
		return fmt.Errorf("there is no role %q in %q", j.Role, j.Case)
	}
	err := step()
	if ctx.Err() != nil { // the parent may not be there to remove them
		for _, name := range j.Channels() {
			if err := shmbuf.ForceRemove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				fmt.Fprintf(os.Stderr, "cannot remove %s: %v\n", name, err)
			}
		}
	}
	return err
}

// create makes a channel with a ring as the job says.
func (s *side) create(name string) (*shmbuf.Producer, error) {
	o := &shmbuf.Options{Exclusive: true, Capacity: s.Ring}
	if s.Mode == job.Run {
		o.Capacity = 0
		o.RecordSize = uint64(s.Size)
		o.RecordCount = uint64(1) << (bits.Len64(s.Ring/o.RecordSize) - 1) // 4 or more
	}
	return shmbuf.Create(name, o)
}

// open attaches to a channel that the other side is about to create.
func (s *side) open(name string) (*shmbuf.Consumer, error) {
	ctx, cancel := context.WithTimeout(s.ctx, appearance)
	defer cancel()
	return shmbuf.OpenWait(ctx, name, nil)
}

// wrongNumber says that the stream is not what was sent.
func (s *side) wrongNumber(got, want uint64) error {
	return fmt.Errorf("%s: record %d arrived where %d was expected", s.Name, got, want)
}

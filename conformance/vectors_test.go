//go:build linux

package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"github.com/shmbuf/shmbuf"
)

func TestVectors(t *testing.T) {
	paths, err := filepath.Glob("../spec/vectors/*.vec")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors in ../spec/vectors: %v", err)
	}
	for _, path := range paths {
		base := strings.TrimSuffix(filepath.Base(path), ".vec")
		t.Run(base, func(t *testing.T) {
			name := fmt.Sprintf("vector.go.%d.%s", os.Getpid(), base)
			r := &runner{name: name, object: object{path: "/dev/shm/" + name}}
			defer r.finish()
			for _, s := range parseScript(t, path) {
				if complaint := r.run(&s); complaint != "" {
					t.Fatalf("%s:%d: %s\n    %s", filepath.Base(path), s.line, s.text, complaint)
				}
			}
		})
	}
}

// runner executes a script on the Go library.
type runner struct {
	name     string
	channel  map[string]string
	object   object
	producer *shmbuf.Producer
	consumer *shmbuf.Consumer
}

func (r *runner) finish() {
	for _, side := range []string{"producer", "consumer"} {
		if err := r.closeSide(side); err != nil && !errors.Is(err, os.ErrClosed) {
			panic(err)
		}
	}
	r.object.close()
	_ = os.Remove(r.object.path) // scripts may have removed it
}

func (r *runner) run(s *step) (complaint string) {
	defer func() {
		if p := recover(); p != nil {
			m, ok := p.(mismatch)
			if !ok {
				panic(p)
			}
			complaint = string(m)
		}
	}()
	switch s.verb {
	case "channel":
		r.channel = s.args
	case "create":
		answer(s, r.create(s))
	case "open":
		answer(s, r.open())
	case "close":
		answer(s, r.closeSide(s.words[0]))
	case "guards":
		if got := r.guards(s.words[0]); got < s.wanted("min") {
			same("guard counter", got, "at least "+s.want["min"])
		}
	default:
		if !r.producing(s) && !r.consuming(s) && !r.onObject(s) {
			same("verb", s.verb, "a known one")
		}
	}
	return ""
}

var statuses = []struct {
	name string
	err  error
}{
	{"would_block", shmbuf.ErrWouldBlock},
	{"end_of_stream", io.EOF},
	{"closed", os.ErrClosed},
	{"too_large", shmbuf.ErrTooLarge},
	{"busy", shmbuf.ErrBusy},
	{"peer_died", shmbuf.ErrPeerDied},
	{"retired", shmbuf.ErrRetired},
	{"not_a_channel", shmbuf.ErrNotChannel},
	{"unknown_version", shmbuf.ErrVersion},
	{"damaged", shmbuf.ErrDamaged},
	{"exists", fs.ErrExist},
	{"missing", fs.ErrNotExist},
	{"short_buffer", io.ErrShortBuffer},
	{"no_space", shmbuf.ErrNoSpace},
	{"no_permission", fs.ErrPermission},
	{"segment_lost", shmbuf.ErrSegmentLost},
	{"invalid", shmbuf.ErrInvalid},
	{"timeout", context.DeadlineExceeded},
}

func statusOf(err error) string {
	if err == nil {
		return "ok"
	}
	for _, s := range statuses {
		if errors.Is(err, s.err) {
			return s.name
		}
	}
	return "system: " + err.Error()
}

func answer(s *step, err error) {
	want := s.status
	if want == "" {
		want = "ok"
	}
	if got := statusOf(err); got != want {
		panic(mismatch(fmt.Sprintf("status: got %s (%v), want %s", got, err, want)))
	}
}

func (r *runner) native() bool { return r.channel["layout"] != "classic" }

func options(args map[string]string) *shmbuf.Options {
	s := step{args: args}
	o := &shmbuf.Options{
		Capacity: s.number("capacity"), RecordCount: s.number("record_count"), Alignment: uint32(s.number("alignment")),
		Slots: uint32(s.number("slots")), ContentType: args["content_type"], Times: s.number("times") == 1,
		Keep: s.number("keep") == 1, StartPosition: s.number("start_position"), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if args["layout"] == "classic" {
		o.Layout = shmbuf.Classic
	}
	if size, ok := strings.CutPrefix(args["records"], "fixed:"); ok {
		o.RecordSize = number(size)
	}
	return o
}

func (r *runner) create(s *step) error {
	args := maps.Clone(r.channel)
	maps.Copy(args, s.args)
	p, err := shmbuf.Create(r.name, options(args))
	if err == nil {
		r.producer = p
	}
	r.object.follow()
	return err
}

func (r *runner) open() error {
	c, err := shmbuf.Open(r.name, nil)
	if err == nil {
		r.consumer = c
	}
	return err
}

func (r *runner) closeSide(side string) (err error) {
	if side == "producer" && r.producer != nil {
		err, r.producer = r.producer.Close(), nil
	}
	if side == "consumer" && r.consumer != nil {
		err, r.consumer = r.consumer.Close(), nil
	}
	return err
}

func (r *runner) guards(side string) uint64 {
	if side == "producer" {
		return r.producer.Stats().GuardHits
	}
	return r.consumer.Stats().GuardHits
}

func (r *runner) onObject(s *step) bool {
	switch s.verb {
	case "poke":
		r.object.write(r.object.offset(s, r.native()), s.literal())
	case "bytes":
		want := s.literal()
		got := r.object.read(r.object.offset(s, r.native()), len(want))
		same("bytes", fmt.Sprintf("%x", got), fmt.Sprintf("%x", want))
	case "reseal":
		r.object.reseal()
	case "raw":
		r.object.raw(int64(s.number("size")), s.args["hex"])
	case "object":
		if _, ok := s.want["size"]; ok {
			same("size", r.object.size(), s.wanted("size"))
		}
		same("object", map[bool]string{true: "linked", false: "gone"}[r.object.linked()], s.status)
	case "state":
		r.object.state(s)
	default:
		return false
	}
	return true
}

func aligned(s *step, b []byte) {
	if n := s.wanted("aligned"); n != 0 && len(b) > 0 {
		same("address modulo", uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b))))%n, 0)
	}
}

// Package pipe measures os.Pipe between two processes. The worker starts itself
// again, and the second process inherits its ends.
package pipe

import (
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/shmbuf/shmbuf/bench/go/internal/framed"
	"github.com/shmbuf/shmbuf/bench/go/internal/link"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Version is that of the standard library.
func Version() string { return runtime.Version() }

// inherited is the role of the second process, which only this program starts.
const inherited = "inherited"

// largest pipe without privileges, by default.
const largest = 1 << 20

// parts of each case: who gives the result, and who the other one is.
var parts = map[string][2]string{
	"stream": {"consume", "produce"}, "trip": {"ping", "pong"}, "wake": {"ping", "pong"}, "idle": {"consume", "produce"},
}

// Run does both roles of one case.
func Run(a *work.Args) (any, error) {
	part, ok := parts[a.Case]
	switch {
	case ok && a.Role == "pair":
		a.Role = part[0]
		return pair(a)
	case ok && a.Role == inherited:
		a.Role = part[1]
		return link.Run(a, ends(os.NewFile(3, "in"), os.NewFile(4, "out")))
	}
	return nil, work.Unsupported("pipe %s %s", a.Case, a.Role)
}

// pair starts the other process, then does its own part.
func pair(a *work.Args) (any, error) {
	in, theirOut, err := newPipe()
	if err != nil {
		return nil, err
	}
	theirIn, out, err := newPipe()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	other := exec.Command(self, append([]string{a.System, a.Case, inherited}, os.Args[4:]...)...)
	other.ExtraFiles = []*os.File{theirIn, theirOut}
	other.Stderr = os.Stderr
	if err := other.Start(); err != nil {
		return nil, err
	}
	_, _ = theirIn.Close(), theirOut.Close()
	result, err := link.Run(a, ends(in, out))
	if err != nil {
		return nil, err
	}
	return result, other.Wait()
}

// newPipe is as large as anybody may make one, which is 16 times the default.
func newPipe() (r, w *os.File, err error) {
	if r, w, err = os.Pipe(); err != nil {
		return nil, nil, err
	}
	raw, err := w.SyscallConn()
	if err != nil {
		return nil, nil, err
	}
	// Where an administrator allows less, the pipe stays as it is.
	return r, w, raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, largest) })
}

func ends(in, out *os.File) link.Connect {
	return func(*work.Args, string, bool) (link.Link, error) {
		return framed.New(in, out, func() error { return out.Close() }), nil
	}
}

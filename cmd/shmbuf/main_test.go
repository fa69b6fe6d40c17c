package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf"
)

// The tests run the program as scripts do: as a process of its own.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "shmbuf-cli")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "shmbuf")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// patience bounds every wait of a test; nothing should come near it.
const patience = 30 * time.Second

// outcome of a process.
type outcome struct {
	status int
	out    string
	err    string
}

// process is a running shmbuf.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  lockedBuffer
	err  lockedBuffer
	done chan error
}

// lockedBuffer may be read while a process writes to it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start runs shmbuf with a pipe as standard input.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(program, args...), done: make(chan error, 1)}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.launch()
	return p
}

// launch starts the process and sees to its end.
func (p *process) launch() {
	p.t.Helper()
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		p.done <- p.cmd.Wait()
		close(ended)
	}()
	p.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-ended
	})
}

// send writes to standard input.
func (p *process) send(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, text); err != nil {
		p.t.Fatal(err)
	}
}

// wait returns how the process ended.
func (p *process) wait() outcome {
	p.t.Helper()
	var err error
	select {
	case err = <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("%v does not end; standard error: %s", p.cmd.Args[1:], p.err.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return outcome{p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

// signal sends s to this process only.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// execute runs shmbuf to its end with input as standard input.
func execute(t *testing.T, input string, args ...string) outcome {
	t.Helper()
	p := start(t, args...)
	go func() {
		_, _ = io.WriteString(p.in, input) // it may end without reading everything
		p.in.Close()
	}()
	return p.wait()
}

// eventually polls for a condition that another process brings about.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !condition(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for: %s", patience, what)
		}
	}
}

var channels atomic.Int64

// channel returns a name nobody uses, and removes what is left under it.
func channel(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("shmbuf-cli-test-%d-%d", os.Getpid(), channels.Add(1))
	t.Cleanup(func() {
		if err := shmbuf.ForceRemove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("cannot remove %s: %v", name, err)
		}
	})
	return name
}

func exists(t *testing.T, name string) bool {
	t.Helper()
	_, err := shmbuf.Inspect(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

// awaitConsumer waits until a live consumer is attached.
func awaitConsumer(t *testing.T, name string) {
	t.Helper()
	eventually(t, "a consumer of "+name, func() bool {
		info, err := shmbuf.Inspect(name)
		return err == nil && info.Consumers[0].Alive
	})
}

// succeeded demands status 0 and silence on standard error, and returns the output.
func succeeded(t *testing.T, o outcome) string {
	t.Helper()
	if o.status != 0 || o.err != "" {
		t.Fatalf("status %d, standard error %q; want 0 and nothing", o.status, o.err)
	}
	return o.out
}

// failed demands a status and one line on standard error that contains all of words.
func failed(t *testing.T, o outcome, status int, words ...string) {
	t.Helper()
	if o.status != status {
		t.Errorf("status %d, want %d; standard error: %s", o.status, status, o.err)
	}
	if !strings.HasPrefix(o.err, "shmbuf: ") || strings.Count(o.err, "\n") != 1 || !strings.HasSuffix(o.err, "\n") {
		t.Errorf("standard error is not one line of shmbuf: %q", o.err)
	}
	for _, w := range words {
		if !strings.Contains(o.err, w) {
			t.Errorf("standard error %q does not contain %q", o.err, w)
		}
	}
}

// same compares long texts without printing them.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	end := func(s string) string { return s[at:min(at+40, len(s))] }
	t.Fatalf("%s: %d bytes, want %d; they differ from byte %d on: %q, want %q", what, len(got), len(want), at, end(got), end(want))
}

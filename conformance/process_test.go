//go:build linux

package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// peer is a program that produces or consumes: one per language.
type peer struct {
	lang    string
	command []string
	missing string // what to do about it, when there is none
}

// insist: a missing peer is a failure instead of a skipped test.
func insist() bool {
	return os.Getenv("SHMBUF_MATRIX") == "full" || os.Getenv("CI") == "true"
}

var peers = sync.OnceValue(func() map[string]*peer {
	return map[string]*peer{"go": goPeer(), "cpp": cppPeer(), "python": pythonPeer(), "flash": flashPeer()}
})

var languages = []string{"go", "cpp", "python"}

var scratch string // directory for what tests build, removed by TestMain

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "conformance"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(scratch) // a leftover in the temporary directory is no failure
	if left, _ := filepath.Glob(fmt.Sprintf("/dev/shm/*.%d.*", os.Getpid())); len(left) > 0 {
		fmt.Println("FAIL: left behind:", left)
		code = 1
	}
	os.Exit(code)
}

func goPeer() *peer {
	bin := filepath.Join(scratch, "peer-go")
	out, err := exec.Command("go", "build", "-o", bin, "./peers/go").CombinedOutput()
	if err != nil {
		return &peer{lang: "go", missing: fmt.Sprintf("it does not build: %v\n%s", err, out)}
	}
	return &peer{lang: "go", command: []string{bin}}
}

func cppPeer() *peer {
	bin := os.Getenv("SHMBUF_PEER_CPP")
	if bin == "" {
		bin = "../build/conformance/peer"
	}
	if _, err := os.Stat(bin); err != nil {
		return &peer{lang: "cpp", missing: fmt.Sprintf("%v; build conformance/cpp and set SHMBUF_PEER_CPP", err)}
	}
	bin, err := filepath.Abs(bin)
	if err != nil {
		return &peer{lang: "cpp", missing: err.Error()}
	}
	return &peer{lang: "cpp", command: []string{bin}}
}

func python() string {
	if p := os.Getenv("SHMBUF_PYTHON"); p != "" {
		return p
	}
	if _, err := os.Stat("../.venv/bin/python"); err == nil {
		return "../.venv/bin/python"
	}
	return "python3"
}

func pythonPeer() *peer {
	if out, err := exec.Command(python(), "-c", "import numpy, shmbuf").CombinedOutput(); err != nil {
		return &peer{lang: "python", missing: fmt.Sprintf("%s cannot import numpy and shmbuf; set SHMBUF_PYTHON: %v\n%s", python(), err, out)}
	}
	return &peer{lang: "python", command: []string{python(), "peers/python/peer.py"}}
}

func flashPeer() *peer {
	if _, err := exec.LookPath(python()); err != nil {
		return &peer{lang: "flash", missing: err.Error()}
	}
	return &peer{lang: "flash", command: []string{python(), "peers/flash.py"}}
}

// need gives a peer, or skips the test, or fails it.
func need(t *testing.T, lang string) *peer {
	t.Helper()
	if os.Getenv("SHMBUF_MATRIX") == "off" {
		t.Skip("SHMBUF_MATRIX=off")
	}
	p := peers()[lang]
	if p.missing == "" {
		return p
	}
	if insist() {
		t.Fatalf("no peer for %s: %s", lang, p.missing)
	}
	t.Skipf("no peer for %s: %s", lang, p.missing)
	return nil
}

// result is the last line a peer prints.
type result struct {
	Role    string
	Records uint64
	Bytes   uint64
	First   uint64
	Next    uint64
	Guards  uint64
	Follows uint64
	OK      bool
}

type process struct {
	t        *testing.T
	what     string
	cmd      *exec.Cmd
	out, err bytes.Buffer
	done     chan struct{}
	failure  error
}

// start runs a peer; the test's end kills it when it still runs.
func start(t *testing.T, lang, role, name string, args ...string) *process {
	t.Helper()
	p := need(t, lang)
	command := append(append([]string{}, p.command...), role, "--name", name)
	command = append(command, args...)
	pr := &process{t: t, what: lang + " " + role, cmd: exec.Command(command[0], command[1:]...), done: make(chan struct{})}
	pr.cmd.Stdout, pr.cmd.Stderr = &pr.out, &pr.err
	if err := pr.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		pr.failure = pr.cmd.Wait()
		close(pr.done)
	}()
	t.Cleanup(func() {
		_ = pr.cmd.Process.Kill() // has usually ended
		<-pr.done
	})
	return pr
}

const allowed = 30 * time.Second

func (p *process) ended() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(allowed):
		p.t.Fatalf("%s still runs after %v: %s\nstderr: %s", p.what, allowed, strings.Join(p.cmd.Args, " "), p.err.String())
	}
}

// result waits for an end without complaint.
func (p *process) result() result {
	p.t.Helper()
	p.ended()
	if p.failure != nil {
		p.t.Fatalf("%s: %v: %s\nstderr: %s", p.what, p.failure, strings.Join(p.cmd.Args, " "), p.err.String())
	}
	lines := strings.Split(strings.TrimSpace(p.out.String()), "\n")
	var r result
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil || !r.OK {
		p.t.Fatalf("%s: last line %q: %v", p.what, lines[len(lines)-1], err)
	}
	return r
}

// killed waits for the end of a process that kills itself.
func (p *process) killed() {
	p.t.Helper()
	p.ended()
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		p.t.Fatalf("%s: %v, want an end by SIGKILL: %s\nstderr: %s", p.what, p.failure, strings.Join(p.cmd.Args, " "), p.err.String())
	}
}

// channelName is a fresh name whose object is removed when the test ends.
func channelName(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("m.%d.%s", os.Getpid(), strings.NewReplacer("/", ".", " ", "").Replace(t.Name()))
	t.Cleanup(func() { _ = os.Remove("/dev/shm/" + name) }) // native channels are gone by then
	return name
}

func exists(name string) bool {
	_, err := os.Stat("/dev/shm/" + name)
	return err == nil
}

func waitUntil(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ready(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited 20 s for %s", what)
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

var worker, sockets string // the built program, and where it puts its sockets

func TestMain(m *testing.M) {
	scratch, err := os.MkdirTemp("", "bench")
	if err != nil {
		panic(err)
	}
	worker, sockets = filepath.Join(scratch, "bench-go"), filepath.Join(scratch, "tmp")
	if err := os.Mkdir(sockets, 0o700); err != nil {
		panic(err)
	}
	code := 1
	if out, err := exec.Command("go", "build", "-tags", "nats", "-o", worker, ".").CombinedOutput(); err != nil {
		fmt.Printf("%s%v\n", out, err)
	} else {
		code = m.Run()
	}
	for _, pattern := range []string{filepath.Join(sockets, "*"), "/dev/shm/*" + unique() + "*"} {
		if left, _ := filepath.Glob(pattern); len(left) > 0 {
			fmt.Println("FAIL: left behind:", left)
			code = 1
		}
	}
	_ = os.RemoveAll(scratch) // a leftover in the temporary directory is no failure
	os.Exit(code)
}

// unique part of the names of this run.
func unique() string { return fmt.Sprintf("benchgo%d", os.Getpid()) }

var names atomic.Int64

// newName is short: a socket's path has room for 107 bytes.
func newName() string { return fmt.Sprintf("%s.%d", unique(), names.Add(1)) }

func command(arguments ...string) *exec.Cmd {
	c := exec.Command(worker, arguments...)
	c.Env = append(os.Environ(), "TMPDIR="+sockets)
	return c
}

// run1 ends when the worker does, and returns the line that it has printed.
func run1(arguments ...string) (result map[string]float64, err error) {
	c := command(arguments...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%v: %w: %s", arguments, err, &stderr)
	}
	if len(out) == 0 {
		return nil, nil
	}
	if bytes.Count(out, []byte("\n")) != 1 {
		return nil, fmt.Errorf("%v: printed %q", arguments, out)
	}
	return result, json.Unmarshal(out, &result)
}

var paired = map[string]bool{"channel": true, "pipe": true}

// roles runs a case of a system, and returns the results by role.
func roles(t *testing.T, system, what, a, b string, keys ...string) map[string]map[string]float64 {
	t.Helper()
	keys = append(keys, "name="+newName())
	all := []string{a, b}
	if paired[system] || b == "" {
		all = []string{"pair"}
	}
	results, failures := make([]map[string]float64, len(all)), make([]error, len(all))
	var group sync.WaitGroup
	for i, role := range all {
		group.Go(func() {
			results[i], failures[i] = run1(append([]string{system, what, role}, keys...)...)
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	byRole := map[string]map[string]float64{}
	for i, role := range all {
		byRole[role] = results[i]
	}
	return byRole
}

// result is the one of a role, or of the pair.
func result(t *testing.T, byRole map[string]map[string]float64, role string) map[string]float64 {
	t.Helper()
	for _, name := range []string{role, "pair"} {
		if r := byRole[name]; r != nil {
			return r
		}
	}
	t.Fatalf("no result of %s", role)
	return nil
}

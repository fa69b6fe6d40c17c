package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func demoLeftovers(t *testing.T, p *process) []string {
	t.Helper()
	left, err := filepath.Glob(fmt.Sprintf("/dev/shm/shmbuf-demo-%d-*", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func TestDemo(t *testing.T) {
	t.Parallel()
	began := time.Now()
	p := start(t, "demo", "--frames", "7", "--size", "320x180", "--fps", "100")
	out := succeeded(t, p.wait())
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, row := range []string{
		`320x180 pictures, flat out +│ +7 │`, `320x180 pictures at 100 fps +│ +7 │`,
		`64 B messages, one way +│ +[1-9]\d+ │`, `64 B messages, there and back +│ +[1-9]\d+ │.* [µn]s │ .* s? ?│?`,
	} {
		if !regexp.MustCompile(row[:strings.LastIndex(row, "│")]).MatchString(out) {
			t.Errorf("no row like %q in\n%s", row, out)
		}
	}
	if left := demoLeftovers(t, p); len(left) > 0 {
		t.Errorf("channels left behind: %v", left)
	}
}

// Ctrl-C, and even the death of the demo, leave neither processes nor channels.
func TestDemoInterrupted(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			p := start(t, "demo", "--frames", "1000000", "--size", "320x180")
			eventually(t, "a channel", func() bool { return len(demoLeftovers(t, p)) > 0 })
			peers := children(t, p)
			if len(peers) != 2 {
				t.Fatalf("%d peers, want 2", len(peers))
			}
			p.signal(sig)
			if o := p.wait(); sig != syscall.SIGKILL {
				failed(t, o, 1, "demo", "interrupted")
			}
			eventually(t, "the end of the peers", func() bool {
				for _, pid := range peers {
					if _, err := os.Stat("/proc/" + pid + "/exe"); err == nil {
						return false
					}
				}
				return true
			})
			eventually(t, "the end of the channels", func() bool { return len(demoLeftovers(t, p)) == 0 })
		})
	}
}

// children lists the processes that p has started.
func children(t *testing.T, p *process) []string {
	t.Helper()
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.cmd.Process.Pid))
	var pids []string
	for _, file := range tasks {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, strings.Fields(string(text))...)
	}
	return pids
}

// A run that fails says why in one line, and ends at once.
func TestDemoNoSpace(t *testing.T) {
	began := time.Now()
	failed(t, privately(t, "2m", program+" demo; status=$?; ls /dev/shm; exit $status"), 1, "demo: 1920x1080 pictures", "/dev/shm")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
}

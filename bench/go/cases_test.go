package main

import (
	"bufio"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

var all = []string{"shmbuf", "channel", "pipe", "unix", "shmipc", "nats"}

func TestStream(t *testing.T) {
	for _, test := range []struct {
		systems []string
		keys    string
	}{
		{all, "size=8 count=3000 warm=100 mode=copy"},
		{all, "size=64 count=3000 warm=100 mode=copy ring=1048576"},
		{all, "size=100000 count=200 warm=10 mode=copy ring=1048576"},
		{all, "size=1 count=1000 mode=copy"},
		{[]string{"shmbuf", "channel", "shmipc"}, "size=64 count=3000 warm=100 mode=place"},
		{[]string{"shmbuf", "channel", "shmipc"}, "size=100000 count=100 warm=10 mode=place ring=1048576"},
		{all, "size=64 count=3000 warm=100 mode=batch batch=100"},
		{[]string{"shmbuf", "channel"}, "size=64 count=30001 warm=100 mode=run batch=100"},
		{[]string{"shmbuf"}, "size=24 count=3000 warm=0 mode=run batch=70 ring=65536"},
		{[]string{"shmbuf"}, "size=64 count=3000 warm=100 mode=copy peer=run"},
	} {
		for _, system := range test.systems {
			t.Run(system+" "+test.keys, func(t *testing.T) {
				keys := strings.Fields(test.keys)
				r := result(t, roles(t, system, "stream", "consume", "produce", keys...), "consume")
				if r["records"] < 50 || r["seconds"] <= 0 {
					t.Errorf("%v", r)
				}
			})
		}
	}
}

func TestTrip(t *testing.T) {
	for _, system := range all {
		for _, size := range []string{"size=8", "size=64", "size=1024", "size=100000"} {
			t.Run(system+" "+size, func(t *testing.T) {
				checkLatency(t, roles(t, system, "trip", "pong", "ping", size, "rounds=500", "warm=20"))
			})
		}
	}
}

func TestWake(t *testing.T) {
	for _, system := range all {
		t.Run(system, func(t *testing.T) {
			keys := []string{"size=64", "rounds=50", "warm=5", "think=100000"}
			checkLatency(t, roles(t, system, "wake", "pong", "ping", keys...))
		})
	}
}

func checkLatency(t *testing.T, byRole map[string]map[string]float64) {
	t.Helper()
	r := result(t, byRole, "ping")
	if (r["rounds"] != 500 && r["rounds"] != 50) || r["p50"] <= 0 || r["p50"] > r["p90"] || r["p999"] > r["max"] ||
		r["mean"] <= 0 || r["mean"] > r["max"] {
		t.Errorf("%v", r)
	}
}

func TestPaced(t *testing.T) {
	for _, system := range []string{"shmbuf", "unix", "shmipc", "nats"} {
		for _, rate := range []string{"rate=5000", "rate=0"} {
			t.Run(system+" "+rate, func(t *testing.T) {
				both := roles(t, system, "paced", "consume", "produce", "size=64", "count=1100", "warm=100", rate)
				for role, r := range both {
					if r["records"] != 1000 || r["seconds"] <= 0 || r["cpu"] <= 0 {
						t.Errorf("%s: %v", role, r)
					}
				}
				if took := both["produce"]["seconds"]; rate == "rate=5000" && (took < 0.19 || took > 2) {
					t.Errorf("%v seconds for 1000 messages, 5000 a second", took)
				}
			})
		}
	}
}

func TestFanout(t *testing.T) {
	for _, system := range []string{"shmbuf", "unix"} {
		t.Run(system, func(t *testing.T) {
			keys := []string{"channels=3", "size=64", "count=2000", "warm=100", "ring=65536"}
			if r := roles(t, system, "fanout", "consume", "produce", keys...)["consume"]; r["records"] != 1900 {
				t.Errorf("%v", r)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	r := result(t, roles(t, "shmbuf", "open", "pair", "", "capacity=65536", "rounds=5"), "pair")
	if r["create_p50"] <= 0 || r["open_p50"] <= 0 {
		t.Errorf("%v", r)
	}
}

// Idle workers say when they wait, and leave nothing behind when they are ended.
func TestIdle(t *testing.T) {
	for _, system := range all {
		t.Run(system, func(t *testing.T) {
			var producer *exec.Cmd
			name := "name=" + newName()
			role := "pair"
			if !paired[system] {
				role = "consume"
				producer = command(system, "idle", "produce", name)
				start(t, producer)
			}
			consumer := command(system, "idle", role, name)
			out, err := consumer.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			start(t, consumer)
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil || line != "{\"ready\":true}\n" {
				t.Errorf("%q, %v", line, err)
			}
			for _, c := range []*exec.Cmd{consumer, producer} {
				if c == nil {
					continue
				}
				_ = c.Process.Signal(syscall.SIGTERM) // it may have ended with the other one
				_ = c.Wait()
			}
		})
	}
}

func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
}

func TestVersions(t *testing.T) {
	for _, system := range all {
		out, err := command(system, "version").Output()
		if err != nil || !strings.HasPrefix(string(out), `{"version":"`) || strings.Contains(string(out), "unknown") {
			t.Errorf("%s: %s, %v", system, out, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for arguments, status := range map[string]int{
		"pigeon version":                                   2,
		"pigeon stream produce name=x":                     2,
		"shmbuf swim produce name=x":                       2,
		"shmbuf stream swim name=x":                        2,
		"shmbuf stream produce name=x colour=red":          2,
		"shmbuf stream produce name=x count=2 mode=upside": 2,
		"shmbuf stream produce name=x count=ten":           1,
		"shmbuf stream produce name=x count=10 warm=10":    1,
		"shmbuf stream produce count=10":                   1,
		"pipe stream produce name=x count=2":               2,
		"pipe paced pair name=x count=2":                   2,
		"channel fanout pair name=x count=2":               2,
		"nats stream produce name=x count=2 mode=run":      2,
		"nats open pair name=x capacity=65536":             2,
		"shmbuf":                                           1,
	} {
		c := command(strings.Fields(arguments)...)
		out, _ := c.CombinedOutput()
		if got := c.ProcessState.ExitCode(); got != status || strings.HasPrefix(string(out), "unsupported: ") != (status == 2) {
			t.Errorf("%s: status %d, %s", arguments, got, out)
		}
	}
}

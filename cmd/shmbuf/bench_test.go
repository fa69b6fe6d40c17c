package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench"
)

// short makes every case as small as it can be.
var short = []string{"bench", "--quick", "--samples", "1", "--time", "10ms"}

func benchLeftovers(t *testing.T, p *process) []string {
	t.Helper()
	left, err := filepath.Glob(fmt.Sprintf("/dev/shm/shmbuf-bench-%d-*", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// measured runs a short benchmark and returns what it wrote.
func measured(t *testing.T, args ...string) (out string, r bench.Report) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "all.json")
	p := start(t, append(append(short, "--json", file), args...)...)
	out = succeeded(t, p.wait())
	if left := benchLeftovers(t, p); len(left) > 0 {
		t.Errorf("channels left behind: %v", left)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(filepath.Dir(file) + "/.*"); len(files) > 0 {
		t.Errorf("files left behind: %v", files)
	}
	return out, r
}

// checkSamples demands a plausible sample of every case.
func checkSamples(t *testing.T, r bench.Report) {
	t.Helper()
	units := map[string]string{
		"stream": "records/s", "batch": "records/s", "run": "records/s", "place": "records/s",
		"trip": "ns", "wake": "ns", "futex": "ns", "memcpy": "bytes/s", "memcpy_batch": "bytes/s",
	}
	seen := map[string]bool{}
	for _, s := range r.Samples {
		seen[s.Case] = true
		if s.Unit != units[s.Case] || s.Value <= 0 || s.Regime == "" || s.Unit == "records/s" && (s.Records == 0 || s.Seconds <= 0) {
			t.Errorf("a sample that cannot be: %+v", s)
		}
		if l := s.Latency; s.Unit == "ns" && (l == nil || l.Count == 0 || l.P50 <= 0 || l.P50 > l.P99 || l.P99 > l.Max) {
			t.Errorf("latencies that cannot be: %+v", l)
		}
	}
	for name := range units {
		if !seen[name] {
			t.Errorf("no sample of %s", name)
		}
	}
	if len(r.Rows) < len(units) || len(r.Idle) != 9 || r.Machine.CPUs < 1 || r.Machine.Clock <= 0 {
		t.Errorf("%d rows, %d looks at the idle waiter, machine %+v", len(r.Rows), len(r.Idle), r.Machine)
	}
}

func TestBench(t *testing.T) {
	out, r := measured(t)
	checkSamples(t, r)
	if r.Size != 64 || r.Send != "go" || r.Receive != "go" || r.WantedSamples != 1 {
		t.Errorf("the report is about %d bytes, %s-%s, %d samples", r.Size, r.Send, r.Receive, r.WantedSamples)
	}
	for _, want := range []string{
		"records of 64 B from Go", "CPUs", "stream, a record a call, copied", "stream, batches of 256",
		"stream, fixed size, runs of 256", "stream, in place", "round trip, both spinning", "round trip, both asleep",
		"memcpy of 64 B", "memcpy of 16 KiB", "idle waiter, wake-ups", "p99.9", "two new processes",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output never says %q:\n%s", want, out)
		}
	}
}

// Records that are large for a ring, and of an odd size.
func TestBenchSizes(t *testing.T) {
	bytes := map[string]uint64{"9": 9, "1MiB": 1 << 20}
	for _, size := range []string{"9", "1MiB"} {
		t.Run(size, func(t *testing.T) {
			t.Parallel()
			_, r := measured(t, "--size", size)
			if len(r.Rows) < 8 || bytes[size] != r.Size {
				t.Errorf("%d rows for records of %d bytes", len(r.Rows), r.Size)
			}
		})
	}
}

// pythonPeer returns the Python that has the package, or skips.
func pythonPeer(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"../../.venv/bin/python", "python3"} {
		if exec.Command(python, "-c", "import shmbuf").Run() == nil {
			return python
		}
	}
	t.Skip("no Python that has the package shmbuf")
	return ""
}

// Both languages in both roles.
func TestBenchLanguages(t *testing.T) {
	if _, err := exec.LookPath("c++"); err != nil {
		t.Skip("no C++ compiler")
	}
	for _, pair := range []string{"py-cpp", "cpp-py"} {
		t.Run(pair, func(t *testing.T) {
			t.Parallel()
			out, r := measured(t, "--pair", pair, "--python", pythonPeer(t), "--cpp-include", "../../cpp/include")
			checkSamples(t, r)
			if !strings.Contains(out, "Python 3") || !strings.Contains(out, "C++") {
				t.Errorf("the output does not say what ran:\n%s", out)
			}
		})
	}
	t.Run("py-go", func(t *testing.T) {
		t.Parallel()
		_, r := measured(t, "--pair", "py-go", "--python", pythonPeer(t))
		checkSamples(t, r)
	})
}

// Ctrl-C, and even the death of the benchmark, leave neither processes nor
// channels.
func TestBenchInterrupted(t *testing.T) {
	for _, pair := range []string{"go-go", "py-py"} {
		for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
			t.Run(pair+" "+sig.String(), func(t *testing.T) {
				t.Parallel()
				args := []string{"bench", "--pair", pair, "--json", filepath.Join(t.TempDir(), "never.json")}
				if pair == "py-py" {
					args = append(args, "--python", pythonPeer(t))
				}
				temporary := t.TempDir()
				p := &process{t: t, cmd: exec.Command(program, args...), done: make(chan error, 1)}
				p.cmd.Env = append(os.Environ(), "TMPDIR="+temporary)
				p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
				p.launch()
				eventually(t, "two sides at work", func() bool { return len(benchLeftovers(t, p)) > 0 && len(children(t, p)) == 2 })
				sides := children(t, p)
				p.signal(sig)
				if o := p.wait(); sig != syscall.SIGKILL {
					failed(t, o, 1, "bench", "interrupted")
					if _, err := os.Stat(args[4]); err == nil {
						t.Error("there is a result")
					}
					if files, _ := os.ReadDir(temporary); len(files) > 0 {
						t.Errorf("files left behind: %v", files)
					}
				}
				eventually(t, "the end of the sides", func() bool {
					for _, pid := range sides {
						if _, err := os.Stat("/proc/" + pid + "/exe"); err == nil {
							return false
						}
					}
					return true
				})
				eventually(t, "the end of the channels", func() bool { return len(benchLeftovers(t, p)) == 0 })
			})
		}
	}
}

// What is missing is said in one line, and nothing is measured.
func TestBenchRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		env   string
		args  []string
		words []string
	}{
		"no Python":      {"", []string{"--pair", "go-py", "--python", dir + "/python"}, []string{"there is no program " + dir + "/python", "--python"}},
		"no package":     {"", []string{"--pair", "py-go", "--python", "false"}, []string{"cannot import the package shmbuf", "pip install"}},
		"no compiler":    {"PATH=" + dir, []string{"--pair", "go-cpp"}, []string{"no C++ compiler", "$CXX"}},
		"wrong compiler": {"CXX=" + dir + "/c++", []string{"--pair", "cpp-go"}, []string{"$CXX names " + dir + "/c++"}},
		"no headers":     {"CXX=true", []string{"--pair", "cpp-go", "--cpp-include", dir}, []string{dir, "shmbuf/shmbuf.hpp"}},
		"unknown place":  {"CXX=true", []string{"--pair", "cpp-go"}, []string{"--cpp-include", "pkg-config"}},
		"no file":        {"", []string{"--json", dir + "/x/y"}, []string{"--json", dir + "/x"}},
		"a directory":    {"", []string{"--json", dir}, []string{"--json", dir, "directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := &process{t: t, cmd: exec.Command(program, append([]string{"bench"}, test.args...)...), done: make(chan error, 1)}
			p.cmd.Env = append(os.Environ(), "PYTHON=", "CXX=", "PKG_CONFIG_LIBDIR="+dir, "PKG_CONFIG_PATH=", test.env)
			p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
			p.launch()
			failed(t, p.wait(), 1, test.words...)
			if p.out.String() != "" {
				t.Errorf("standard output is not empty: %q", p.out.String())
			}
		})
	}
}

// A run that fails says why in one line, and ends at once.
func TestBenchNoSpace(t *testing.T) {
	began := time.Now()
	failed(t, privately(t, "2m", program+" bench; status=$?; ls /dev/shm; exit $status"), 1, "bench: ", "/dev/shm")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
}

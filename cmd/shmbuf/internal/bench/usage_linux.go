package bench

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usageOf reads what the threads of a process have used.
func usageOf(pid int) (u usage, err error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(tasks) == 0 {
		return u, fmt.Errorf("process %d has gone", pid)
	}
	for _, task := range tasks {
		spent, err := os.ReadFile(task + "/schedstat") // nanoseconds on a processor, …
		if err != nil {
			return u, fmt.Errorf("how much CPU a waiter uses: %w", err)
		}
		first, _, _ := strings.Cut(string(spent), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return u, fmt.Errorf("%s/schedstat: %w", task, err)
		}
		u.cpu += time.Duration(ns)
		n, err := switches(task + "/status")
		if err != nil {
			return u, err
		}
		u.switches += n
	}
	return u, nil
}

// switches counts how often a thread has gone to sleep.
func switches(status string) (uint64, error) {
	f, err := os.Open(status)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if name == "voluntary_ctxt_switches" {
			return strconv.ParseUint(strings.TrimSpace(value), 10, 64)
		}
	}
	return 0, fmt.Errorf("%s does not count context switches", status)
}

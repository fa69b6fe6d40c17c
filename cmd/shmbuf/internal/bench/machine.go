package bench

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// Machine is where the figures come from. What the system does not say is empty.
type Machine struct {
	CPU      string  `json:"cpu"`
	CPUs     int     `json:"cpus"` // that this process may use
	Caches   string  `json:"caches"`
	Governor string  `json:"governor"`
	Guest    bool    `json:"virtual_machine"`
	Memory   uint64  `json:"memory_bytes"`
	System   string  `json:"system"`
	Arch     string  `json:"arch"`
	Load     float64 `json:"load"`     // of the last minute, before the benchmark
	Clock    float64 `json:"clock_ns"` // one reading
}

func describeMachine() Machine {
	m := Machine{CPUs: runtime.NumCPU(), System: runtime.GOOS, Arch: runtime.GOARCH, Clock: clockCost()}
	m.ask()
	return m
}

// String is the machine on one or two lines.
func (m Machine) String() string {
	words := []string{fmt.Sprintf("%d CPUs", m.CPUs)}
	if m.CPU != "" {
		words = []string{m.CPU, words[0]}
	}
	if m.Guest {
		words = append(words, "virtual")
	}
	if m.Governor != "" {
		words = append(words, "governor "+m.Governor)
	}
	if m.Caches != "" {
		words = append(words, m.Caches)
	}
	if m.Memory > 0 {
		words = append(words, fmt.Sprintf("%.1f GiB", float64(m.Memory)/(1<<30)))
	}
	words = append(words, m.System+"/"+m.Arch)
	text := strings.Join(words, ", ") + fmt.Sprintf("; a clock reading takes %.0f ns", m.Clock)
	if m.Load > float64(m.CPUs)/2 {
		text += fmt.Sprintf("\nthe machine was busy before: load %.1f", m.Load)
	}
	return text
}

// clockCost is what a reading of the clock takes, in nanoseconds.
func clockCost() float64 {
	const readings = 100_000
	start := time.Now()
	for range readings - 1 {
		_ = time.Since(start)
	}
	return float64(time.Since(start).Nanoseconds()) / readings
}

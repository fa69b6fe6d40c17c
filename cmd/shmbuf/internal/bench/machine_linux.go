package bench

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ask fills in what Linux knows.
func (m *Machine) ask() {
	cpu := fields("/proc/cpuinfo")
	m.CPU = firstOf(cpu["model name"], cpu["Model"], cpu["Hardware"], cpu["cpu"])
	m.Guest = strings.Contains(" "+cpu["flags"]+" ", " hypervisor ")
	if kib, err := strconv.ParseUint(strings.TrimSuffix(fields("/proc/meminfo")["MemTotal"], " kB"), 10, 64); err == nil {
		m.Memory = kib << 10
	}
	m.Governor = content("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
	_, _ = fmt.Sscan(content("/proc/loadavg"), &m.Load)
	var caches []string
	levels, _ := filepath.Glob("/sys/devices/system/cpu/cpu0/cache/index*")
	for _, dir := range levels {
		if kind := content(dir + "/type"); kind != "Instruction" {
			caches = append(caches, fmt.Sprintf("L%s %s", content(dir+"/level"), content(dir+"/size")))
		}
	}
	m.Caches = strings.Join(caches, " ")
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		m.System = unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
	}
}

func content(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// fields reads lines of "name: value"; the first of a name counts.
func fields(path string) map[string]string {
	values := map[string]string{}
	f, err := os.Open(path)
	if err != nil {
		return values
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, ok := strings.Cut(lines.Text(), ":")
		if name = strings.TrimSpace(name); ok && values[name] == "" {
			values[name] = strings.TrimSpace(value)
		}
	}
	return values
}

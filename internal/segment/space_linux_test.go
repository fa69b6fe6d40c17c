package segment

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func mountSmall(dir string) error { return unix.Mount("tmpfs", dir, "tmpfs", 0, "size=10m") }
func unmount(dir string) error    { return unix.Unmount(dir, unix.MNT_DETACH) }

func memoryAvailable(t *testing.T) (bytes uint64) {
	for _, line := range strings.Split(string(must(os.ReadFile("/proc/meminfo"))(t)), "\n") {
		var kib uint64
		if n, _ := fmt.Sscanf(line, "MemAvailable: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal returns the two ends of a pseudo-terminal.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 140}); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// onTerminal runs the program with standard error on a terminal and returns what
// that shows.
func onTerminal(t *testing.T, args ...string) *lockedBuffer {
	t.Helper()
	master, slave := terminal(t)
	p := &process{t: t, cmd: exec.Command(program, args...), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, slave
	screen := &lockedBuffer{}
	p.launch()
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			_, _ = screen.Write(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	if o := p.wait(); o.status != 0 {
		t.Fatalf("status %d, screen:\n%s", o.status, screen.String())
	}
	return screen
}

// showsBars waits until the screen ends with so many full bars, and demands that it
// has shown some words.
func showsBars(t *testing.T, screen *lockedBuffer, bars int, words ...string) {
	t.Helper()
	eventually(t, fmt.Sprint(bars, " full bars"), func() bool {
		text := screen.String()
		last := text[strings.LastIndex(text, "\x1b[J")+1:]
		return strings.Count(last, "100 %") == bars
	})
	for _, want := range words {
		if !strings.Contains(screen.String(), want) {
			t.Errorf("the screen never shows %q:\n%s", want, screen.String())
		}
	}
}

// On a terminal every run has a bar that ends full, or stops where it failed.
func TestDemoBars(t *testing.T) {
	t.Parallel()
	screen := onTerminal(t, "demo", "--frames", "60", "--size", "320x180")
	showsBars(t, screen, 4, "flat out", "at 60 fps", "fps ", "M messages/s", "ns a round trip")
}

// So has every case of a benchmark.
func TestBenchBars(t *testing.T) {
	screen := onTerminal(t, short...)
	showsBars(t, screen, 10, "in place", "idle waiter", " GB/s")
}

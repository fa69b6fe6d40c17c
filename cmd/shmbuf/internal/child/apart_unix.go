//go:build unix

package child

import (
	"os"
	"syscall"
)

// apart keeps the signals of the terminal away from a child.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// endGroup asks a child and its own children to end.
func endGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGTERM) }

//go:build !unix

package child

import (
	"os"
	"syscall"
)

func apart() *syscall.SysProcAttr { return nil }

func endGroup(p *os.Process) error { return p.Kill() }

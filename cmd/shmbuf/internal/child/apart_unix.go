//go:build unix

package child

import "syscall"

// apart keeps the signals of the terminal away from a child.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

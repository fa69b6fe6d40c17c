package peer

import "golang.org/x/sys/unix"

// yield lets another process have this processor: perhaps it is the other side.
func yield() { _, _, _ = unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

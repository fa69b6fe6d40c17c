package wait

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Kernel says whether Sleep sleeps in the kernel until Wake; if not, it polls
// and Wake does nothing.
const Kernel = true

// Operations of futex(2). Without FUTEX_PRIVATE_FLAG: the word is found by the
// object it lies in, not by its address, so peers meet on different mappings.
const (
	futexWait = 0
	futexWake = 1
	everybody = 1<<31 - 1
)

// Sleep returns when Wake is called on the word, at once when *word is not
// value, after timeout, or for no reason (a signal). value is as the word lies
// in memory, whatever the machine's byte order. Any number of goroutines and
// processes may sleep on one word. It allocates nothing.
func Sleep(word *uint32, value uint32, timeout time.Duration) {
	if timeout <= 0 {
		return
	}
	limit := unix.NsecToTimespec(int64(timeout))
	// Not RawSyscall: the scheduler must know that this thread stands still.
	_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWait,
		uintptr(value), uintptr(unsafe.Pointer(&limit)), 0, 0)
	switch errno {
	case 0, unix.EAGAIN, unix.EINTR, unix.ETIMEDOUT:
	default:
		// A sandbox without futex, or memory that was truncated away. Touching
		// the word is the caller's business; here it must only not become a
		// busy loop.
		time.Sleep(min(timeout, longestPoll))
	}
}

// Wake wakes everybody who sleeps on the word, in all processes. It does not
// block, allocates nothing, and may be called by anybody.
func Wake(word *uint32) {
	// Raw: the call never waits, and the scheduler need not know of it.
	_, _, _ = unix.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake, everybody, 0, 0, 0)
}

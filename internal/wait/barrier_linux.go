package wait

import (
	"sync"

	"golang.org/x/sys/unix"
)

// Commands of membarrier(2).
const (
	membarrierGlobal                   = 1 << 0
	membarrierGlobalExpedited          = 1 << 1
	membarrierRegisterGlobalExpedited  = 1 << 2
	membarrierPrivateExpedited         = 1 << 3
	membarrierRegisterPrivateExpedited = 1 << 4
)

func membarrier(command uintptr) bool {
	_, _, errno := unix.Syscall(unix.SYS_MEMBARRIER, command, 0, 0)
	return errno == 0
}

// Registering is for the life of the process; only exec ends it.
var (
	registerGlobal  = sync.OnceValue(func() bool { return membarrier(membarrierRegisterGlobalExpedited) })
	registerPrivate = sync.OnceValue(func() bool { return membarrier(membarrierRegisterPrivateExpedited) })
)

// RegisterBarrier asks the kernel, once per process, to include this process in
// every peer's Barrier, and reports whether it does. Only then may a publisher
// leave out its own fence between storing a position and loading the waiter word.
func RegisterBarrier() bool { return registerGlobal() }

// Barrier makes every thread of every registered process, and the caller, pass
// a full fence before it returns. It pairs with the program order of a
// publisher's store of its position and its load of the waiter word. The caller
// need not be registered. It takes 1 to 15 µs. False: the kernel refuses, a sandbox
// for instance, and there was no fence.
func Barrier() bool {
	// The slow command (milliseconds) needs no registration and does the same.
	return membarrier(membarrierGlobalExpedited) || membarrier(membarrierGlobal)
}

// RegisterPrivateBarrier does for PrivateBarrier what RegisterBarrier does for Barrier.
func RegisterPrivateBarrier() bool { return registerPrivate() }

// PrivateBarrier makes every thread of this process, the caller included, pass
// a full fence before it returns. Without a RegisterPrivateBarrier that returned
// true it does nothing.
func PrivateBarrier() { membarrier(membarrierPrivateExpedited) }

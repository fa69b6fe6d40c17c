//go:build !linux

package wait

import "time"

// Kernel says whether Sleep sleeps in the kernel until Wake; if not, it polls
// and Wake does nothing.
const Kernel = false

// Sleep returns when *word is not value, after timeout, and in any case after
// about a millisecond: pauses of 50 µs, doubling. It allocates nothing.
func Sleep(word *uint32, value uint32, timeout time.Duration) { poll(word, value, timeout) }

// Wake does nothing: whoever sleeps looks for itself.
func Wake(*uint32) {}

// RegisterBarrier reports false: there is no membarrier, so publishers fence.
func RegisterBarrier() bool { return false }

// Barrier reports false: no publisher can rely on it, as RegisterBarrier says.
func Barrier() bool { return false }

// RegisterPrivateBarrier reports false, as RegisterBarrier does.
func RegisterPrivateBarrier() bool { return false }

// PrivateBarrier does nothing, as RegisterPrivateBarrier says.
func PrivateBarrier() {}

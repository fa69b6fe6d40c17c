package peer

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
	"github.com/shmbuf/shmbuf/frame"
)

// Words of the futex ping-pong: a message is a stamp and then a number, on which
// the receiver sleeps.
const (
	futexOut, stampOut   = 512 / 8, 512/8 + 1
	futexBack, stampBack = 768 / 8, 768/8 + 1
	wayThere             = 768/8 + 2
	futexWait, futexWake = 0, 1 // FUTEX_WAIT, FUTEX_WAKE of linux/futex.h
)

func futexWord(word *uint64) *uint32 { return (*uint32)(unsafe.Pointer(word)) }

// sleepUntilNot sleeps while the word has the value old; false when ctx ended.
func (s *side) sleepUntilNot(word *uint32, old uint32) bool {
	limit := unix.NsecToTimespec(int64(100 * time.Millisecond)) // to look at ctx now and then
	for atomic.LoadUint32(word) == old {
		if s.ctx.Err() != nil {
			return false
		}
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWait, uintptr(old), uintptr(unsafe.Pointer(&limit)), 0, 0)
	}
	return true
}

func publish(word *uint32, value uint32) {
	atomic.StoreUint32(word, value)
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake, 1, 0, 0, 0)
}

// futexPing is wakePing with the system's own means and nothing else.
func (s *side) futexPing() error {
	memory, err := sharedWords()
	if err != nil {
		return err
	}
	out, back := futexWord(&memory[futexOut]), futexWord(&memory[futexBack])
	defer publish(out, 1<<32-1)
	var (
		trips []int64
		sum   int64
		round uint32
		start time.Time
	)
	for ; uint64(round) <= s.Warm || time.Since(start) < s.Time; round++ {
		if uint64(round) == s.Warm {
			start = time.Now()
		}
		busy(s.Think)
		atomic.StoreUint64(&memory[stampOut], uint64(frame.Now()))
		publish(out, round+1)
		if !s.sleepUntilNot(back, round) {
			return s.ctx.Err()
		}
		trip := frame.Now() - int64(atomic.LoadUint64(&memory[stampBack])) + int64(atomic.LoadUint64(&memory[wayThere]))
		if uint64(round) >= s.Warm {
			trips = append(trips, trip)
			sum += trip
		}
	}
	return s.out.Encode(job.Result{Records: uint64(len(trips)), Seconds: float64(sum) / 1e9, Trips: counted(trips)})
}

func (s *side) futexPong() error {
	memory, err := sharedWords()
	if err != nil {
		return err
	}
	out, back := futexWord(&memory[futexOut]), futexWord(&memory[futexBack])
	for round := uint32(0); ; round++ {
		if !s.sleepUntilNot(out, round) {
			return s.ctx.Err()
		}
		if atomic.LoadUint32(out) == 1<<32-1 {
			return nil
		}
		there := frame.Now() - int64(atomic.LoadUint64(&memory[stampOut]))
		busy(s.Think)
		atomic.StoreUint64(&memory[wayThere], uint64(there))
		atomic.StoreUint64(&memory[stampBack], uint64(frame.Now()))
		publish(back, round+1)
	}
}

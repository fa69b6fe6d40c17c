package wait

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestPollReturnsInTime(t *testing.T) {
	word := uint32(7)
	for _, timeout := range []time.Duration{-1, 0, 30 * time.Microsecond, 400 * time.Microsecond} {
		start := time.Now()
		poll(&word, 7, timeout)
		if took := time.Since(start); took < timeout {
			t.Errorf("timeout %v: back after %v", timeout, took)
		}
	}
	// However long the timeout, the caller wants to look at its position.
	best := time.Hour
	for range 20 {
		start := time.Now()
		poll(&word, 7, time.Hour)
		took := time.Since(start)
		if took < longestPoll {
			t.Fatalf("back after %v with nothing changed", took)
		}
		best = min(best, took)
	}
	if best > 50*longestPoll {
		t.Errorf("at best back after %v, want about %v", best, longestPoll)
	}
	start := time.Now()
	for range 1000 {
		poll(&word, 8, time.Hour)
	}
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("%v for 1000 looks at a word that differs", took)
	}
}

func TestPollSeesChange(t *testing.T) {
	var word uint32
	go func() {
		time.Sleep(20 * time.Millisecond)
		atomic.StoreUint32(&word, 1) // pairs with the load in poll
	}()
	for start := time.Now(); atomic.LoadUint32(&word) == 0; {
		poll(&word, 0, time.Second)
		if time.Since(start) > 5*time.Second {
			t.Fatal("never seen")
		}
	}
}

func TestNoAllocations(t *testing.T) {
	word := uint32(1)
	for what, call := range map[string]func(){
		"Sleep, other value": func() { Sleep(&word, 2, time.Second) },
		"Sleep, timeout":     func() { Sleep(&word, 1, 60*time.Microsecond) },
		"poll, timeout":      func() { poll(&word, 1, 60*time.Microsecond) },
		"Wake":               func() { Wake(&word) },
		"Barrier":            func() { Barrier() },
	} {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s: %v allocations", what, n)
		}
	}
}

func TestSleepTimeout(t *testing.T) {
	word := uint32(5)
	for _, timeout := range []time.Duration{-time.Second, 0, 200 * time.Microsecond, 900 * time.Microsecond} {
		start := time.Now()
		for left := timeout; left > 0; left = timeout - time.Since(start) {
			Sleep(&word, 5, left) // a signal may end one early
		}
		if took := time.Since(start); took < timeout {
			t.Errorf("timeout %v: back after %v", timeout, took)
		}
	}
	start := time.Now()
	Sleep(&word, 6, 10*time.Second)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("slept %v on a word that differs", took)
	}
	start = time.Now()
	Sleep(&word, 5, -time.Second)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("slept %v with a negative timeout", took)
	}
}

func BenchmarkWakeNobody(b *testing.B) {
	var word uint32
	for range b.N {
		Wake(&word)
	}
}

func BenchmarkBarrier(b *testing.B) {
	for range b.N {
		Barrier()
	}
}

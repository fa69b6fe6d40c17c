package work

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
)

var atExit struct {
	sync.Mutex
	calls []func()
}

// AtExit has f called when the process fails or is told to end by a signal, to
// remove what its normal end removes.
func AtExit(f func()) {
	atExit.Lock()
	defer atExit.Unlock()
	atExit.calls = append(atExit.calls, f)
}

// Clean calls what AtExit was given, last first.
func Clean() {
	clean()
	atExit.Unlock()
}

func clean() {
	atExit.Lock()
	for _, f := range slices.Backward(atExit.calls) {
		f()
	}
	atExit.calls = nil
}

// CleanOnSignal makes an asked-for end remove what this process has made.
func CleanOnSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		got := (<-signals).(syscall.Signal)
		clean() // and keep the lock: calls that fail because of it must not end the process first
		os.Exit(128 + int(got))
	}()
}

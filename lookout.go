package shmbuf

import (
	"time"

	"github.com/shmbuf/shmbuf/internal/watch"
)

const (
	// sleepSlice bounds one sleep of a waiter whom nothing tells that its peer has
	// died. After each it looks for itself.
	sleepSlice = 50 * time.Millisecond
	// sleepLong stands for no bound.
	sleepLong = 24 * time.Hour
	// refusedSlices is after how many slices a system that refused to watch is asked
	// again.
	refusedSlices = 64
)

// alarmSlices bound the sleeps after an event, the last one first.
var alarmSlices = [watch.AlarmLooks]time.Duration{
	sleepSlice, sleepSlice, sleepSlice, 5 * time.Millisecond, time.Millisecond,
}

// lookout decides how long a waiter sleeps and when it looks for the other side. It
// belongs to the handle, so that many short waits find out as much as a long one.
//
// A wait that has lasted a whole slice has the object watched, then looks, sleeps one
// more slice, looks again, and from then on sleeps until something happens: a waiter
// that idles does not wake up. (The first look alone proves nothing: a peer's last
// event may have come before the watch, and its lock may have gone after the look.)
type lookout struct {
	checked time.Time // when somebody was last looked for
	watch   *watch.Watch
	trusted bool // looked a whole slice after the watch began: nothing can escape it
	refused uint // slices since the system refused to watch
}

// limit is how long to sleep, and whether to look afterwards in any case.
func (l *lookout) limit() (limit time.Duration, alarmed bool) {
	if l.watch == nil {
		return sleepSlice, false
	}
	if n := l.watch.Alarm(); n != 0 {
		return alarmSlices[n-1], true
	}
	if !l.trusted || l.watch.Lost() {
		return sleepSlice, false
	}
	return sleepLong, false
}

// due tells whether it is time to look for the other side again: after the first
// sleep in vain, then every slice.
func (l *lookout) due() bool {
	now := time.Now()
	if now.Sub(l.checked) < sleepSlice {
		return false
	}
	l.checked = now
	return true
}

// begin has the object watched, before a look.
func (l *lookout) begin(fd uintptr, wake func()) {
	if l.watch != nil {
		l.trusted = true
		return
	}
	if l.refused%refusedSlices == 0 {
		l.watch = watch.New(fd, wake)
	}
	l.refused++
}

// end stops watching; wake is not running any more when it returns.
func (l *lookout) end() {
	if l.watch != nil {
		l.watch.Close()
		l.watch = nil
	}
}

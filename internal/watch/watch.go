// Package watch tells a sleeping waiter that something has happened to the object
// it waits at: somebody closed it (a process that dies does), removed its name, or
// changed its size. With that a waiter need not wake up to look for itself.
package watch

import "sync/atomic"

// Watch is one waiter's watch of one object.
type Watch struct {
	alarms atomic.Uint32
	lost   atomic.Bool
	id     int32
	notify func()
}

// AlarmLooks is how often a waiter looks again after an event. The kernel reports a
// close before it gives up the locks of the file, so that the first look may come
// too early; and up to three sleeps end at once, on words that events have cleared.
const AlarmLooks = 5

// raise is called for an event: first the alarm, then the wake-up, so that a waiter
// that is not asleep yet finds one of the two.
func (w *Watch) raise() {
	w.alarms.Store(AlarmLooks) // pairs with Alarm
	w.notify()
}

// Alarm counts one look that an event asks for: how many are left with it, 0 when
// there is no event to look after. Only the waiter calls it.
func (w *Watch) Alarm() uint32 {
	n := w.alarms.Load()
	if n != 0 && w.alarms.CompareAndSwap(n, n-1) {
		return n
	}
	return w.alarms.Load()
}

// Lost tells that no more events will come: the waiter must look for itself.
func (w *Watch) Lost() bool { return w.lost.Load() }

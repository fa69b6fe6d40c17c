//go:build linux && !shmbuf_flock

package watch

import (
	"encoding/binary"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// events that can mean the end of a peer, of the name, or of the memory.
const events = unix.IN_CLOSE_WRITE | unix.IN_ATTRIB | unix.IN_MODIFY | unix.IN_DELETE_SELF | unix.IN_MOVE_SELF

// watches are all of this process: they share one inotify instance, of which users
// have few, and one goroutine, which Go's poller wakes.
var watches struct {
	mu   sync.Mutex
	file *os.File
	fd   int
	byID map[int32][]*Watch // several handles of one object share an id
}

// New watches the object that is open as fd. notify is called, from another
// goroutine, for every event until Close; it must not block. nil: the system refuses
// (limits of inotify, no /proc), and the waiter must look for itself.
func New(fd uintptr, notify func()) *Watch {
	watches.mu.Lock()
	defer watches.mu.Unlock()
	if watches.file == nil && !start() {
		return nil
	}
	id, err := unix.InotifyAddWatch(watches.fd, "/proc/self/fd/"+strconv.Itoa(int(fd)), events)
	if err != nil {
		return nil
	}
	w := &Watch{id: int32(id), notify: notify}
	watches.byID[w.id] = append(watches.byID[w.id], w)
	return w
}

// Close ends the watch. notify is not running when it returns, and never will.
func (w *Watch) Close() {
	watches.mu.Lock()
	defer watches.mu.Unlock()
	if w.lost.Load() {
		return
	}
	left := watches.byID[w.id]
	for i, other := range left {
		if other == w {
			left[i] = left[len(left)-1]
			left = left[:len(left)-1]
			break
		}
	}
	if len(left) != 0 {
		watches.byID[w.id] = left
		return
	}
	delete(watches.byID, w.id)
	_, _ = unix.InotifyRmWatch(watches.fd, uint32(w.id))
}

func start() bool {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return false
	}
	watches.fd, watches.file, watches.byID = fd, os.NewFile(uintptr(fd), "inotify"), map[int32][]*Watch{}
	go deliver(watches.file)
	return true
}

// deliver lives as long as the process.
func deliver(file *os.File) {
	buf := make([]byte, 64*unix.SizeofInotifyEvent)
	for {
		n, err := file.Read(buf)
		if err != nil {
			restart(file)
			return
		}
		for b := buf[:n]; len(b) >= unix.SizeofInotifyEvent; {
			raise(int32(binary.NativeEndian.Uint32(b)), binary.NativeEndian.Uint32(b[4:]))
			b = b[min(len(b), unix.SizeofInotifyEvent+int(binary.NativeEndian.Uint32(b[12:]))):]
		}
	}
}

func raise(id int32, mask uint32) {
	watches.mu.Lock()
	defer watches.mu.Unlock()
	if mask&unix.IN_Q_OVERFLOW != 0 {
		raiseAll()
		return
	}
	for _, w := range watches.byID[id] {
		w.raise()
	}
}

func raiseAll() {
	for _, list := range watches.byID {
		for _, w := range list {
			w.raise()
		}
	}
}

// restart gives the instance up: nobody would learn of events any more. Waiters find
// it by Lost.
func restart(file *os.File) {
	watches.mu.Lock()
	defer watches.mu.Unlock()
	_ = file.Close()
	if watches.file != file {
		return
	}
	watches.file = nil
	for _, list := range watches.byID {
		for _, w := range list {
			w.lost.Store(true)
		}
	}
	raiseAll()
	watches.byID = nil
}

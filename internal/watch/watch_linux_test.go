//go:build linux && !shmbuf_flock

package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func object(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "object"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func begin(t *testing.T, f *os.File) (*Watch, chan bool) {
	t.Helper()
	told := make(chan bool, 16)
	w := New(f.Fd(), func() { told <- true })
	if w == nil {
		t.Skip("the system refuses to watch (inotify)")
	}
	t.Cleanup(w.Close)
	return w, told
}

func arrives(t *testing.T, what string, w *Watch, told chan bool) {
	t.Helper()
	select {
	case <-told:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s: no event in 5 s", what)
	}
	for left := uint32(AlarmLooks); left > 0; left-- {
		if n := w.Alarm(); n != left {
			t.Errorf("%s: alarm %d, want %d", what, n, left)
		}
	}
	if n := w.Alarm(); n != 0 {
		t.Errorf("%s: alarm %d after the last look", what, n)
	}
	for len(told) > 0 {
		<-told
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEvents(t *testing.T) {
	f := object(t)
	w, told := begin(t, f)
	for _, tc := range []struct {
		what string
		do   func() error
	}{
		{"close", func() error {
			other, err := os.OpenFile(f.Name(), os.O_RDWR, 0)
			if err != nil {
				return err
			}
			return other.Close()
		}},
		{"truncate", func() error { return os.Truncate(f.Name(), 100) }},
		{"unlink", func() error { return os.Remove(f.Name()) }},
	} {
		must(t, tc.do())
		arrives(t, tc.what, w, told)
	}
}

func TestReadingIsNoEvent(t *testing.T) {
	f := object(t)
	_, told := begin(t, f)
	other, err := os.Open(f.Name())
	must(t, err)
	must(t, other.Close())
	select {
	case <-told:
		t.Error("a reader that came and went was an event")
	case <-time.After(50 * time.Millisecond):
	}
}

// The kernel has one watch for all handles of an object.
func TestCloseLeavesTheOthers(t *testing.T) {
	f := object(t)
	first, toldFirst := begin(t, f)
	second, toldSecond := begin(t, f)
	first.Close()
	must(t, os.Truncate(f.Name(), 10))
	arrives(t, "second", second, toldSecond)
	if len(toldFirst) != 0 {
		t.Error("the closed watch was told")
	}
	second.Close()
	third, toldThird := begin(t, f)
	must(t, os.Truncate(f.Name(), 20))
	arrives(t, "third", third, toldThird)
}

// When the instance is lost, everybody learns of it and a new one serves the next.
func TestLost(t *testing.T) {
	f := object(t)
	w, told := begin(t, f)
	restart(watches.file)
	arrives(t, "lost", w, told)
	if !w.Lost() {
		t.Error("the watch does not say that it is lost")
	}
	again, toldAgain := begin(t, f)
	must(t, os.Truncate(f.Name(), 10))
	arrives(t, "again", again, toldAgain)
}

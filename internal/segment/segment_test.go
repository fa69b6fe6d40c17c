//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package segment

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

var (
	producer = Role{Offset: 0x1000, Label: "producer"}
	slot0    = Role{Offset: 0x3000, Label: "slot0"}
)

// unused gives a name nobody has, and sees to it that nobody has it afterwards.
func unused(t testing.TB) string {
	name := fmt.Sprintf("shmbuf-test-%d-%s", os.Getpid(), strings.NewReplacer("/", "_", "#", "_").Replace(t.Name()))
	t.Cleanup(func() {
		_ = os.Remove(directory + "/" + name)
		// Where locks are files, those of a channel that was removed by hand stay.
		locks, _ := filepath.Glob(directory + "/.locks/" + name + ".*")
		for _, path := range locks {
			_ = os.Remove(path)
		}
	})
	return name
}

func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// make1 creates and publishes a segment that the test closes.
func make1(t testing.TB, name string, size uint64) *Segment {
	t.Helper()
	s := must(New(name, size, 0o600, false))(t)
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Publish(); err != nil {
		t.Fatal(err)
	}
	return s
}

func open1(t testing.TB, name string, readOnly bool) *Segment {
	t.Helper()
	s := must(Open(name, readOnly))(t)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func want(t testing.TB, what string, expected bool) func(bool, error) {
	return func(got bool, err error) {
		t.Helper()
		if err != nil || got != expected {
			t.Fatalf("%s: %v, %v; want %v", what, got, err, expected)
		}
	}
}

func TestNewIsInvisibleUntilPublished(t *testing.T) {
	name := unused(t)
	s := must(New(name, 10000, 0o600, false))(t)
	defer func() { _ = s.Close() }()
	if _, err := Open(name, false); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("before Publish: %v", err)
	}
	want(t, "linked before Publish", false)(s.Linked())
	want(t, "same before Publish", false)(s.SameAsNamed())
	if len(s.Bytes()) != 10000 || s.Size() != 10000 || s.Name() != name {
		t.Fatalf("%d bytes, size %d, name %q", len(s.Bytes()), s.Size(), s.Name())
	}
	if !bytes.Equal(s.Bytes(), make([]byte, 10000)) {
		t.Fatal("not zero")
	}
	s.Bytes()[9999] = 7
	if err := s.Publish(); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(); !errors.Is(err, fs.ErrInvalid) {
		t.Fatalf("second Publish: %v", err)
	}
	want(t, "linked", true)(s.Linked())
	want(t, "same", true)(s.SameAsNamed())
	want(t, "intact", true)(s.Intact())

	peer := open1(t, name, false)
	if peer.Size() != 10000 || peer.Bytes()[9999] != 7 {
		t.Fatalf("the peer sees size %d", peer.Size())
	}
	peer.Bytes()[0] = 9
	if s.Bytes()[0] != 9 {
		t.Fatal("the mappings are not shared")
	}
	names := must(Names())(t)
	found := 0
	for _, other := range names {
		if other == name {
			found++
		}
	}
	if found != 1 {
		t.Fatalf("listed %d times in %q", found, names)
	}
}

func TestCloseWithoutPublishLeavesNothing(t *testing.T) {
	before := hidden(t)
	name := unused(t)
	s := must(New(name, 4096, 0o600, false))(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if s.Bytes() != nil {
		t.Fatal("bytes after Close")
	}
	if _, err := os.Lstat(directory + "/" + name); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	noneSince(t, before)
	for what, err := range map[string]error{
		"Publish": s.Publish(),
		"Unlink":  s.Unlink(),
		"Unlock":  s.Unlock(producer),
		"Linked":  second(s.Linked()),
		"Same":    second(s.SameAsNamed()),
		"Intact":  second(s.Intact()),
		"TryLock": second(s.TryLock(producer)),
		"Locked":  second(s.Locked(producer)),
	} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
}

func second(_ bool, err error) error { return err }

// hidden lists the objects that have no name of their own yet. Other programs
// may have some, so tests compare with what was there before.
func hidden(t *testing.T) map[string]bool {
	t.Helper()
	if err := prepare(); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, entry := range must(os.ReadDir(directory))(t) {
		if strings.HasPrefix(entry.Name(), ".shmbuf-") {
			names[entry.Name()] = true
		}
	}
	return names
}

func noneSince(t *testing.T, before map[string]bool) {
	t.Helper()
	for name := range hidden(t) {
		if !before[name] {
			t.Errorf("%s was left behind", name)
			_ = os.Remove(directory + "/" + name)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	name := unused(t)
	for _, test := range []struct {
		size uint64
		mode fs.FileMode
		want error
	}{
		{0, 0o600, fs.ErrInvalid},
		{4096, 0o1600, fs.ErrInvalid},
		{4096, fs.ModeDir | 0o600, fs.ErrInvalid},
		{1 << 63, 0o600, syscall.EFBIG},
		{1<<64 - 1, 0o600, syscall.EFBIG},
	} {
		if _, err := New(name, test.size, test.mode, false); !errors.Is(err, test.want) {
			t.Errorf("size %d mode %v: %v, want %v", test.size, test.mode, err, test.want)
		}
	}
}

func TestMode(t *testing.T) {
	// The umask belongs to the whole process: no parallel tests here.
	defer unix.Umask(unix.Umask(0o027))
	for _, test := range []struct {
		exact bool
		want  fs.FileMode
	}{{false, 0o640}, {true, 0o666}} {
		name := unused(t)
		s := must(New(name, 1, 0o666, test.exact))(t)
		if err := s.Publish(); err != nil {
			t.Fatal(err)
		}
		info := must(os.Lstat(directory + "/" + name))(t)
		if s.Mode() != test.want || info.Mode() != test.want {
			t.Errorf("exact %v: %v and %v, want %v", test.exact, s.Mode(), info.Mode(), test.want)
		}
		if err := errors.Join(s.Unlink(), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	name := unused(t)
	path := directory + "/" + name
	if _, err := Open(name, false); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("missing: %v", err)
	}
	for what, make := range map[string]func() error{
		"symlink":  func() error { return os.Symlink("/etc/hostname", path) },
		"dangling": func() error { return os.Symlink("nowhere", path) },
		"dir":      func() error { return os.Mkdir(path, 0o700) },
		"fifo":     func() error { return unix.Mkfifo(path, 0o600) },
		"socket": func() error {
			fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
			if err != nil {
				return err
			}
			defer func() { _ = unix.Close(fd) }()
			return unix.Bind(fd, &unix.SockaddrUnix{Name: path})
		},
	} {
		if err := make(); err != nil {
			t.Fatal(what, err)
		}
		for _, readOnly := range []bool{false, true} {
			if s, err := Open(name, readOnly); !errors.Is(err, ErrNotRegular) {
				t.Errorf("%s, read-only %v: %v, %v", what, readOnly, s, err)
			}
		}
		if s, err := New(name, 4096, 0o600, false); err != nil {
			t.Error(what, err)
		} else {
			if err := s.Publish(); !errors.Is(err, fs.ErrExist) {
				t.Errorf("Publish over a %s: %v", what, err)
			}
			_ = s.Close()
		}
		for _, other := range must(Names())(t) {
			if other == name {
				t.Errorf("%s is listed", what)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenEmptyAndTruncated(t *testing.T) {
	name := unused(t)
	path := directory + "/" + name
	s := make1(t, name, 8192)
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	want(t, "intact after truncation", false)(s.Intact())
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	empty := open1(t, name, false)
	if empty.Bytes() == nil || len(empty.Bytes()) != 0 || empty.Size() != 0 {
		t.Fatalf("%v of size %d", empty.Bytes(), empty.Size())
	}
	want(t, "lock on an empty object", true)(empty.TryLock(producer))
	if err := empty.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnly(t *testing.T) {
	name := unused(t)
	s := make1(t, name, 4096)
	s.Bytes()[5] = 5
	view := open1(t, name, true)
	if view.Bytes()[5] != 5 {
		t.Fatal("not the same memory")
	}
	if ok, err := view.TryLock(producer); ok || !errors.Is(err, fs.ErrInvalid) {
		t.Fatalf("TryLock on a read-only segment: %v, %v", ok, err)
	}
	want(t, "locked", false)(view.Locked(producer))
	want(t, "lock", true)(s.TryLock(producer))
	want(t, "locked", true)(view.Locked(producer))
	want(t, "locked", false)(view.Locked(slot0))
}

func TestLocks(t *testing.T) {
	name := unused(t)
	a := make1(t, name, 0x4000)
	b := open1(t, name, false)
	want(t, "a takes producer", true)(a.TryLock(producer))
	want(t, "a takes it again", true)(a.TryLock(producer))
	want(t, "b tries producer", false)(b.TryLock(producer))
	want(t, "b takes slot0", true)(b.TryLock(slot0))
	want(t, "a tries slot0", false)(a.TryLock(slot0))
	want(t, "own lock is nobody else's", false)(a.Locked(producer))
	want(t, "b sees a", true)(b.Locked(producer))

	// A third descriptor that comes and goes must not drop anybody's lock.
	c := must(Open(name, false))(t)
	want(t, "c sees a", true)(c.Locked(producer))
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, "b still sees a", true)(b.Locked(producer))

	if err := a.Unlock(producer); err != nil {
		t.Fatal(err)
	}
	if err := a.Unlock(slot0); err != nil { // not a's: must change nothing
		t.Fatal(err)
	}
	want(t, "a sees slot0", true)(a.Locked(slot0))
	want(t, "b takes producer", true)(b.TryLock(producer))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, "free after Close", false)(a.Locked(producer))
	want(t, "a takes slot0", true)(a.TryLock(slot0))
}

func TestUnlinkSparesReplacement(t *testing.T) {
	name := unused(t)
	first := make1(t, name, 4096)
	if err := first.Unlink(); err != nil {
		t.Fatal(err)
	}
	want(t, "linked after Unlink", false)(first.Linked())
	if err := first.Unlink(); err != nil {
		t.Fatalf("second Unlink: %v", err)
	}
	second := make1(t, name, 4096)
	if err := first.Unlink(); err != nil {
		t.Fatal(err)
	}
	want(t, "the first leads there", false)(first.SameAsNamed())
	want(t, "the second is linked", true)(second.Linked())
	want(t, "the second leads there", true)(second.SameAsNamed())
	// An unpublished one must not remove it either.
	third := must(New(name, 4096, 0o600, false))(t)
	if err := errors.Join(third.Unlink(), third.Close()); err != nil {
		t.Fatal(err)
	}
	want(t, "the second leads there", true)(second.SameAsNamed())
}

func TestPublishRace(t *testing.T) {
	before := hidden(t)
	name := unused(t)
	for round := range 200 {
		var segments [4]*Segment
		var results [4]error
		var start, done sync.WaitGroup
		start.Add(1)
		for i := range segments {
			segments[i] = must(New(name, 4096, 0o600, false))(t)
			segments[i].Bytes()[0] = byte(i + 1)
			done.Add(1)
			go func() {
				defer done.Done()
				start.Wait()
				results[i] = segments[i].Publish()
			}()
		}
		start.Done()
		done.Wait()
		winner := -1
		for i, err := range results {
			switch {
			case err == nil && winner >= 0:
				t.Fatalf("round %d: %d and %d both won", round, winner, i)
			case err == nil:
				winner = i
			case !errors.Is(err, fs.ErrExist):
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if winner < 0 {
			t.Fatalf("round %d: nobody won", round)
		}
		named := open1(t, name, true)
		if got := int(named.Bytes()[0]); got != winner+1 {
			t.Fatalf("round %d: %d won, the name leads to %d", round, winner+1, got)
		}
		// A loser can try again as it is.
		if err := segments[winner].Unlink(); err != nil {
			t.Fatal(err)
		}
		loser := segments[(winner+1)%len(segments)]
		if err := errors.Join(loser.Publish(), loser.Unlink(), named.Close()); err != nil {
			t.Fatal(err)
		}
		for _, s := range segments {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	noneSince(t, before)
}

func TestConcurrentClose(t *testing.T) {
	name := unused(t)
	make1(t, name, 4096)
	for range 200 {
		s := must(Open(name, false))(t)
		var done sync.WaitGroup
		for range 3 {
			done.Add(1)
			go func() {
				defer done.Done()
				for {
					_, err := s.Locked(producer)
					if errors.Is(err, os.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			}()
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		done.Wait()
	}
}

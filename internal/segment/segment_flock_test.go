//go:build darwin || dragonfly || freebsd || netbsd || openbsd || (linux && shmbuf_flock)

package segment

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// The last holder removes the lock file of a channel that is gone. Whoever
// opened it before must not believe that it guards anything.
func TestLockFileRemovedUnderUs(t *testing.T) {
	name := unused(t)
	s := make1(t, name, 4096)
	if err := s.Unlink(); err != nil {
		t.Fatal(err)
	}
	var holders, taken atomic.Int32
	var done sync.WaitGroup
	for range 4 {
		mine := open1Unpublished(t, name)
		done.Add(1)
		go func() {
			defer done.Done()
			for range 3000 {
				ok, err := mine.TryLock(producer)
				if err != nil {
					t.Error(err)
					return
				}
				if !ok {
					continue
				}
				taken.Add(1)
				if holders.Add(1) > 1 {
					t.Error("two hold the role")
				}
				holders.Add(-1)
				if named, err := leadsTo(mine.lockPath(producer), mine.held[producer.Label]); err != nil || !named {
					t.Errorf("holds a lock file that is gone: %v", err)
				}
				if err := mine.Unlock(producer); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	done.Wait()
	if taken.Load() == 0 {
		t.Error("nobody ever held the role")
	}
	if _, err := os.Lstat(s.lockPath(producer)); !os.IsNotExist(err) {
		t.Errorf("the lock file of a channel that is gone: %v", err)
	}
}

func open1Unpublished(t *testing.T, name string) *Segment {
	t.Helper()
	s := must(New(name, 4096, 0o600, false))(t)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Whoever only looks must not make a free role seem taken.
func TestLookersAreNotHolders(t *testing.T) {
	name := unused(t)
	s := make1(t, name, 4096)
	want(t, "first", true)(s.TryLock(producer))
	if err := s.Unlock(producer); err != nil {
		t.Fatal(err)
	}
	var ended atomic.Bool
	var done sync.WaitGroup
	looker := open1(t, name, true)
	done.Add(1)
	go func() {
		defer done.Done()
		for !ended.Load() {
			if _, err := looker.Locked(producer); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	refused := 0
	for range 2000 {
		ok := must(s.TryLock(producer))(t)
		if !ok {
			refused++
		} else if err := s.Unlock(producer); err != nil {
			t.Fatal(err)
		}
	}
	ended.Store(true)
	done.Wait()
	// A looker that never rests is worse than any peer, which looks every 50 ms.
	if refused > 20 {
		t.Errorf("%d of 2000 attempts on a free role were refused", refused)
	}
}

func TestLookersDoNotSeeEachOther(t *testing.T) {
	name := unused(t)
	s := make1(t, name, 4096)
	want(t, "first", true)(s.TryLock(producer))
	if err := s.Unlock(producer); err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	for range 3 {
		looker := open1(t, name, true)
		done.Add(1)
		go func() {
			defer done.Done()
			for range 3000 {
				if locked, err := looker.Locked(producer); locked || err != nil {
					t.Errorf("a free role: %v, %v", locked, err)
					return
				}
			}
		}()
	}
	done.Wait()
}

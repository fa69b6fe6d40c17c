package segment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"
)

func TestWindows(t *testing.T) {
	name := fmt.Sprintf("shmbuf-test-%d", os.Getpid())
	role := Role{Label: "producer"}
	check := func(what string, expected bool) func(bool, error) {
		return func(got bool, err error) {
			t.Helper()
			if err != nil || got != expected {
				t.Fatalf("%s: %v, %v; want %v", what, got, err, expected)
			}
		}
	}
	if s, err := Open(name, false); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("missing: %v, %v", s, err)
	}
	a, err := New(name, 100000, 0o600, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Bytes()) != 100000 || a.Size() != 100000 {
		t.Fatalf("%d bytes, size %d", len(a.Bytes()), a.Size())
	}
	if err := a.Publish(); err != nil {
		t.Fatal(err)
	}
	if _, err := New(name, 100000, 0o600, false); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("taken: %v", err)
	}
	b, err := Open(name, false)
	if err != nil {
		t.Fatal(err)
	}
	// Whole pages come back.
	if b.Size() < 100000 || b.Size() >= 100000+1<<16 || len(b.Bytes()) != int(b.Size()) {
		t.Fatalf("size %d", b.Size())
	}
	a.Bytes()[99999] = 7
	view, err := Open(name, true)
	if err != nil {
		t.Fatal(err)
	}
	if b.Bytes()[99999] != 7 || view.Bytes()[99999] != 7 {
		t.Fatal("the views are not shared")
	}
	check("a takes it", true)(a.TryLock(role))
	check("a takes it again", true)(a.TryLock(role))
	check("own lock", false)(a.Locked(role))
	check("b tries", false)(b.TryLock(role))
	check("b looks", true)(b.Locked(role))
	check("a view looks", true)(view.Locked(role))
	if _, err := view.TryLock(role); !errors.Is(err, fs.ErrInvalid) {
		t.Fatalf("TryLock on a read-only segment: %v", err)
	}
	if _, err := Open(name+"."+role.Label, false); !errors.Is(err, ErrNotRegular) {
		t.Fatalf("a mutex opened as a segment: %v", err)
	}
	if err := a.Unlock(role); err != nil {
		t.Fatal(err)
	}
	check("b looks", false)(b.Locked(role))
	check("b takes it", true)(b.TryLock(role))
	for _, s := range []*Segment{a, b, view, view} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// The name goes with the last handle.
	if _, err := Open(name, false); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("after the last Close: %v", err)
	}
	if _, err := Names(); !errors.Is(err, errors.ErrUnsupported) {
		t.Fatalf("Names: %v", err)
	}
}

func TestWindowsNoSpace(t *testing.T) {
	name := fmt.Sprintf("shmbuf-test-space-%d", os.Getpid())
	free, err := Remaining()
	if err != nil || free == 0 {
		t.Fatalf("%d bytes, %v", free, err)
	}
	if _, err := New(name, 1<<60, 0o600, false); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("an exbibyte: %v", err)
	}
}

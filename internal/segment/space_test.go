//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package segment

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestNoSpace(t *testing.T) {
	before := hidden(t)
	name := unused(t)
	free := must(Remaining())(t)
	size := free + 1<<30
	if size > math.MaxInt {
		t.Skip("more is free than this process could map")
	}
	_, err := New(name, size, 0o600, false)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%d bytes with %d free: %v", size, free, err)
	}
	for _, part := range []string{"wanted", "free in " + directory, "GiB"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if _, err := os.Lstat(directory + "/" + name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
	noneSince(t, before)
	if after := must(Remaining())(t); after+size/2 < free {
		t.Errorf("%d bytes free before, %d after", free, after)
	}
}

// The reservation itself, without the look at the free space before it.
func TestReserveIsReal(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("mounts a small tmpfs")
	}
	dir := t.TempDir()
	if err := mountSmall(dir); err != nil {
		t.Skipf("cannot mount a tmpfs here: %v", err)
	}
	defer func() {
		if err := unmount(dir); err != nil {
			t.Error(err)
		}
	}()
	const all = 10 << 20 // more than one step of reserve
	for what, take := range map[string]func(int, uint64) error{
		"reserve":    reserve,
		"writeZeros": func(fd int, size uint64) error { return writeZeros(fd, 0, size) },
	} {
		fd := must(unix.Open(filepath.Join(dir, "file"), unix.O_RDWR|unix.O_CREAT, 0o600))(t)
		if err := take(fd, all); err != nil {
			t.Errorf("%s: all of it: %v", what, err)
		}
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil || st.Size != all || st.Blocks*512 < all {
			t.Errorf("%s: size %d, %d blocks, %v", what, st.Size, st.Blocks, err)
		}
		if err := take(fd, all+1); err != unix.ENOSPC {
			t.Errorf("%s: a byte more: %v", what, err)
		}
		if err := errors.Join(unix.Close(fd), os.Remove(filepath.Join(dir, "file"))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBeyondFourGiB(t *testing.T) {
	if testing.Short() || math.MaxInt == math.MaxInt32 {
		t.Skip("needs 64 bits and a second")
	}
	size := uint64(1<<32 + 1<<20)
	if free, err := Remaining(); err != nil || free < 2*size {
		t.Skipf("%d bytes free: %v", free, err)
	}
	if runtime.GOOS != "linux" || directory != "/dev/shm" {
		t.Skip("would write more than 4 GiB to a disk")
	}
	if available := memoryAvailable(t); available < 2*size {
		t.Skipf("%d bytes of memory available", available)
	}
	s := make1(t, unused(t), size)
	s.Bytes()[size-1] = 1
	peer := open1(t, s.Name(), true)
	if peer.Size() != size || peer.Bytes()[size-1] != 1 || peer.Bytes()[(size-1)&math.MaxUint32] != 0 {
		t.Fatalf("size %d", peer.Size())
	}
	if err := s.Unlink(); err != nil {
		t.Fatal(err)
	}
}

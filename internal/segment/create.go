//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package segment

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"
)

// create leaves s with a mapped object that its name does not lead to yet.
func (s *Segment) create(exact bool) error {
	if err := prepare(); err != nil {
		return err
	}
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &limit) == nil && s.size > uint64(limit.Cur) {
		// Growing the file regardless would raise SIGXFSZ, which ends the process.
		return fmt.Errorf("%d bytes wanted, files of this process are limited to %d (ulimit -f): %w",
			s.size, uint64(limit.Cur), unix.EFBIG)
	}
	if err := s.openNew(); err != nil {
		return err
	}
	if err := s.fill(exact); err != nil {
		s.closed = true
		_ = s.release()
		return err
	}
	return nil
}

// fill gives the new object its memory and its mode.
func (s *Segment) fill(exact bool) error {
	// Asked for first, so that a wish far too large fails before it has taken
	// the memory that others need. Only the reservation itself is proof.
	if free, err := Remaining(); err == nil && free < s.reserved && limited() {
		return noSpace(s.reserved)
	}
	switch err := reserve(s.fd, s.reserved); err {
	case nil:
	case unix.ENOSPC, unix.EDQUOT, unix.ENOMEM:
		return noSpace(s.reserved)
	default:
		return &fs.PathError{Op: "reserve memory for", Path: s.path(), Err: err}
	}
	if s.reserved < s.size {
		if err := unix.Ftruncate(s.fd, int64(s.size)); err != nil {
			return &fs.PathError{Op: "extend", Path: s.path(), Err: err}
		}
	}
	if exact {
		if err := unix.Fchmod(s.fd, uint32(s.mode.Perm())); err != nil {
			return &fs.PathError{Op: "chmod", Path: s.path(), Err: err}
		}
	}
	if err := s.stat(); err != nil {
		return err
	}
	return s.mapAll()
}

// openHidden makes the object under a name that no channel can have, for
// systems that cannot make one without a name.
func (s *Segment) openHidden() error {
	for {
		var random [12]byte
		if _, err := rand.Read(random[:]); err != nil {
			return err
		}
		path := directory + "/.shmbuf-" + hex.EncodeToString(random[:])
		fd, err := openRetry(path, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, s.mode)
		switch err {
		case nil:
			s.fd, s.hidden = fd, path
			return nil
		case unix.EEXIST: // somebody drew the same 96 bits
		default:
			return createError(err)
		}
	}
}

// publishHidden moves the object from its hidden name to its own.
func (s *Segment) publishHidden() error {
	// Not rename, which would replace what has the name already.
	if err := unix.Link(s.hidden, s.path()); err != nil {
		return &fs.PathError{Op: "link", Path: s.path(), Err: err}
	}
	// With the hidden name left, the link count would never become 0, and
	// nobody would notice that the object was removed.
	if err := unix.Unlink(s.hidden); err != nil && err != unix.ENOENT {
		_ = s.unlink()
		return &fs.PathError{Op: "unlink", Path: s.hidden, Err: err}
	}
	s.hidden = ""
	return nil
}

// writeZeros reserves by writing, where nothing better is available.
func writeZeros(fd int, from, size uint64) error {
	zeros := make([]byte, 1<<16)
	for from < size {
		n, err := unix.Pwrite(fd, zeros[:min(size-from, uint64(len(zeros)))], int64(from))
		if err != nil && err != unix.EINTR {
			return err
		}
		if n > 0 {
			from += uint64(n)
		}
	}
	return nil
}

// createError never wraps ErrNotExist: that the directory is missing must not
// look as if the channel were.
func createError(err error) error {
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return fmt.Errorf("the directory %s is missing: mount a tmpfs there (mode 1777)", directory)
	}
	if err == unix.ENOSPC || err == unix.EDQUOT {
		return fmt.Errorf("no room for another file in %s: remove what is not used any more: %w", directory, unix.ENOSPC)
	}
	return &fs.PathError{Op: "create a file in", Path: directory, Err: err}
}

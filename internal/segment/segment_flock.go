//go:build darwin || dragonfly || freebsd || netbsd || openbsd || (linux && shmbuf_flock)

// On Linux the tag shmbuf_flock builds this file instead of segment_linux.go,
// so that it can be tested there. Such a build does not meet other programs.

package segment

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	directory     = "/tmp/shmbuf"
	lockDirectory = directory + "/.locks"
	place         = directory
	spaceHint     = "ask for less, remove channels that are not used any more, or make room on that file system"
)

// prepare makes the directories, for everybody but sticky, as /tmp itself is.
func prepare() error {
	for _, path := range []string{directory, lockDirectory} {
		err := os.Mkdir(path, 0o777)
		if err == nil {
			err = os.Chmod(path, 0o777|fs.ModeSticky) // past the umask
		} else if os.IsExist(err) {
			err = nil
		}
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s must be a directory, but is %v: move it away: %w", path, info.Mode().Type(), fs.ErrInvalid)
		}
	}
	return nil
}

func (s *Segment) openNew() error { return s.openHidden() }

func (s *Segment) publish() error { return s.publishHidden() }

func reserve(fd int, size uint64) error { return writeZeros(fd, 0, size) }

// roleLocks maps the labels of roles that are held to the open lock files.
type roleLocks struct{ held map[string]int }

func (s *Segment) lockPath(r Role) string { return lockDirectory + "/" + s.name + "." + r.Label }

// A look at a lock (locked) holds it for microseconds. Trying again after a
// moment keeps that from being taken for a holder.
const (
	lockTries = 5
	lockPause = 300 * time.Microsecond
)

func (s *Segment) tryLock(r Role) (bool, error) {
	if _, mine := s.held[r.Label]; mine {
		return true, nil
	}
	if err := prepare(); err != nil {
		return false, err
	}
	for tries := 0; tries < lockTries; {
		fd, err := s.openLock(r)
		if err != nil {
			return false, err
		}
		err = flock(fd, unix.LOCK_EX|unix.LOCK_NB)
		if err == unix.EWOULDBLOCK {
			_ = unix.Close(fd)
			if tries++; tries < lockTries {
				time.Sleep(lockPause)
			}
			continue
		}
		if err != nil {
			_ = unix.Close(fd)
			return false, &fs.PathError{Op: "flock", Path: s.lockPath(r), Err: err}
		}
		// Its last holder may have removed the file between open and flock;
		// then it guards nothing, and the next one to come makes another.
		if same, err := leadsTo(s.lockPath(r), fd); err != nil || !same {
			_ = unix.Close(fd)
			if err != nil {
				return false, err
			}
			continue
		}
		if s.held == nil {
			s.held = make(map[string]int)
		}
		s.held[r.Label] = fd
		return true, nil
	}
	return false, nil
}

// openLock opens the lock file, and makes it where there is none. Everybody may
// open it: whom a lock is for is decided by the mode of the segment.
func (s *Segment) openLock(r Role) (int, error) {
	const flags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC
	path := s.lockPath(r)
	for {
		fd, err := openRetry(path, flags, 0)
		if err == unix.ENOENT {
			fd, err = openRetry(path, flags|unix.O_CREAT|unix.O_EXCL, 0o644)
			if err == unix.EEXIST {
				continue // made by another between the two calls
			}
			if err == nil {
				_ = unix.Fchmod(fd, 0o644) // past the umask
			}
		}
		if err != nil {
			return -1, openError(path, err)
		}
		return fd, nil
	}
}

func (s *Segment) unlock(r Role) error {
	fd, mine := s.held[r.Label]
	if !mine {
		return nil
	}
	delete(s.held, r.Label)
	// The lock files of a channel that is gone go too. While we hold the lock
	// nobody else does, and tryLock notices that the file it opened is not the
	// named one any more.
	var st unix.Stat_t
	if unix.Fstatat(unix.AT_FDCWD, s.path(), &st, unix.AT_SYMLINK_NOFOLLOW) == unix.ENOENT {
		_ = unix.Unlink(s.lockPath(r))
	}
	if err := unix.Close(fd); err != nil {
		return &fs.PathError{Op: "close", Path: s.lockPath(r), Err: err}
	}
	return nil
}

func (s *Segment) dropLocks() {
	for label := range s.held {
		_ = s.unlock(Role{Label: label})
	}
}

// locked looks by taking the lock for a moment, shared, so that two who look do
// not see each other.
func (s *Segment) locked(r Role) (bool, error) {
	if _, mine := s.held[r.Label]; mine {
		return false, nil
	}
	path := s.lockPath(r)
	fd, err := openRetry(path, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT {
		return false, nil
	}
	if err != nil {
		return false, openError(path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	switch err := flock(fd, unix.LOCK_SH|unix.LOCK_NB); err {
	case nil:
		return false, nil
	case unix.EWOULDBLOCK:
		return true, nil
	default:
		return false, &fs.PathError{Op: "flock", Path: path, Err: err}
	}
}

func flock(fd, how int) error {
	for {
		if err := unix.Flock(fd, how); err != unix.EINTR {
			return err
		}
	}
}

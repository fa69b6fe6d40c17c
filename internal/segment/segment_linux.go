//go:build linux && !shmbuf_flock

package segment

import (
	"fmt"
	"io"
	"io/fs"
	"strconv"

	"golang.org/x/sys/unix"
)

const (
	directory = "/dev/shm"
	place     = directory
	spaceHint = "ask for less, remove channels that are not used any more, or enlarge it (mount -o remount,size=…; containers: --shm-size)"
)

// prepare has nothing to do: the system provides /dev/shm.
func prepare() error { return nil }

// openNew opens a file without a name where the kernel and the file system can.
func (s *Segment) openNew() error {
	fd, err := openNameless(s.mode)
	switch err {
	case nil:
		s.fd = fd
		return nil
	case unix.EOPNOTSUPP, unix.EISDIR, unix.EINVAL, unix.ENOSYS:
		return s.openHidden()
	default:
		return createError(err)
	}
}

// openNameless is a variable so that tests can be a system that has no such files.
var openNameless = func(mode fs.FileMode) (int, error) {
	fd, err := openRetry(directory, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, mode)
	if err != nil {
		return -1, err
	}
	// Without /proc it could not be linked to a name later.
	if unix.Access(procPath(fd), unix.F_OK) != nil {
		_ = unix.Close(fd)
		return -1, unix.EOPNOTSUPP
	}
	return fd, nil
}

func procPath(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

func (s *Segment) publish() error {
	if s.hidden != "" {
		return s.publishHidden()
	}
	if err := unix.Linkat(unix.AT_FDCWD, procPath(s.fd), unix.AT_FDCWD, s.path(), unix.AT_SYMLINK_FOLLOW); err != nil {
		return &fs.PathError{Op: "link", Path: s.path(), Err: err}
	}
	return nil
}

// reserve takes real memory for the whole object. Growing it with ftruncate
// would succeed beyond what is free, and the first access would raise SIGBUS.
func reserve(fd int, size uint64) error {
	// In steps: a signal makes the kernel undo one call, and under a profiler
	// a long one would never get through.
	const step = 4 << 20
	for done := uint64(0); done < size; {
		n := min(step, size-done)
		switch err := unix.Fallocate(fd, 0, int64(done), int64(n)); err {
		case nil:
			done += n
		case unix.EINTR:
		case unix.EOPNOTSUPP, unix.ENOSYS:
			return writeZeros(fd, done, size)
		default:
			return err
		}
	}
	return nil
}

// roleLocks is empty: the kernel keeps the locks with the open file.
type roleLocks struct{}

func (roleLocks) dropLocks() {} // closing the descriptor drops them

// lockCall makes one open-file-description lock call on the role's byte. Unlike
// the older POSIX locks, these belong to this descriptor, not to the process:
// closing another descriptor of the same file does not drop them.
func (s *Segment) lockCall(command int, kind int16, r Role) (unix.Flock_t, error) {
	lock := unix.Flock_t{Type: kind, Whence: io.SeekStart, Start: r.Offset, Len: 1}
	for {
		err := unix.FcntlFlock(uintptr(s.fd), command, &lock)
		switch err {
		case unix.EINTR:
			continue
		case unix.EINVAL:
			err = fmt.Errorf("this kernel has no open-file-description locks (Linux 3.15 and later do): %w", err)
		}
		return lock, err
	}
}

func (s *Segment) tryLock(r Role) (bool, error) {
	switch _, err := s.lockCall(unix.F_OFD_SETLK, unix.F_WRLCK, r); err {
	case nil:
		return true, nil
	case unix.EAGAIN, unix.EACCES:
		return false, nil
	default:
		return false, &fs.PathError{Op: "lock " + r.Label + " of", Path: s.path(), Err: err}
	}
}

func (s *Segment) unlock(r Role) error {
	if _, err := s.lockCall(unix.F_OFD_SETLK, unix.F_UNLCK, r); err != nil {
		return &fs.PathError{Op: "unlock " + r.Label + " of", Path: s.path(), Err: err}
	}
	return nil
}

func (s *Segment) locked(r Role) (bool, error) {
	lock, err := s.lockCall(unix.F_OFD_GETLK, unix.F_WRLCK, r)
	if err != nil {
		return false, &fs.PathError{Op: "look at lock " + r.Label + " of", Path: s.path(), Err: err}
	}
	return lock.Type != unix.F_UNLCK, nil
}

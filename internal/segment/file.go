//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package segment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// object is a file that is mapped.
type object struct {
	fd     int
	hidden string // path of the name it has before it is published; "" where it needs none
	roleLocks
}

func (s *Segment) path() string { return directory + "/" + s.name }

// FD is the open file, for watching it.
func (s *Segment) FD() uintptr { return uintptr(s.fd) }

func (s *Segment) open() error {
	access, path := unix.O_RDWR, s.path()
	if s.readOnly {
		access = unix.O_RDONLY
	}
	// O_NONBLOCK: a fifo under this name must not make us wait for its other end.
	fd, err := openRetry(path, access|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return openError(path, err)
	}
	s.fd = fd
	if err := s.stat(); err != nil {
		_ = unix.Close(fd)
		return err
	}
	if err := s.mapAll(); err != nil {
		_ = unix.Close(fd)
		return err
	}
	return nil
}

// stat takes size and mode from the object, and refuses what is not a file.
func (s *Segment) stat() error {
	var st unix.Stat_t
	if err := unix.Fstat(s.fd, &st); err != nil {
		return &fs.PathError{Op: "fstat", Path: s.path(), Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return &fs.PathError{Op: "open", Path: s.path(), Err: ErrNotRegular}
	}
	s.size = uint64(st.Size)
	s.mode = fs.FileMode(st.Mode) & fs.ModePerm
	return checkSize(s.size)
}

func (s *Segment) mapAll() error {
	if s.size == 0 {
		s.mem = []byte{}
		return nil
	}
	protection := unix.PROT_READ | unix.PROT_WRITE
	if s.readOnly {
		protection = unix.PROT_READ
	}
	mem, err := unix.Mmap(s.fd, 0, int(s.size), protection, unix.MAP_SHARED)
	if err != nil {
		return &fs.PathError{
			Op: "mmap", Path: s.path(),
			Err: fmt.Errorf("%d bytes (address space, or a limit like ulimit -v): %w", s.size, err),
		}
	}
	s.mem = mem
	return nil
}

func (s *Segment) linked() (bool, error) {
	var st unix.Stat_t
	if err := unix.Fstat(s.fd, &st); err != nil {
		return false, &fs.PathError{Op: "fstat", Path: s.path(), Err: err}
	}
	return st.Nlink > 0, nil
}

func (s *Segment) intact() (bool, error) {
	var st unix.Stat_t
	if err := unix.Fstat(s.fd, &st); err != nil {
		return false, &fs.PathError{Op: "fstat", Path: s.path(), Err: err}
	}
	return uint64(st.Size) >= s.size, nil
}

func (s *Segment) sameAsNamed() (bool, error) { return leadsTo(s.path(), s.fd) }

// leadsTo reports whether path names the very file that is open as fd. An inode
// number is not given away again while fd is open.
func leadsTo(path string, fd int) (bool, error) {
	var ours, named unix.Stat_t
	if err := unix.Fstat(fd, &ours); err != nil {
		return false, &fs.PathError{Op: "fstat", Path: path, Err: err}
	}
	switch err := unix.Fstatat(unix.AT_FDCWD, path, &named, unix.AT_SYMLINK_NOFOLLOW); err {
	case nil:
		return ours.Dev == named.Dev && ours.Ino == named.Ino, nil
	case unix.ENOENT:
		return false, nil
	default:
		return false, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
}

func (s *Segment) unlink() error {
	same, err := s.sameAsNamed()
	if err != nil || !same {
		return err
	}
	if err := unix.Unlink(s.path()); err != nil && err != unix.ENOENT {
		return &fs.PathError{Op: "unlink", Path: s.path(), Err: err}
	}
	return nil
}

// release undoes everything; the first error wins.
func (s *Segment) release() error {
	var failed error
	if len(s.mem) > 0 {
		if err := unix.Munmap(s.mem); err != nil {
			failed = &fs.PathError{Op: "munmap", Path: s.path(), Err: err}
		}
	}
	s.mem = nil
	if s.hidden != "" {
		_ = unix.Unlink(s.hidden)
	}
	s.dropLocks()
	if err := unix.Close(s.fd); err != nil && failed == nil {
		failed = &fs.PathError{Op: "close", Path: s.path(), Err: err}
	}
	s.fd = -1
	return failed
}

// Names lists the objects that may be channels, sorted.
func Names() ([]string, error) {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && CheckName(entry.Name()) == nil {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

// openError says why path could not be opened, and by whom it could be.
func openError(path string, err error) error {
	switch err {
	case unix.ELOOP, unix.EMLINK, unix.EISDIR, unix.ENXIO, unix.EOPNOTSUPP, unix.ENODEV:
		// EMLINK is what FreeBSD says about a symbolic link, EOPNOTSUPP what
		// macOS says about a socket.
		err = ErrNotRegular
	case unix.EACCES, unix.EPERM:
		var st unix.Stat_t
		if unix.Fstatat(unix.AT_FDCWD, path, &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
			return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf(
				"%w: it belongs to user %d, its mode is %04o and this is user %d; run as its owner, or create it with a wider mode",
				err, st.Uid, st.Mode&0o7777, unix.Geteuid())}
		}
	}
	return &fs.PathError{Op: "open", Path: path, Err: err}
}

func openRetry(path string, flags int, mode fs.FileMode) (int, error) {
	for {
		fd, err := unix.Open(path, flags, uint32(mode.Perm()))
		if err != unix.EINTR {
			return fd, err
		}
	}
}

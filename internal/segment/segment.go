// Package segment creates, maps, names, locks and removes shared-memory
// objects. It knows nothing about what is inside them.
//
// On Linux an object is a file in /dev/shm and a role is an open-file-description
// lock on one byte of it. On macOS and the BSDs it is a file in /tmp/shmbuf, and
// a role is a flock on a sibling file in /tmp/shmbuf/.locks. On Windows it is a
// file mapping backed by the paging file, and a role is a named mutex that
// exists. No environment variable changes any of this: peers must meet.
//
// Methods of a Segment may be called concurrently, Close included; none of them
// waits for another process. Whoever uses the memory must have stopped before
// Close unmaps it.
package segment

import (
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// Role is what one process at a time can hold on a segment.
type Role struct {
	Offset int64  // the byte that is locked, where bytes of the object can be
	Label  string // the name of the lock, where locks have names: "producer", "slot0"
}

// Segment is one mapped object.
type Segment struct {
	name     string
	readOnly bool

	mu        sync.Mutex // keeps Close away from the descriptor in use
	size      uint64
	reserved  uint64 // bytes that get their memory at creation
	mode      fs.FileMode
	mem       []byte
	published bool // the object has, or had, its name
	closed    bool
	object
}

// New makes an object of size zero bytes, reserved for real and mapped
// read-write, that no other process can see before Publish. With exact its
// permission bits are mode, otherwise mode less the umask.
//
// On Windows an object cannot exist without a name: there New itself fails with
// fs.ErrExist when the name is taken, and peers can open the object before
// Publish and see it all zero.
//
// Errors wrap fs.ErrInvalid (name, size 0, mode), syscall.EFBIG (more than this
// process can map), syscall.ENOSPC, fs.ErrPermission.
func New(name string, size uint64, mode fs.FileMode, exact bool) (*Segment, error) {
	return NewLazy(name, size, size, mode, exact)
}

// NewLazy is New, but only the first reserved bytes get their memory now. The rest
// takes it page by page as it is touched; where there is none left the kernel
// raises SIGBUS. Windows reserves everything.
func NewLazy(name string, size, reserved uint64, mode fs.FileMode, exact bool) (*Segment, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if size == 0 {
		return nil, fmt.Errorf("a segment of 0 bytes: ask for at least 1: %w", fs.ErrInvalid)
	}
	if mode&^fs.ModePerm != 0 {
		return nil, fmt.Errorf("mode %v: only permission bits (0 to 0777) are allowed: %w", mode, fs.ErrInvalid)
	}
	if err := checkSize(size); err != nil {
		return nil, err
	}
	s := &Segment{name: name, size: size, reserved: min(reserved, size), mode: mode}
	if err := s.create(exact); err != nil {
		return nil, err
	}
	return s, nil
}

// Open maps the whole object that the name leads to. It never creates one. An
// object of 0 bytes is not an error: its Bytes are empty. A read-only segment
// can be inspected, but cannot hold a role.
//
// Errors wrap fs.ErrInvalid (name), fs.ErrNotExist, fs.ErrPermission,
// ErrNotRegular, syscall.EFBIG.
func Open(name string, readOnly bool) (*Segment, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	s := &Segment{name: name, readOnly: readOnly, published: true}
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

// Name is the channel name, without directory.
func (s *Segment) Name() string { return s.name }

// Size is the number of bytes that were mapped; it does not change.
func (s *Segment) Size() uint64 { return s.size }

// Mode is the permission bits the object had when it was created or opened.
func (s *Segment) Mode() fs.FileMode { return s.mode }

// Bytes is the mapped memory, valid until Close, nil afterwards.
func (s *Segment) Bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mem
}

// Publish gives the object its name in one step. fs.ErrExist when the name is
// taken; the segment then stays as it was, and Publish may be called again.
func (s *Segment) Publish() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return os.ErrClosed
	case s.published:
		return fmt.Errorf("segment %q is published already: %w", s.name, fs.ErrInvalid)
	}
	if err := s.publish(); err != nil {
		return err
	}
	s.published = true
	return nil
}

// Linked reports whether the object still has its name. An object that lost
// it was removed or replaced.
func (s *Segment) Linked() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, os.ErrClosed
	}
	if !s.published {
		return false, nil
	}
	return s.linked()
}

// SameAsNamed reports whether the name leads to this very object now.
func (s *Segment) SameAsNamed() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, os.ErrClosed
	}
	if !s.published {
		return false, nil
	}
	return s.sameAsNamed()
}

// Intact reports whether the object still has all the bytes that were mapped.
// Where it has not, touching what is gone raises SIGBUS.
func (s *Segment) Intact() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, os.ErrClosed
	}
	return s.intact()
}

// Unlink removes the name if it leads to this very object; otherwise there is
// nothing to remove, which is not an error. No system can compare and remove in
// one step: hold the producer role, so that nobody replaces the object between.
// On Windows the name goes with the last handle, and Unlink does nothing.
func (s *Segment) Unlink() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return os.ErrClosed
	}
	if !s.published {
		return nil
	}
	return s.unlink()
}

// TryLock takes the role, or reports false when somebody else holds it: another
// process, or another Segment of this one. Taking a role twice through one
// Segment succeeds. The kernel frees it when the process dies.
func (s *Segment) TryLock(r Role) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, os.ErrClosed
	}
	if s.readOnly {
		return false, fmt.Errorf("segment %q is open read-only and cannot hold role %s: %w", s.name, r.Label, fs.ErrInvalid)
	}
	return s.tryLock(r)
}

// Unlock frees a role; one that is not held is left alone.
func (s *Segment) Unlock(r Role) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return os.ErrClosed
	}
	return s.unlock(r)
}

// Locked reports whether somebody other than this Segment holds the role. It
// works on read-only segments.
func (s *Segment) Locked(r Role) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false, os.ErrClosed
	}
	return s.locked(r)
}

// Close unmaps the memory and frees the roles held through this Segment. The
// name stays; an object that was never published is gone. A second Close does
// nothing.
func (s *Segment) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.release()
}

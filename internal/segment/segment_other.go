//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd || windows)

package segment

import (
	"errors"
	"fmt"
	"runtime"
)

const (
	place     = "memory"
	spaceHint = "ask for less"
)

// object is nothing: no Segment is ever made here.
type object struct{}

var errSystem = fmt.Errorf("shmbuf has no shared memory on %s: %w", runtime.GOOS, errors.ErrUnsupported)

func (s *Segment) create(bool) error          { return errSystem }
func (s *Segment) open() error                { return errSystem }
func (s *Segment) publish() error             { return errSystem }
func (s *Segment) linked() (bool, error)      { return false, errSystem }
func (s *Segment) sameAsNamed() (bool, error) { return false, errSystem }
func (s *Segment) intact() (bool, error)      { return false, errSystem }
func (s *Segment) unlink() error              { return errSystem }
func (s *Segment) tryLock(Role) (bool, error) { return false, errSystem }
func (s *Segment) unlock(Role) error          { return errSystem }
func (s *Segment) locked(Role) (bool, error)  { return false, errSystem }
func (s *Segment) release() error             { return nil }

// Names fails: there are no segments on this system.
func Names() ([]string, error) { return nil, errSystem }

// Remaining fails: there are no segments on this system.
func Remaining() (uint64, error) { return 0, errSystem }

package shmbuf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/shmbuf/shmbuf/internal/ring"
)

// Conditions of the package. They are the ones of spec/errors.json; those that
// the standard library already names are used as they are: io.EOF (end of
// stream), os.ErrClosed, fs.ErrExist, fs.ErrNotExist, fs.ErrPermission,
// io.ErrShortBuffer and the errors of package context. Test with errors.Is.
var (
	// ErrWouldBlock is returned by Try… calls: the ring is full or empty.
	ErrWouldBlock = ring.ErrWouldBlock
	// ErrTooLarge says that the record can never fit this channel.
	ErrTooLarge = ring.ErrTooLarge
	// ErrBusy says that another live process, or handle, holds the role.
	ErrBusy = errors.New("busy")
	// ErrPeerDied says that the other side ended without closing.
	ErrPeerDied = errors.New("peer died")
	// ErrRetired says that the segment was replaced or removed.
	ErrRetired = errors.New("retired")
	// ErrNotChannel says that the object is not a shmbuf channel.
	ErrNotChannel = errors.New("not a channel")
	// ErrVersion says that the segment has a version this release does not know.
	ErrVersion = errors.New("unknown version")
	// ErrDamaged says that shared memory holds values that break the protocol.
	ErrDamaged = ring.ErrDamaged
	// ErrNoSpace says that shared memory has no room for the segment. It also is
	// syscall.ENOSPC.
	ErrNoSpace = fmt.Errorf("no space: %w", syscall.ENOSPC)
	// ErrSegmentLost says that the memory under the mapping is gone.
	ErrSegmentLost = errors.New("segment lost")
	// ErrInvalid says that an argument or option is out of range. It also is
	// fs.ErrInvalid.
	ErrInvalid = fmt.Errorf("invalid: %w", fs.ErrInvalid)
)

// Error carries what went wrong on which channel. ErrWouldBlock and io.EOF are
// returned bare, because hot loops compare them.
type Error struct {
	Op      string // "write", "open", …
	Channel string
	Err     error  // the condition, for errors.Is
	Detail  string // the number that was wrong, and what to do
}

func (e *Error) Error() string {
	s := "shmbuf: " + e.Op + " " + e.Channel + ": "
	if e.Detail == "" {
		return s + e.Err.Error()
	}
	return s + e.Detail
}

// Unwrap gives the condition.
func (e *Error) Unwrap() error { return e.Err }

func fail(op, channel string, condition error, format string, args ...any) error {
	return &Error{Op: op, Channel: channel, Err: condition, Detail: fmt.Sprintf(format, args...)}
}

// refuseArgument reports a bad name or option.
func refuseArgument(op, name string, err error) error {
	return fail(op, name, ErrInvalid, "%s", strings.TrimSuffix(err.Error(), ": "+fs.ErrInvalid.Error()))
}

// explain gives err the message for people that its condition deserves. Bare
// sentinels of the hot path and errors that are explained pass.
func explain(op, channel string, err error) error {
	if err == nil || err == ErrWouldBlock || err == io.EOF { // bare on purpose
		return err
	}
	return explainSlow(op, channel, err)
}

func explainSlow(op, channel string, err error) error {
	var done *Error
	switch {
	case errors.As(err, &done):
		return err
	case errors.Is(err, ErrDamaged):
		return fail(op, channel, err, "%v: another program has written to this memory; remove the channel (shmbuf rm --force %s) and create it again", err, channel)
	case errors.Is(err, os.ErrClosed):
		return fail(op, channel, os.ErrClosed, "this handle has been closed")
	case errors.Is(err, ErrPeerDied):
		return fail(op, channel, ErrPeerDied, "the other side ended without closing; start a successor, or set AwaitPeer to wait for one")
	case errors.Is(err, ErrRetired):
		return fail(op, channel, ErrRetired, "the segment was replaced or removed; open the channel again to follow")
	case errors.Is(err, ErrSegmentLost):
		return fail(op, channel, ErrSegmentLost, "the object was made smaller under us; find out which program truncates it, and create the channel again")
	case errors.Is(err, context.DeadlineExceeded):
		return fail(op, channel, err, "timed out waiting for the other side (see shmbuf info %s)", channel)
	case errors.Is(err, context.Canceled):
		return fail(op, channel, err, "the wait was cancelled")
	case errors.Is(err, syscall.ENOSPC):
		return fail(op, channel, ErrNoSpace, "%v", err)
	case errors.Is(err, fs.ErrNotExist):
		return fail(op, channel, fs.ErrNotExist, "there is no channel of this name; start the producer first, or wait for it with OpenWait")
	case errors.Is(err, fs.ErrPermission) && !strings.Contains(err.Error(), "run as its owner"):
		return fail(op, channel, err, "%v; run as its owner, or create the channel with wider mode bits", err)
	}
	return fail(op, channel, err, "%v", err)
}

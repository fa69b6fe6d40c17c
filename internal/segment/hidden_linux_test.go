//go:build linux && !shmbuf_flock

package segment

import (
	"errors"
	"io/fs"
	"testing"

	"golang.org/x/sys/unix"
)

// Everything again as on a system that cannot make files without a name.
func TestHiddenName(t *testing.T) {
	calls := 0
	nameless := openNameless
	openNameless = func(fs.FileMode) (int, error) { calls++; return -1, unix.EOPNOTSUPP }
	defer func() { openNameless = nameless }()
	t.Run("Invisible", TestNewIsInvisibleUntilPublished)
	t.Run("Close", TestCloseWithoutPublishLeavesNothing)
	t.Run("Mode", TestMode)
	t.Run("Unlink", TestUnlinkSparesReplacement)
	t.Run("Race", TestPublishRace)
	t.Run("NoSpace", TestNoSpace)
	if calls == 0 {
		t.Fatal("the other way was never taken")
	}
}

// A missing directory must not look like a missing channel.
func TestCreateErrors(t *testing.T) {
	for _, err := range []error{unix.ENOENT, unix.ENOTDIR} {
		if got := createError(err); errors.Is(got, fs.ErrNotExist) {
			t.Errorf("%v: %v", err, got)
		}
	}
	if got := createError(unix.EDQUOT); !errors.Is(got, unix.ENOSPC) {
		t.Error(got)
	}
	if got := createError(unix.EACCES); !errors.Is(got, fs.ErrPermission) {
		t.Error(got)
	}
}

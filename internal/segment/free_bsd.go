//go:build darwin || dragonfly || freebsd

package segment

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// Remaining is the number of bytes that new segments can take in the directory.
func Remaining() (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(existing(), &st); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: existing(), Err: err}
	}
	// Signed on some systems: below 0 when only the superuser has room left.
	return uint64(max(int64(st.Bavail), 0)) * uint64(st.Bsize), nil
}

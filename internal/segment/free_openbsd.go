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
	return uint64(max(st.F_bavail, 0)) * uint64(st.F_bsize), nil
}

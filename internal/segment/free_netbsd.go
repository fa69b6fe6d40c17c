package segment

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// Remaining is the number of bytes that new segments can take in the directory.
func Remaining() (uint64, error) {
	var st unix.Statvfs_t
	if err := unix.Statvfs(existing(), &st); err != nil {
		return 0, &fs.PathError{Op: "statvfs", Path: existing(), Err: err}
	}
	return st.Bavail * st.Frsize, nil
}

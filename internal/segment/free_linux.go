package segment

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// Remaining is the number of bytes that new segments can take in the directory.
func Remaining() (uint64, error) {
	st, err := space()
	return st.Bavail * uint64(st.Bsize), err
}

// limited is false for a tmpfs without a size, which reports 0 blocks of 0.
func limited() bool {
	st, err := space()
	return err == nil && st.Blocks > 0
}

func space() (st unix.Statfs_t, err error) {
	for {
		err = unix.Statfs(directory, &st)
		if err == nil {
			return st, nil
		}
		if err != unix.EINTR {
			return st, &fs.PathError{Op: "statfs", Path: directory, Err: err}
		}
	}
}

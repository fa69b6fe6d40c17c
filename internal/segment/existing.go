//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package segment

import (
	"path"

	"golang.org/x/sys/unix"
)

// existing is the directory, or before anybody made it the one it will be in.
func existing() string {
	if unix.Access(directory, unix.F_OK) != nil {
		return path.Dir(directory)
	}
	return directory
}

// limited says that the free space of the file system is a real limit.
func limited() bool { return true }

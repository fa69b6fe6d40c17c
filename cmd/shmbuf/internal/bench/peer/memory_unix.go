//go:build unix

package peer

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sharedFile is the descriptor of the memory that the parent made for both sides.
const sharedFile = 3

// sharedWords maps that memory.
func sharedWords() ([]uint64, error) {
	var st unix.Stat_t
	if err := unix.Fstat(sharedFile, &st); err != nil {
		return nil, fmt.Errorf("no shared memory on descriptor %d: %w", sharedFile, err)
	}
	memory, err := unix.Mmap(sharedFile, 0, int(st.Size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("cannot map the shared memory: %w", err)
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(&memory[0])), len(memory)/8), nil
}

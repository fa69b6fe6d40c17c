package work

import (
	"encoding/binary"
	"fmt"
)

// Number writes the number of a record into its first 8 bytes, where it has so many.
func Number(record []byte, n uint64) {
	if len(record) >= 8 {
		binary.LittleEndian.PutUint64(record, n)
	}
}

// Check tells whether the record has this length and this number. It is small
// enough to be compiled into the loops.
func Check(record []byte, size, n uint64) error {
	if uint64(len(record)) != size || size >= 8 && binary.LittleEndian.Uint64(record) != n {
		return differs(record, n)
	}
	return nil
}

func differs(record []byte, n uint64) error {
	if len(record) < 8 {
		return fmt.Errorf("record %d has the wrong length of %d bytes", n, len(record))
	}
	return fmt.Errorf("record %d has %d bytes and the number %d", n, len(record), binary.LittleEndian.Uint64(record))
}

// CheckRun checks the first and the last of the records of this size in run,
// the first of which is number n, and returns how many there are.
func CheckRun(run []byte, size, n uint64) (uint64, error) {
	count := uint64(len(run)) / size
	if count == 0 || uint64(len(run))%size != 0 {
		return 0, fmt.Errorf("a run of %d bytes at record %d, want a multiple of %d", len(run), n, size)
	}
	if err := Check(run[:size], size, n); err != nil {
		return 0, err
	}
	return count, Check(run[(count-1)*size:], size, n+count-1)
}

// NumberRun numbers all records of this size in run from n on.
func NumberRun(run []byte, size, n uint64) {
	for at := uint64(0); size >= 8 && at < uint64(len(run)); at += size {
		binary.LittleEndian.PutUint64(run[at:], n)
		n++
	}
}

// Buffer is memory of the user's, with every page present and its own: pages that
// were never written to are one and the same to the processor's caches.
func Buffer(size uint64) []byte {
	buffer := make([]byte, size)
	for i := range buffer {
		buffer[i] = 0x5a
	}
	return buffer
}

package shmbuf

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// identify finds out what a mapped object is. The geometry is nil but for a
// native segment; then it is a validated private copy.
func identify(op string, seg *segment.Segment) (layout.Identity, *layout.Geometry, error) {
	mem := seg.Bytes()
	if len(mem) < layout.ClassicHeaderSize {
		return layout.NotReady, nil, nil
	}
	var head [16]byte
	layout.MagicOf(mem).Load() // acquire: pairs with the creator's store of the magic, its last
	copy(head[:], mem)
	id, number := layout.Identify(head, seg.Size())
	switch id {
	case layout.NotChannel:
		return id, nil, notChannel(op, seg.Name(), seg.Size())
	case layout.UnknownVersion:
		return id, nil, fail(op, seg.Name(), ErrVersion, "the segment has version %d, this release knows %d; use the same release on both sides, or remove the channel", number, layout.NativeVersion)
	case layout.Native:
		page := make([]byte, min(len(mem), layout.ProducerOffset))
		copy(page, mem)
		g, err := layout.Decode(page, seg.Size())
		if err != nil {
			return id, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return id, g, nil
	}
	return id, nil, nil
}

func notChannel(op, name string, size uint64) error {
	return fail(op, name, ErrNotChannel, "the object of %d bytes under this name is not a shmbuf channel; use another name, or remove it with shmbuf rm --force %s", size, name)
}

// openProblem explains what segment.Open could not do.
func openProblem(op, name string, err error) error {
	if errors.Is(err, segment.ErrNotRegular) {
		return fail(op, name, ErrNotChannel, "%v; use another name", err)
	}
	if errors.Is(err, fs.ErrInvalid) {
		return refuseArgument(op, name, err)
	}
	return err
}

package shmbuf

import (
	"errors"
	"io/fs"

	"github.com/shmbuf/shmbuf/internal/layout"
	"github.com/shmbuf/shmbuf/internal/segment"
)

// Remove removes the channel name, with whatever is unread in it. ErrBusy while a
// live producer or consumer holds it. Existing classic programs hold no roles, so
// that a classic channel they use is removed as well. Other errors:
// fs.ErrNotExist, ErrNotChannel, fs.ErrPermission, ErrInvalid.
func Remove(name string) error { return explain("remove", name, remove(name, false)) }

// ForceRemove is Remove for a channel that is in use, or an object that is damaged
// or not a channel at all. Processes that have the segment mapped keep it; they do
// not find each other under this name any more.
func ForceRemove(name string) error { return explain("remove", name, remove(name, true)) }

func remove(name string, force bool) error {
	if err := segment.CheckName(name); err != nil {
		return refuseArgument("remove", name, err)
	}
	seg, err := segment.Open(name, false)
	if err != nil {
		return openProblem("remove", name, err)
	}
	defer seg.Close() //nolint:errcheck // the object goes away
	id, g, err := identify("remove", seg)
	switch {
	case err != nil:
	case id == layout.NotReady:
		err = notChannel("remove", name, seg.Size())
	default:
		err = releaseRoles(seg, id, g, force)
	}
	if err != nil && !force {
		return err
	}
	if err := seg.Unlink(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// releaseRoles makes sure that nobody uses the segment and tells whoever waits on
// it that it is gone.
func releaseRoles(seg *segment.Segment, id layout.Identity, g *layout.Geometry, force bool) error {
	roles := []segment.Role{classicProducerRole, classicConsumerRole}
	if id == layout.Native {
		roles = []segment.Role{producerRole}
		for i := range g.Slots {
			roles = append(roles, slotRole(i))
		}
	}
	for _, role := range roles {
		if ok, err := seg.TryLock(role); err != nil {
			return err
		} else if !ok && !force {
			return fail("remove", seg.Name(), ErrBusy, "a live process holds the role %q; stop it, or use force (shmbuf rm --force %s)", role.Label, seg.Name())
		} else if !ok {
			return nil // it stays usable for those who have it
		}
	}
	if id == layout.Native {
		retire(layout.ControlOf(seg.Bytes()))
	}
	return nil
}

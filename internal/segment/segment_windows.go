package segment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

const (
	place     = "main memory and paging file"
	spaceHint = "ask for less, close other programs, or enlarge the paging file"
)

// object is a view of a named file mapping and the named mutexes that are held.
// Modes mean nothing here: whoever the creator's default security descriptor
// admits (the same user, administrators) may open it, from the same logon session.
type object struct {
	handle windows.Handle
	view   uintptr
	held   map[string]windows.Handle
}

func objectName(name string) (*uint16, error) { return windows.UTF16PtrFromString(`Local\` + name) }

// create makes the mapping under its name. Memory is committed here: a mapping
// backed by the paging file is refused when there is not enough.
func (s *Segment) create(bool) error {
	name, err := objectName(s.name)
	if err != nil {
		return err
	}
	handle, err := windows.CreateFileMapping(windows.InvalidHandle, nil, windows.PAGE_READWRITE,
		uint32(s.size>>32), uint32(s.size), name)
	switch err {
	case nil:
	case windows.ERROR_ALREADY_EXISTS:
		// The system opened the one that exists instead.
		_ = windows.CloseHandle(handle)
		return s.failed("create", fs.ErrExist)
	case windows.ERROR_INVALID_HANDLE:
		// The name belongs to a mutex, an event or the like.
		return s.failed("create", ErrNotRegular)
	case windows.ERROR_COMMITMENT_LIMIT, windows.ERROR_NOT_ENOUGH_MEMORY, windows.ERROR_DISK_FULL,
		windows.ERROR_NO_SYSTEM_RESOURCES, windows.ERROR_PAGEFILE_QUOTA, windows.ERROR_INVALID_PARAMETER:
		// INVALID_PARAMETER: more than any section can have.
		return noSpace(s.size)
	default:
		return s.failed("create", err)
	}
	s.handle = handle
	if err := s.mapView(windows.FILE_MAP_READ | windows.FILE_MAP_WRITE); err != nil {
		_ = windows.CloseHandle(handle)
		return err
	}
	// The view is in whole pages; the segment is what was asked for.
	s.mem = bytesAt(s.view, int(s.size))
	return nil
}

// publish has nothing to do: the name was there first.
func (s *Segment) publish() error { return nil }

// open maps the whole object, whose size comes back in whole pages.
// FD is 0: nothing watches a file mapping here.
func (s *Segment) FD() uintptr { return 0 }

func (s *Segment) open() error {
	name, err := objectName(s.name)
	if err != nil {
		return err
	}
	access := uint32(windows.FILE_MAP_READ)
	if !s.readOnly {
		access |= windows.FILE_MAP_WRITE
	}
	handle, err := openFileMapping(access, name)
	if err == windows.ERROR_INVALID_HANDLE {
		return s.failed("open", ErrNotRegular)
	}
	if err != nil {
		return s.failed("open", err)
	}
	s.handle = handle
	if err := s.mapView(access); err != nil {
		_ = windows.CloseHandle(handle)
		return err
	}
	var info windows.MemoryBasicInformation
	if err := windows.VirtualQuery(s.view, &info, unsafe.Sizeof(info)); err != nil {
		_ = windows.UnmapViewOfFile(s.view)
		_ = windows.CloseHandle(handle)
		return s.failed("ask for the size of", err)
	}
	s.size = uint64(info.RegionSize)
	s.mode = 0o600
	s.mem = bytesAt(s.view, int(info.RegionSize))
	return nil
}

func (s *Segment) mapView(access uint32) error {
	view, err := windows.MapViewOfFile(s.handle, access, 0, 0, 0)
	if err != nil {
		return s.failed("map", err)
	}
	s.view = view
	return nil
}

// bytesAt makes a slice of memory that the Go heap does not own, and whose
// address is therefore never moved or freed under it.
func bytesAt(address uintptr, size int) []byte {
	return unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&address))), size)
}

func (s *Segment) failed(what string, err error) error {
	return &fs.PathError{Op: what, Path: `Local\` + s.name, Err: err}
}

// While a handle is open the object keeps its name and its size.

func (s *Segment) linked() (bool, error)      { return true, nil }
func (s *Segment) sameAsNamed() (bool, error) { return true, nil }
func (s *Segment) intact() (bool, error)      { return true, nil }
func (s *Segment) unlink() error              { return nil }

func (s *Segment) lockName(r Role) (*uint16, error) { return objectName(s.name + "." + r.Label) }

// A look at a lock (locked) keeps its mutex existing for microseconds longer.
// Trying again after a moment keeps that from being taken for a holder.
const (
	lockTries = 3
	lockPause = time.Millisecond
)

// tryLock holds a role by being the one who made the mutex. It is never
// acquired, so it has no owning thread; the system removes it with its last handle.
func (s *Segment) tryLock(r Role) (bool, error) {
	if _, mine := s.held[r.Label]; mine {
		return true, nil
	}
	name, err := s.lockName(r)
	if err != nil {
		return false, err
	}
	for try := 1; ; try++ {
		handle, err := windows.CreateMutex(nil, false, name)
		switch err {
		case nil:
			if s.held == nil {
				s.held = make(map[string]windows.Handle)
			}
			s.held[r.Label] = handle
			return true, nil
		case windows.ERROR_ALREADY_EXISTS:
			_ = windows.CloseHandle(handle)
		case windows.ERROR_ACCESS_DENIED: // exists, and is another user's
		default:
			return false, s.failed("lock "+r.Label+" of", err)
		}
		if try == lockTries {
			return false, nil
		}
		time.Sleep(lockPause)
	}
}

func (s *Segment) unlock(r Role) error {
	handle, mine := s.held[r.Label]
	if !mine {
		return nil
	}
	delete(s.held, r.Label)
	if err := windows.CloseHandle(handle); err != nil {
		return s.failed("unlock "+r.Label+" of", err)
	}
	return nil
}

func (s *Segment) locked(r Role) (bool, error) {
	if _, mine := s.held[r.Label]; mine {
		return false, nil
	}
	name, err := s.lockName(r)
	if err != nil {
		return false, err
	}
	handle, err := windows.OpenMutex(windows.SYNCHRONIZE, false, name)
	switch err {
	case nil:
		_ = windows.CloseHandle(handle)
		return true, nil
	case windows.ERROR_ACCESS_DENIED:
		return true, nil
	case windows.ERROR_FILE_NOT_FOUND:
		return false, nil
	default:
		return false, s.failed("look at lock "+r.Label+" of", err)
	}
}

func (s *Segment) release() error {
	s.mem = nil
	var failed error
	if err := windows.UnmapViewOfFile(s.view); err != nil {
		failed = s.failed("unmap", err)
	}
	for label := range s.held {
		failed = errors.Join(failed, s.unlock(Role{Label: label}))
	}
	if err := windows.CloseHandle(s.handle); err != nil {
		failed = errors.Join(failed, s.failed("close", err))
	}
	s.view, s.handle = 0, 0
	return failed
}

// Names fails: Windows has no way to list named objects.
func Names() ([]string, error) {
	return nil, fmt.Errorf("shared-memory objects cannot be listed on Windows; ask for a channel by its name: %w", errors.ErrUnsupported)
}

var (
	kernel32             = windows.NewLazySystemDLL("kernel32.dll")
	procOpenFileMapping  = kernel32.NewProc("OpenFileMappingW")
	procGlobalMemoryInfo = kernel32.NewProc("GlobalMemoryStatusEx")
)

// openFileMapping opens and, unlike CreateFileMapping, never creates.
func openFileMapping(access uint32, name *uint16) (windows.Handle, error) {
	handle, _, err := procOpenFileMapping.Call(uintptr(access), 0, uintptr(unsafe.Pointer(name)))
	if handle == 0 {
		return 0, err
	}
	return windows.Handle(handle), nil
}

// memoryStatus is MEMORYSTATUSEX.
type memoryStatus struct {
	length              uint32
	load                uint32
	totalPhysical       uint64
	availablePhysical   uint64
	totalPageFile       uint64
	availablePageFile   uint64
	totalVirtual        uint64
	availableVirtual    uint64
	availableExtendedVM uint64
}

// Remaining is the number of bytes that can still be committed, which is what
// new segments take.
func Remaining() (uint64, error) {
	status := memoryStatus{length: uint32(unsafe.Sizeof(memoryStatus{}))}
	if ok, _, err := procGlobalMemoryInfo.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return 0, os.NewSyscallError("GlobalMemoryStatusEx", err)
	}
	return status.availablePageFile, nil
}

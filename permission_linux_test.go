package shmbuf

import (
	"io/fs"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

const nobody = 65534

// asNobody runs f with the file access of another user. The thread it runs on
// ends with it.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	done := make(chan error)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked
		// The raw call: of this thread only.
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, ^uintptr(0), nobody, ^uintptr(0)); errno != 0 {
			done <- errno
			return
		}
		f()
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestOtherUserIsRefused(t *testing.T) {
	for _, o := range []Options{{}, {Layout: Classic, Mode: 0o600}} {
		name := channelName(t)
		p := mustCreate(t, name, &o)
		asNobody(t, func() {
			_, err := Open(name, nil)
			wants(t, err, fs.ErrPermission, name, "0600", "user 0", "65534", "mode")
			_, err = Inspect(name)
			wants(t, err, fs.ErrPermission, name)
			wants(t, Remove(name), fs.ErrPermission, name)
			wants(t, ForceRemove(name), fs.ErrPermission, name)
			infos, err := List()
			if err != nil {
				t.Error(err)
			}
			for _, info := range infos {
				if info.Name == name {
					t.Error("a channel that cannot be opened was listed")
				}
			}
		})
		_ = p.Close()
		asNobody(t, func() {
			_, err := Create(name, &o)
			wants(t, err, fs.ErrPermission, name)
		})
	}
}

func TestOtherUserMayJoin(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Mode: 0o666})
	write(t, p, "hello")
	asNobody(t, func() {
		wants(t, Remove(name), ErrBusy, name)
		c, err := Open(name, nil)
		if err != nil {
			t.Error(err)
			return
		}
		rec, err := c.TryPeek()
		if err != nil || string(rec.Payload) != "hello" {
			t.Errorf("%q, %v", rec.Payload, err)
		}
		if err := c.Release(); err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Whoever may read a channel may look at it, and no more.
func TestReadersMayInspect(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Mode: 0o644, ContentType: "text/plain"})
	write(t, p, "hello")
	asNobody(t, func() {
		info, err := Inspect(name)
		if err != nil || info.Records != 1 || info.ContentType != "text/plain" || info.Mode != 0o644 || !info.Producer.Alive {
			t.Errorf("%+v, %v", info, err)
		}
		_, err = Open(name, nil)
		wants(t, err, fs.ErrPermission, name, "0644")
	})
}

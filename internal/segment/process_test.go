//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package segment

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const childEnv = "SHMBUF_TEST_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(childEnv); role != "" {
		if err := children[role](); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// What the test binary does when it was started as somebody's child: it reads
// names from stdin, and answers each with a line.
var children = map[string]func() error{
	"hold":    func() error { return eachName(childHold) },
	"publish": func() error { return eachName(childPublish) },
	"limited": func() error { return eachName(childLimited) },
	"other":   func() error { return eachName(childOtherUser) },
}

func eachName(answer func(name string) (string, error)) error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		text, err := answer(lines.Text())
		if err != nil {
			return err
		}
		fmt.Println(text)
	}
	return lines.Err()
}

var held []*Segment // keeps what a child holds from being closed

func childHold(name string) (string, error) {
	s, err := Open(name, false)
	if err != nil {
		return "", err
	}
	held = append(held, s)
	ok, err := s.TryLock(producer)
	return fmt.Sprint(ok), err
}

func childPublish(name string) (string, error) {
	s, err := New(name, 4096, 0o600, false)
	if err != nil {
		return "", err
	}
	defer func() { _ = s.Close() }()
	switch err := s.Publish(); {
	case err == nil:
		return "won", nil
	case errors.Is(err, fs.ErrExist):
		return "lost", nil
	default:
		return "", err
	}
}

// childLimited would be ended by SIGXFSZ if New grew a file beyond the limit.
func childLimited(name string) (string, error) {
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}); err != nil {
		return "", err
	}
	_, err := New(name, 2<<20, 0o600, false)
	return fmt.Sprint(errors.Is(err, syscall.EFBIG), " ", err), nil
}

func childOtherUser(name string) (string, error) {
	_, err := Open(name, false)
	return fmt.Sprint(errors.Is(err, fs.ErrPermission), " ", err), nil
}

type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startChild(t *testing.T, role string, attributes *syscall.SysProcAttr) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(must(os.Executable())(t))}
	c.Env = append(os.Environ(), childEnv+"="+role)
	c.Stderr = os.Stderr
	c.SysProcAttr = attributes
	c.in = must(c.StdinPipe())(t)
	c.out = bufio.NewReader(must(c.StdoutPipe())(t))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.in.Close()
		_ = c.Wait()
	})
	return c
}

func (c *child) ask(t *testing.T, name string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, name); err != nil {
		t.Fatal(err)
	}
}

func (c *child) answer(t *testing.T) string {
	t.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the child said %q, then %v", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

func TestLockFreedByKill(t *testing.T) {
	name := unused(t)
	s := make1(t, name, 0x4000)
	for range 10 {
		c := startChild(t, "hold", nil)
		c.ask(t, name)
		if got := c.answer(t); got != "true" {
			t.Fatalf("the child could not lock: %s", got)
		}
		want(t, "locked by the child", true)(s.Locked(producer))
		want(t, "lock held by the child", false)(s.TryLock(producer))
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		killed := time.Now()
		for must(s.Locked(producer))(t) {
			if time.Since(killed) > 5*time.Second {
				t.Fatal("still locked 5 s after the holder was killed")
			}
			time.Sleep(100 * time.Microsecond)
		}
		want(t, "lock of the dead", true)(s.TryLock(producer))
		if err := s.Unlock(producer); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPublishRaceOfProcesses(t *testing.T) {
	name := unused(t)
	a, b := startChild(t, "publish", nil), startChild(t, "publish", nil)
	wins := map[string]int{}
	for round := range 200 {
		a.ask(t, name)
		b.ask(t, name)
		results := a.answer(t) + " " + b.answer(t)
		if results != "won lost" && results != "lost won" {
			t.Fatalf("round %d: %s", round, results)
		}
		wins[results]++
		if err := os.Remove(directory + "/" + name); err != nil {
			t.Fatal(err)
		}
	}
	t.Log(wins)
}

func TestFileSizeLimit(t *testing.T) {
	c := startChild(t, "limited", nil)
	c.ask(t, unused(t))
	if got := c.answer(t); !strings.HasPrefix(got, "true") || !strings.Contains(got, "ulimit -f") {
		t.Fatal(got)
	}
}

func TestOtherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs the superuser to be somebody else")
	}
	name := unused(t)
	make1(t, name, 4096)
	binary := must(os.Executable())(t)
	if dir, err := os.MkdirTemp("", "shmbuf-test"); err != nil {
		t.Fatal(err)
	} else {
		// Where the other user can reach it, unlike the directory of go test.
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		copied := dir + "/test"
		if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(copied, must(os.ReadFile(binary))(t), 0o755), os.Chmod(copied, 0o755)); err != nil {
			t.Fatal(err)
		}
		binary = copied
	}
	c := exec.Command(binary)
	c.Env = append(os.Environ(), childEnv+"=other")
	c.Dir = "/"
	c.Stdin = strings.NewReader(name + "\n")
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if got := string(out); !strings.HasPrefix(got, "true") || !strings.Contains(got, "belongs to user 0, its mode is 0600 and this is user 65534") {
		t.Fatal(got)
	}
}

package wait

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const childEnv = "SHMBUF_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := echo(3); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func mapWords(fd int) ([]byte, error) {
	return unix.Mmap(fd, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

func wordAt(mem []byte, offset int) *uint32 { return (*uint32)(unsafe.Pointer(&mem[offset])) }

// twoMappings are two views of one object, at two addresses.
func twoMappings(t *testing.T) (fd int, a, b []byte) {
	t.Helper()
	fd, err := unix.MemfdCreate("wait-test", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Ftruncate(fd, 4096); err != nil {
		t.Fatal(err)
	}
	for _, mem := range []*[]byte{&a, &b} {
		if *mem, err = mapWords(fd); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		_ = unix.Munmap(a)
		_ = unix.Munmap(b)
		_ = unix.Close(fd)
	})
	return fd, a, b
}

const (
	rounds  = 200
	patient = 20 * time.Second // sleeps that last this long were not woken
)

// await sleeps until *word is no longer old. It fails where only the timeout,
// and not Wake, would have ended a sleep.
func await(word *uint32, old uint32) (uint32, error) {
	start := time.Now()
	for {
		// Pairs with the store before Wake in turn.
		if now := atomic.LoadUint32(word); now != old {
			if time.Since(start) >= patient {
				return 0, fmt.Errorf("%d came, but nobody woke the sleeper", now)
			}
			return now, nil
		}
		if time.Since(start) >= patient {
			return 0, fmt.Errorf("still %d after %v", old, patient)
		}
		Sleep(word, old, patient)
	}
}

func turn(word *uint32, value uint32) {
	atomic.StoreUint32(word, value) // pairs with the load in await
	Wake(word)
}

// echo is the other side: it answers every change of word 0 at word 64.
func echo(fd int) error {
	mem, err := mapWords(fd)
	if err != nil {
		return err
	}
	for last := uint32(0); last < rounds; {
		if last, err = await(wordAt(mem, 0), last); err != nil {
			return err
		}
		turn(wordAt(mem, 64), last)
	}
	return nil
}

func call(t *testing.T, mem []byte) {
	t.Helper()
	for i := uint32(1); i <= rounds; i++ {
		if i%20 == 0 {
			time.Sleep(2 * time.Millisecond) // so that the other side sleeps for sure
		}
		turn(wordAt(mem, 0), i)
		if got, err := await(wordAt(mem, 64), i-1); err != nil || got != i {
			t.Fatalf("round %d: %d, %v", i, got, err)
		}
	}
}

func TestWakeAcrossMappings(t *testing.T) {
	fd, a, _ := twoMappings(t)
	result := make(chan error, 1)
	go func() { result <- echo(fd) }()
	call(t, a)
	if err := <-result; err != nil {
		t.Fatal(err)
	}
}

func TestWakeAcrossProcesses(t *testing.T) {
	fd, a, _ := twoMappings(t)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shared, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(shared), "shared")
	defer func() { _ = file.Close() }()
	child := exec.Command(binary)
	child.Env = append(os.Environ(), childEnv+"=echo")
	child.ExtraFiles = []*os.File{file}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() })
	call(t, a)
	if lines := bufio.NewScanner(out); lines.Scan() {
		t.Error(lines.Text())
	}
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestWakeWakesAll(t *testing.T) {
	_, a, b := twoMappings(t)
	const sleepers = 8
	results := make(chan error, sleepers)
	for i := range sleepers {
		mem := a
		if i%2 == 1 {
			mem = b
		}
		go func() {
			_, err := await(wordAt(mem, 128), 0)
			results <- err
		}()
	}
	time.Sleep(20 * time.Millisecond)
	turn(wordAt(a, 128), 1)
	for range sleepers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

// A word whose page was truncated away must give neither a crash nor a busy loop.
func TestSleepOnTruncated(t *testing.T) {
	fd, a, _ := twoMappings(t)
	if err := unix.Ftruncate(fd, 0); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	Sleep(wordAt(a, 0), 0, patient)
	Wake(wordAt(a, 0))
	if took := time.Since(start); took < longestPoll || took > patient/2 {
		t.Errorf("back after %v, want about %v", took, longestPoll)
	}
}

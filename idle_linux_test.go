//go:build linux && !shmbuf_flock

package shmbuf

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// deep is long enough for a wait to have begun its watch.
const deep = 300 * time.Millisecond

var switchesLine = regexp.MustCompile(`(?m)^(?:non)?voluntary_ctxt_switches:\s+(\d+)$`)

// switches counts how often the threads of a process have been taken off the CPU.
func switches(t *testing.T, pid int) (n int) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(tasks) == 0 {
		t.Fatalf("process %d has no threads: %v", pid, err)
	}
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended
		}
		for _, m := range switchesLine.FindAllStringSubmatch(string(text), -1) {
			k, _ := strconv.Atoi(m[1])
			n += k
		}
	}
	return n
}

func TestIdleConsumerDoesNotWakeUp(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, nil)
	lines, _ := spawn(t, "waiter", name)
	write(t, p, "first")
	if !lines.Scan() {
		t.Fatal("the child did not start")
	}
	pid, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatal(err)
	}
	// The runtime of a young process still has things to do: what counts is that a
	// quiet second comes.
	const allowed, seconds = 1, 8
	for i := 1; ; i++ {
		time.Sleep(deep)
		before := switches(t, pid)
		time.Sleep(time.Second)
		n := switches(t, pid) - before
		if n <= allowed {
			break
		}
		if i == seconds {
			t.Fatalf("%d context switches in a second of waiting", n)
		}
	}
	write(t, p, "second")
	if !lines.Scan() || lines.Text() != "second" {
		t.Errorf("got %q after the idle time", lines.Text())
	}
}

// waitDeep runs a blocking read and lets it sleep for a while.
func waitDeep(t *testing.T, c *Consumer) chan error {
	t.Helper()
	end := make(chan error, 1)
	go func() { _, err := c.Read(context.Background(), make([]byte, 100)); end <- err }()
	time.Sleep(deep)
	return end
}

func within(t *testing.T, limit time.Duration, end chan error) error {
	t.Helper()
	begin := time.Now()
	select {
	case err := <-end:
		if took := time.Since(begin); took > limit {
			t.Errorf("noticed after %v", took)
		}
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("not noticed in 10 s")
		return nil
	}
}

func TestDeepSleepSeesDeath(t *testing.T) {
	name := channelName(t)
	lines, kill := spawn(t, "idle", name)
	if !lines.Scan() {
		t.Fatal("the child did not start")
	}
	end := waitDeep(t, mustOpen(t, name))
	kill()
	wants(t, within(t, time.Second, end), ErrPeerDied, name)
}

func TestDeepSleepSeesTruncation(t *testing.T) {
	name := channelName(t)
	mustCreate(t, name, &Options{Capacity: 65536})
	end := waitDeep(t, mustOpen(t, name))
	if err := os.Truncate(object(t, name), 65536); err != nil {
		t.Fatal(err)
	}
	wants(t, within(t, time.Second, end), ErrSegmentLost, name)
}

func TestDeepSleepSeesRemoval(t *testing.T) {
	name := channelName(t)
	lines, kill := spawn(t, "idle", name)
	if !lines.Scan() {
		t.Fatal("the child did not start")
	}
	c, err := Open(name, &ConsumerOptions{AwaitPeer: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // the test is over
	end := waitDeep(t, c)
	kill()
	time.Sleep(deep)
	if err := os.Remove(object(t, name)); err != nil {
		t.Fatal(err)
	}
	wants(t, within(t, time.Second, end), ErrRetired, name)
}

func TestDeepSleepEndsWithClose(t *testing.T) {
	name := channelName(t)
	mustCreate(t, name, nil)
	c := mustOpen(t, name)
	end := waitDeep(t, c)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	wants(t, within(t, time.Second, end), os.ErrClosed, name)
}

// Handles of one object share what the kernel watches: the end of one must not end
// the watch of the others.
func TestManyHandlesWatch(t *testing.T) {
	var ends []chan error
	var kills []func()
	for i := range 8 {
		name := fmt.Sprintf("%s.%d", channelName(t), i)
		t.Cleanup(func() { _ = ForceRemove(name) })
		lines, kill := spawn(t, "idle", name)
		if !lines.Scan() {
			t.Fatal("the child did not start")
		}
		kills = append(kills, kill)
		c := mustOpen(t, name)
		if i%2 == 1 {
			end := waitDeep(t, c)
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			wants(t, within(t, time.Second, end), os.ErrClosed, name)
			c = mustOpen(t, name)
		}
		ends = append(ends, waitDeep(t, c))
	}
	for i, kill := range kills {
		kill()
		wants(t, within(t, time.Second, ends[i]), ErrPeerDied)
	}
}

// A context that ends while the call is on its way into an unbounded sleep must not
// be missed.
func TestDeepSleepEndsWithContext(t *testing.T) {
	name := channelName(t)
	mustCreate(t, name, nil)
	c := mustOpen(t, name)
	for i := range 400 {
		ctx, cancel := context.WithCancel(context.Background())
		end := make(chan error, 1)
		go func() { _, err := c.Read(ctx, make([]byte, 100)); end <- err }()
		if i == 0 {
			time.Sleep(deep) // from now on sleeps have no bound
		} else {
			time.Sleep(time.Duration(i%100) * time.Microsecond)
		}
		cancel()
		wants(t, within(t, time.Second, end), context.Canceled, name)
	}
}

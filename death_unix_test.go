//go:build unix

package shmbuf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// TestMain lets tests run this binary again as a peer that can be killed.
func TestMain(m *testing.M) {
	if role := os.Getenv("SHMBUF_TEST_ROLE"); role != "" {
		if err := child(role, os.Getenv("SHMBUF_TEST_CHANNEL")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is the peer: it says on stdout how far it has come and goes on until it is
// killed.
func child(role, name string) error {
	ctx := context.Background()
	switch role {
	case "producer":
		p, err := Create(name, &Options{Capacity: 4096, AwaitPeer: true})
		if err != nil {
			return err
		}
		for i := 0; ; i++ {
			if err := p.Write(ctx, pattern(i, 500)); err != nil {
				return err
			}
			if i == 100 {
				fmt.Println("ready")
			}
		}
	case "consumer":
		c, err := Open(name, nil)
		if err != nil {
			return err
		}
		for i := 0; ; i++ {
			rec, err := c.Peek(ctx)
			if err != nil {
				return err
			}
			if err := c.Release(); err != nil {
				return err
			}
			fmt.Println(rec.Seq)
		}
	case "waiter":
		c, err := Open(name, nil)
		if err != nil {
			return err
		}
		buf := make([]byte, 100)
		for i := 0; ; i++ {
			n, err := c.Read(ctx, buf)
			if err != nil {
				return err
			}
			if i == 0 {
				fmt.Println(os.Getpid())
			} else {
				fmt.Println(string(buf[:n]))
			}
		}
	case "idle":
		p, err := Create(name, nil)
		if err != nil {
			return err
		}
		if _, err := p.Reserve(ctx, 100); err != nil { // uncommitted when it dies
			return err
		}
		fmt.Println("ready")
		time.Sleep(time.Hour) // select {} would be a deadlock to the runtime
	}
	return fmt.Errorf("role %q is not known", role)
}

// spawn starts a child; kill ends it with SIGKILL and waits for that.
func spawn(t *testing.T, role, name string) (lines *bufio.Scanner, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SHMBUF_TEST_ROLE="+role, "SHMBUF_TEST_CHANNEL="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := false
	kill = func() {
		if !done {
			done = true
			_ = cmd.Process.Kill()
			_, _ = cmd.Process.Wait() // cmd.Wait would close the pipe with lines unread
		}
	}
	t.Cleanup(kill)
	return bufio.NewScanner(out), kill
}

func TestProducerKilled(t *testing.T) {
	name := channelName(t)
	lines, kill := spawn(t, "producer", name)
	c, err := OpenWait(soon(t), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // the test is over
	seq := 0
	next := func() error {
		rec, err := c.Peek(soon(t))
		if err != nil {
			return err
		}
		if rec.Seq != uint64(seq) || string(rec.Payload) != string(pattern(seq, 500)) {
			t.Fatalf("record %d: sequence %d, %d bytes", seq, rec.Seq, len(rec.Payload))
		}
		seq++
		return c.Release()
	}
	ready := make(chan bool, 1)
	go func() { ready <- lines.Scan() }()
	for seq < 200 {
		if err := next(); err != nil {
			t.Fatal(err)
		}
	}
	<-ready
	kill()
	begin := time.Now()
	for err = nil; err == nil; {
		err = next()
	}
	wants(t, err, ErrPeerDied, name, "successor")
	if took := time.Since(begin); took > time.Second {
		t.Errorf("the death was seen after %v", took)
	}
	// A successor goes on with the next sequence number.
	p := mustCreate(t, name, &Options{Capacity: 4096})
	if err := p.TryWrite(pattern(seq, 500)); err != nil {
		t.Fatal(err)
	}
	if err := next(); err != nil {
		t.Fatal(err)
	}
}

func TestProducerKilledInsideReserve(t *testing.T) {
	name := channelName(t)
	lines, kill := spawn(t, "idle", name)
	if !lines.Scan() {
		t.Fatal("the child did not start")
	}
	_, err := Create(name, nil)
	wants(t, err, ErrBusy)
	kill()
	p := mustCreate(t, name, nil)
	c := mustOpen(t, name)
	write(t, p, "first")
	expect(t, c, "first")
}

func TestConsumerKilled(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Capacity: 4096})
	lines, kill := spawn(t, "consumer", name)
	ctx := soon(t)
	for i := range 500 {
		if err := p.Write(ctx, pattern(i, 500)); err != nil {
			t.Fatal(err)
		}
	}
	last := -1
	for lines.Scan() {
		if last, _ = strconv.Atoi(lines.Text()); last >= 450 {
			break
		}
	}
	kill()
	for lines.Scan() {
		last, _ = strconv.Atoi(lines.Text())
	}
	// Fill the ring: with nobody left, a blocked write says so.
	i := 500
	var err error
	for ; err == nil; i++ {
		err = p.Write(ctx, pattern(i, 500))
	}
	wants(t, err, ErrPeerDied, name)
	// It had released what it said, and perhaps one more.
	c := mustOpen(t, name)
	rec, err := c.Peek(ctx)
	if err != nil || int(rec.Seq) < last+1 || int(rec.Seq) > last+2 {
		t.Fatalf("resumed at %d, %v; the last consumer said %d", rec.Seq, err, last)
	}
	if string(rec.Payload) != string(pattern(int(rec.Seq), 500)) {
		t.Error("the payload is another record's")
	}
}

func TestAwaitPeer(t *testing.T) {
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
	kill()
	short, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if _, err := c.Peek(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v while waiting for a successor", err)
	}
	got := make(chan error, 1)
	go func() { _, err := c.Read(soon(t), make([]byte, 10)); got <- err }()
	time.Sleep(60 * time.Millisecond)
	write(t, mustCreate(t, name, nil), "successor")
	if err := <-got; err != nil && !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

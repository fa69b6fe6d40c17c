package shmbuf

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestErrorTable compares the sentinels with spec/errors.json.
func TestErrorTable(t *testing.T) {
	text, err := os.ReadFile("spec/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Conditions []struct {
			Name   string
			Go     string
			GoAlso string `json:"go_also"`
		}
	}
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	known := map[string]error{
		"ErrWouldBlock": ErrWouldBlock, "io.EOF": io.EOF, "os.ErrClosed": os.ErrClosed, "ErrTooLarge": ErrTooLarge,
		"ErrBusy": ErrBusy, "ErrPeerDied": ErrPeerDied, "ErrRetired": ErrRetired, "ErrNotChannel": ErrNotChannel,
		"ErrVersion": ErrVersion, "ErrDamaged": ErrDamaged, "fs.ErrExist": fs.ErrExist, "fs.ErrNotExist": fs.ErrNotExist,
		"io.ErrShortBuffer": io.ErrShortBuffer, "context.DeadlineExceeded": context.DeadlineExceeded,
		"ErrNoSpace": ErrNoSpace, "fs.ErrPermission": fs.ErrPermission, "ErrSegmentLost": ErrSegmentLost,
		"ErrInvalid": ErrInvalid, "context.Canceled": context.Canceled, "fs.ErrClosed": fs.ErrClosed,
		"syscall.ENOSPC": syscall.ENOSPC, "fs.ErrInvalid": fs.ErrInvalid,
	}
	for _, c := range table.Conditions {
		if c.Name == "system" {
			continue
		}
		sentinel := known[c.Go]
		if sentinel == nil {
			t.Errorf("%s: %q is not a sentinel of this package", c.Name, c.Go)
			continue
		}
		if c.GoAlso != "" && !errors.Is(sentinel, known[c.GoAlso]) {
			t.Errorf("%s: %v is not also %s", c.Name, sentinel, c.GoAlso)
		}
	}
}

// wants checks a condition and that the message tells a person what to know.
func wants(t *testing.T, err, condition error, words ...string) {
	t.Helper()
	if !errors.Is(err, condition) {
		t.Errorf("got %v, want %v", err, condition)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestBadNames(t *testing.T) {
	for name, word := range map[string]string{
		"": "empty", "/camera": "/", "a/b": "/", "..": ".", ".hidden": ".", "-x": "-", "a b": " ", "a\x00b": "byte 1",
		"ü": "byte 0", strings.Repeat("x", 201): "201", "a\\b": "byte 1",
	} {
		_, err := Create(name, nil)
		wants(t, err, ErrInvalid, word, "200")
		_, err = Open(name, nil)
		wants(t, err, ErrInvalid, word)
		_, err = Inspect(name)
		wants(t, err, ErrInvalid, word)
		wants(t, Remove(name), ErrInvalid, word)
	}
}

func TestBadOptions(t *testing.T) {
	name := channelName(t)
	for _, tc := range []struct {
		o     Options
		words []string
	}{
		{Options{Capacity: 4095}, []string{"4095", "4096"}},
		{Options{Capacity: 5000}, []string{"5000", "4096", "8192"}},
		{Options{Capacity: 1 << 41}, []string{"2199023255552"}},
		{Options{Capacity: 4096, RecordSize: 8}, []string{"4096", "record count"}},
		{Options{RecordCount: 8}, []string{"8"}},
		{Options{RecordSize: 8, RecordCount: 3}, []string{"3", "2", "4"}},
		{Options{RecordSize: 8, RecordCount: 1}, []string{"1"}},
		{Options{RecordSize: 1 << 40, RecordCount: 2}, []string{"1099511627776"}},
		{Options{RecordSize: 6, Alignment: 4}, []string{"6", "4"}},
		{Options{RecordSize: 8, Times: true}, []string{"times"}},
		{Options{Alignment: 4}, []string{"4", "8"}},
		{Options{Alignment: 48}, []string{"48", "32", "64"}},
		{Options{Alignment: 8192}, []string{"8192", "4096"}},
		{Options{Slots: 1025}, []string{"1025", "1024"}},
		{Options{ContentType: strings.Repeat("x", 3841)}, []string{"3841", "3840"}},
		{Options{ContentType: "\xff"}, []string{"UTF-8"}},
		{Options{StartPosition: 4}, []string{"4", "8"}},
		{Options{Mode: 0o1777}, []string{"mode"}},
		{Options{Layout: 7}, []string{"7"}},
		{Options{Layout: Classic, Capacity: 15}, []string{"15", "16"}},
		{Options{Layout: Classic, Capacity: 1<<31 + 1}, []string{"2147483649", "2147483648"}},
		{Options{Layout: Classic, RecordSize: 8}, []string{"8"}},
		{Options{Layout: Classic, Alignment: 8}, []string{"8"}},
		{Options{Layout: Classic, Slots: 2}, []string{"2"}},
		{Options{Layout: Classic, ContentType: "x"}, []string{"native"}},
		{Options{Layout: Classic, StartPosition: 1 << 32}, []string{"4294967296"}},
	} {
		p, err := Create(name, &tc.o)
		if err == nil {
			_ = p.Close()
			t.Errorf("%+v was accepted", tc.o)
			continue
		}
		wants(t, err, ErrInvalid, append(tc.words, name)...)
	}
	mustCreate(t, name, nil)
	_, err := Open(name, &ConsumerOptions{Slot: 1})
	wants(t, err, ErrInvalid, "slot 1", name)
}

func TestConditions(t *testing.T) {
	name := channelName(t)
	_, err := Open(name, nil)
	wants(t, err, fs.ErrNotExist, name, "producer")
	_, err = Inspect(name)
	wants(t, err, fs.ErrNotExist, name)
	wants(t, Remove(name), fs.ErrNotExist, name)

	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = OpenWait(short, name, nil)
	wants(t, err, context.DeadlineExceeded, name)

	p := mustCreate(t, name, &Options{Capacity: 4096})
	_, err = Create(name, &Options{Capacity: 4096})
	wants(t, err, ErrBusy, name, "pid")
	_, err = Create(name, &Options{Exclusive: true})
	wants(t, err, fs.ErrExist, name)
	_, err = Create(name, &Options{Layout: Classic})
	wants(t, err, ErrNotChannel, name, "native")
	wants(t, Remove(name), ErrBusy, name, "--force")

	c := mustOpen(t, name)
	_, err = Open(name, nil)
	wants(t, err, ErrBusy, name, "slot 0", "pid")

	wants(t, p.TryWrite(make([]byte, 4081)), ErrTooLarge, name, "4081", "4080", "8192")
	_, err = p.Reserve(context.Background(), 4081)
	wants(t, err, ErrTooLarge, name, "4081")
	_, err = p.TryReserve(-1)
	wants(t, err, ErrInvalid, name, "-1")
	wants(t, p.CommitKind(0, 1), ErrInvalid, name, "Reserve")
	wants(t, p.TryWriteKind(0xFFFF, nil), ErrInvalid, name, "0xffff")
	_, err = p.TryWriteRun(make([]byte, 8))
	wants(t, err, ErrInvalid, name, "RecordSize")
	wants(t, c.Release(), ErrInvalid, name, "Peek")

	if err := p.TryWrite(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	n, err := c.TryRead(make([]byte, 99))
	wants(t, err, io.ErrShortBuffer, name, "100", "99")
	if n != 100 {
		t.Errorf("a short read says that %d bytes are needed", n)
	}
	if _, err := c.TryPeek(); err != nil {
		t.Fatalf("the record is gone after a short read: %v", err)
	}
	_, err = c.TryPeek()
	wants(t, err, ErrInvalid, name, "Release")
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	short, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = c.Peek(short)
	wants(t, err, context.DeadlineExceeded, name)
	stopped, stop := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, stop)
	_, err = c.Peek(stopped)
	wants(t, err, context.Canceled, name)

	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = c.TryPeek()
	wants(t, err, os.ErrClosed, name)
	wants(t, c.Close(), os.ErrClosed, name)
}

// object is the file behind a channel, for tests that write to it.
func object(t *testing.T, name string) string {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/shm")
	}
	return filepath.Join("/dev/shm", name)
}

func TestForeignObjects(t *testing.T) {
	native := "\x89SHMBUF\n"
	for what, tc := range map[string]struct {
		content   string
		condition error
		words     []string
	}{
		"text":      {"hello, world, this is not a channel", ErrNotChannel, []string{"35 bytes"}},
		"empty":     {"", ErrNotChannel, []string{"initialised"}},
		"short":     {"abc", ErrNotChannel, nil},
		"zeros":     {strings.Repeat("\x00", 100), ErrNotChannel, nil},
		"version 9": {native + "\x09\x00\x00\x00\x00\x00\x01\x00", ErrVersion, []string{"9"}},
		"magic":     {native + "\x01\x00\x00\x00\x00\x00\x01\x00" + strings.Repeat("\x00", 8192), ErrDamaged, []string{"checksum"}},
		"tiny":      {native + "\x01\x00\x00\x00\x00\x00\x01\x00", ErrDamaged, []string{"16 bytes"}},
	} {
		t.Run(what, func(t *testing.T) {
			name := channelName(t)
			file := object(t, name)
			if err := os.WriteFile(file, []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(name, nil)
			wants(t, err, tc.condition, append(tc.words, name)...)
			_, err = Inspect(name)
			wants(t, err, tc.condition, name)
			_, err = Create(name, nil)
			wants(t, err, tc.condition, name)
			if left, err := os.ReadFile(file); err != nil || string(left) != tc.content {
				t.Errorf("the object was touched: %q, %v", left, err)
			}
		})
	}
	t.Run("directory", func(t *testing.T) {
		name := channelName(t)
		if err := os.Mkdir(object(t, name), 0o700); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(object(t, name)) //nolint:errcheck // checked by the next line
		_, err := Open(name, nil)
		wants(t, err, ErrNotChannel, name)
		_, err = Create(name, nil)
		wants(t, err, ErrNotChannel, name)
	})
	t.Run("link", func(t *testing.T) {
		name := channelName(t)
		if err := os.Symlink("/etc/passwd", object(t, name)); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(object(t, name)) //nolint:errcheck // the test's own link
		_, err := Open(name, nil)
		wants(t, err, ErrNotChannel, name)
	})
}

func TestNoSpace(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("a 32-bit process cannot map what does not fit")
	}
	name := channelName(t)
	_, err := Create(name, &Options{Capacity: 1 << 40})
	wants(t, err, ErrNoSpace, name, "1099511693312")
	wants(t, err, syscall.ENOSPC)
	if _, err := os.Stat(object(t, name)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was left: %v", err)
	}
}

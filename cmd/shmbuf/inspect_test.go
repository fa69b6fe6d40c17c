package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf"
)

func records(t *testing.T, name string) uint64 {
	t.Helper()
	info, err := shmbuf.Inspect(name)
	if err != nil {
		return 0
	}
	return info.Records
}

func infoJSON(t *testing.T, name string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(succeeded(t, execute(t, "", "info", name, "--json"))), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The JSON has the documented fields, and those of the library.
func TestInfoJSON(t *testing.T) {
	name := channel(t)
	p := start(t, "pub", name, "--capacity", "64KiB", "--content-type", `text/plain, "ü" <&>`, "--times", "--keep", "--alignment", "64", "--mode", "0640")
	p.send("a\nb\nc\n")
	eventually(t, "the records", func() bool { return records(t, name) == 3 })
	succeeded(t, execute(t, "", "sub", name, "--count", "1"))
	v := infoJSON(t, name)
	want := map[string]any{
		"name": name, "layout": "native", "version": 1.0, "format": "variable", "capacity": 65536.0, "record_size": 0.0,
		"record_count": 0.0, "max_record": 65512.0, "alignment": 64.0, "slots": 1.0, "content_type": `text/plain, "ü" <&>`,
		"times": true, "keep": true, "mode": "0640", "records": 3.0, "position": 192.0,
	}
	for key, value := range want {
		if v[key] != value {
			t.Errorf("%s is %v, want %v", key, v[key], value)
		}
	}
	producer := v["producer"].(map[string]any)
	if producer["state"] != "active" || producer["alive"] != true || producer["pid"] != float64(p.cmd.Process.Pid) || producer["epoch"] != 1.0 || producer["language"] != "go" {
		t.Errorf("producer %v", producer)
	}
	for _, at := range []any{v["created"], producer["attached"]} {
		if when, err := time.Parse(time.RFC3339, fmt.Sprint(at)); err != nil || time.Since(when) > time.Hour {
			t.Errorf("time %v: %v", at, err)
		}
	}
	consumer := v["consumers"].([]any)[0].(map[string]any)
	if consumer["state"] != "detached" || consumer["alive"] != false || consumer["lag_records"] != 2.0 || consumer["lag_bytes"] != 128.0 || consumer["policy"] != "lossless" {
		t.Errorf("consumer %v", consumer)
	}
	compareKeys(t, v, reflect.TypeFor[shmbuf.Info]())
	compareKeys(t, producer, reflect.TypeFor[shmbuf.PeerInfo]())
	compareKeys(t, consumer, reflect.TypeFor[shmbuf.ConsumerInfo]())
	for key := range v {
		if !strings.Contains(schemaHelp, key) {
			t.Errorf("the help does not name %s", key)
		}
	}
	p.in.Close()
	succeeded(t, p.wait())
}

// compareKeys demands that the JSON has exactly the fields of the library.
func compareKeys(t *testing.T, v map[string]any, typ reflect.Type) {
	t.Helper()
	var keys []string
	for _, f := range reflect.VisibleFields(typ) {
		if tag := f.Tag.Get("json"); tag != "" {
			keys = append(keys, strings.Split(tag, ",")[0])
		}
	}
	for _, key := range keys {
		if _, ok := v[key]; !ok {
			t.Errorf("%s: the JSON has no %s", typ, key)
		}
	}
	for key := range v {
		if !slices.Contains(keys, key) {
			t.Errorf("%s: the library has no %s", typ, key)
		}
	}
}

func TestInfoJSONClassic(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "abcd\n", "pub", name, "--layout", "classic", "--capacity", "4KiB"))
	v := infoJSON(t, name)
	for key, value := range map[string]any{
		"layout": "classic", "version": 0.0, "capacity": 4096.0, "max_record": 4092.0, "segment_size": 4112.0,
		"used": 8.0, "fill": 8.0 / 4096, "created": nil, "position": 8.0,
	} {
		if v[key] != value {
			t.Errorf("%s is %v, want %v", key, v[key], value)
		}
	}
}

func TestInfoText(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "a\n", "pub", name, "--content-type", "text\x1b[31m"))
	out := succeeded(t, execute(t, "", "info", name))
	for _, want := range []string{name, "native, version 1", "up to 1048560 bytes", "text�[31m", "1MiB", "mode 0600", "closed", "none yet", "1 records behind"} {
		if !strings.Contains(out, want) {
			t.Errorf("info does not say %q:\n%s", want, out)
		}
	}
	succeeded(t, execute(t, "", "sub", name))
	failed(t, execute(t, "", "info", name), 1, name, "no such channel", "shmbuf ls")
}

func TestLs(t *testing.T) {
	first, second := channel(t), channel(t)
	p := start(t, "pub", second, "--content-type", "video/x-raw")
	p.send("a\n")
	succeeded(t, execute(t, "a\n", "pub", first, "--layout", "classic"))
	eventually(t, "the record", func() bool { return records(t, second) == 1 })
	out := succeeded(t, execute(t, "", "ls"))
	lines := strings.Split(out, "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, first+" ") })
	if !strings.HasPrefix(lines[0], "NAME ") || at < 1 {
		t.Fatalf("ls prints\n%s", out)
	}
	if !strings.Contains(lines[at], " classic ") || !strings.Contains(lines[at], "not known") {
		t.Errorf("classic: %s", lines[at])
	}
	next := lines[at+1] // sorted by name
	for _, want := range []string{second + " ", " native ", " 1MiB ", fmt.Sprintf(" %d active ", p.cmd.Process.Pid), " none yet ", " video/x-raw"} {
		if !strings.Contains(next, want) {
			t.Errorf("native: %q does not contain %q", next, want)
		}
	}
	if strings.Index(lines[0], "LAYOUT") != strings.Index(next, "native") {
		t.Errorf("the columns are not aligned:\n%s", out)
	}
	var views []channelView
	if err := json.Unmarshal([]byte(succeeded(t, execute(t, "", "ls", "--json"))), &views); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, v := range views {
		if v.Name == first || v.Name == second {
			names = append(names, v.Name)
		}
	}
	if !slices.Equal(names, []string{first, second}) {
		t.Errorf("ls --json lists %v of %v", names, []string{first, second})
	}
	p.signal(os.Kill)
	p.wait()
	if out := succeeded(t, execute(t, "", "ls")); !strings.Contains(out, fmt.Sprintf(" %d died ", p.cmd.Process.Pid)) {
		t.Errorf("ls does not say that the producer died:\n%s", out)
	}
}

// privately runs a shell command with a shared memory of its own, of so many bytes.
func privately(t *testing.T, size, command string) outcome {
	t.Helper()
	script := "mount -t tmpfs -o size=" + size + " none /dev/shm && " + command
	if out, err := exec.Command("unshare", "-m", "sh", "-c", "mount -t tmpfs none /dev/shm").CombinedOutput(); err != nil {
		t.Skipf("no private mounts here: %v: %s", err, out)
	}
	p := &process{t: t, cmd: exec.Command("unshare", "-m", "sh", "-c", script), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.launch()
	return p.wait()
}

func TestLsEmpty(t *testing.T) {
	failed(t, privately(t, "1m", program+" ls"), 0, "no channels")
	same(t, "JSON", succeeded(t, privately(t, "1m", program+" ls --json")), "[]\n")
	// Objects that are not channels are left out.
	failed(t, privately(t, "1m", "echo something long enough > /dev/shm/junk; "+program+" ls"), 0, "no channels")
}

func TestNoSpace(t *testing.T) {
	failed(t, privately(t, "2m", "echo a | "+program+" pub big --capacity 64MiB"), 1, "big", "67", "/dev/shm")
	failed(t, privately(t, "2m", "echo a | "+program+" pub big --layout classic --capacity 64MiB"), 1, "big", "/dev/shm")
	same(t, "a channel that fits", succeeded(t, privately(t, "2m", "echo a | "+program+" pub small && "+program+" sub small")), "a\n")
}

func TestRm(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		t.Run(layout, func(t *testing.T) {
			name := channel(t)
			failed(t, execute(t, "", "rm", name), 1, name, "no such channel")
			failed(t, execute(t, "", "rm", name, "--force"), 1, name, "no such channel")
			p := start(t, "pub", name, "--layout", layout)
			eventually(t, "the channel", func() bool { return exists(t, name) })
			failed(t, execute(t, "", "rm", name), 1, name, "--force")
			if !exists(t, name) {
				t.Fatal("a busy channel was removed")
			}
			succeeded(t, execute(t, "", "rm", name, "--force"))
			if exists(t, name) {
				t.Error("--force did not remove it")
			}
			p.in.Close()
			succeeded(t, p.wait())
			succeeded(t, execute(t, "a\n", "pub", name, "--layout", layout))
			succeeded(t, execute(t, "", "rm", name))
			if exists(t, name) {
				t.Error("rm did not remove it")
			}
		})
	}
}

// What is not a channel is refused by name, and only removed by force.
func TestNotAChannel(t *testing.T) {
	if _, err := os.Stat("/dev/shm"); err != nil {
		t.Skip("objects are not files in /dev/shm here")
	}
	name := channel(t)
	path := "/dev/shm/" + name
	if err := os.WriteFile(path, []byte("this is somebody else's object, not a channel"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"info", name}, {"pub", name}, {"pub", name, "--layout", "classic"}, {"sub", name}, {"rm", name}} {
		failed(t, execute(t, "x\n", args...), 1, name, "not")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the object was touched: %v", err)
	}
	succeeded(t, execute(t, "", "rm", name, "--force"))
	if _, err := os.Stat(path); err == nil {
		t.Error("the object is still there")
	}
}

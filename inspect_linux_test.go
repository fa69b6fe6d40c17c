package shmbuf

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

func TestInspectNative(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{Capacity: 8192, ContentType: "text/plain", Times: true, Keep: true, Mode: 0o640})
	look := func() *Info {
		t.Helper()
		info, err := Inspect(name)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	info := look()
	if info.Layout != "native" || info.Version != 1 || info.Format != "variable" || info.Capacity != 8192 || info.MaxRecord != 8192-24 ||
		info.ContentType != "text/plain" || !info.Times || !info.Keep || info.Mode != 0o640 || info.Slots != 1 || info.SegmentSize <= 8192 {
		t.Errorf("%+v", info)
	}
	if pr := info.Producer; pr.State != "active" || !pr.Alive || pr.PID != uint32(os.Getpid()) || pr.Epoch != 1 || pr.Language != "go" {
		t.Errorf("producer %+v", pr)
	}
	if co := info.Consumers[0]; co.State != "joined" || co.Alive || co.Policy != "lossless" {
		t.Errorf("consumer %+v", co)
	}
	c := mustOpen(t, name)
	write(t, p, "one", "two", "three")
	expect(t, c, "one")
	info = look()
	// 24 bytes of header and the payload, rounded up to 8: 32 for each record.
	if co := info.Consumers[0]; co.State != "attached" || !co.Alive || co.LagRecords != 2 || co.LagBytes != 64 || co.Position != 32 {
		t.Errorf("consumer %+v", co)
	}
	if info.Records != 3 || info.Position != 96 || info.Used != 96 || info.Fill != 96.0/8192 {
		t.Errorf("%+v", info)
	}
	text, err := json.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil || fields["max_record"] != 8168.0 {
		t.Errorf("%s, %v", text, err)
	}
	_ = p.Close()
	_ = c.Close()
	info = look()
	if info.Producer.State != "closed" || info.Producer.Alive || info.Consumers[0].State != "detached" {
		t.Errorf("%+v", info)
	}
	if err := Remove(name); err != nil {
		t.Error(err)
	}
	gone(t, name)
}

func TestInspectFixedAndClassic(t *testing.T) {
	name := channelName(t)
	p := mustCreate(t, name, &Options{RecordSize: 100, RecordCount: 4})
	write(t, p, string(make([]byte, 100)))
	info, err := Inspect(name)
	if err != nil || info.Format != "fixed" || info.RecordSize != 100 || info.RecordCount != 4 || info.Capacity != 400 || info.Alignment != 4 ||
		info.Records != 1 || info.Fill != 0.25 || info.Consumers[0].LagBytes != 100 || info.Consumers[0].LagRecords != 1 {
		t.Errorf("%+v, %v", info, err)
	}
	name = channelName(t)
	p = mustCreate(t, name, &Options{Layout: Classic, Capacity: 64})
	write(t, p, "twelve bytes")
	info, err = Inspect(name)
	if err != nil || info.Layout != "classic" || info.Capacity != 64 || info.MaxRecord != 60 || info.Used != 16 || !info.Producer.Alive {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestList(t *testing.T) {
	var names []string
	for range 3 {
		name := channelName(t)
		mustCreate(t, name, &Options{Capacity: 4096})
		names = append(names, name)
	}
	foreign := channelName(t)
	if err := os.WriteFile(object(t, foreign), []byte("not a channel at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	infos, err := List()
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, info := range infos {
		listed = append(listed, info.Name)
	}
	if !slices.IsSorted(listed) {
		t.Errorf("not sorted: %q", listed)
	}
	for _, name := range names {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is missing in %q", name, listed)
		}
	}
	if slices.Contains(listed, foreign) {
		t.Errorf("%s is no channel", foreign)
	}
}

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shmbuf/shmbuf"
)

// What goes into pub comes out of sub, byte for byte, whichever side starts first.
func TestRoundTrip(t *testing.T) {
	lines := randomLines(1, 100_000, 0, 60)
	raw, framed := randomMessages(2, 20_000, 0, 3000)
	frames := randomBytes(3, 6*1920*1080*3)
	tests := []struct {
		name          string
		pub, sub      []string
		input, output string
	}{
		{"100k lines", []string{"--capacity", "64KiB"}, nil, lines, lines},
		{"lines with options", []string{"--times", "--alignment", "64", "--mode", "0660", "--content-type", "text/plain"}, nil, lines, lines},
		{"last line without newline", nil, nil, "a\n\nb", "a\n\nb\n"},
		{"one empty line", nil, nil, "\n", "\n"},
		{"nothing", nil, nil, "", ""},
		{"messages", []string{"--framing", "length", "--capacity", "64KiB"}, []string{"--framing", "length"}, framed, framed},
		{"messages to raw", []string{"--framing", "length"}, []string{"--framing", "raw"}, framed, raw},
		{"an empty message", []string{"--framing", "length"}, []string{"--framing", "length"}, "\x00\x00\x00\x00", "\x00\x00\x00\x00"},
		{"lines to messages", nil, []string{"--framing", "length"}, "ab\n\n", "\x02\x00\x00\x00ab\x00\x00\x00\x00"},
		{"single bytes", []string{"--framing", "fixed:1"}, []string{"--framing", "raw"}, raw[:100_000], raw[:100_000]},
		{"odd chunks", []string{"--framing", "fixed:1001", "--capacity", "4KiB"}, []string{"--framing", "raw"}, raw[:1001*5000], raw[:1001*5000]},
		{"one chunk", []string{"--framing", "fixed:64KiB"}, []string{"--framing", "length"}, frames[:65536], "\x00\x00\x01\x00" + frames[:65536]},
		{"frames", []string{"--framing", "fixed:6220800"}, []string{"--framing", "raw"}, frames, frames},
		{"the longest line", []string{"--capacity", "4KiB"}, nil, strings.Repeat("x", 4080) + "\n", strings.Repeat("x", 4080) + "\n"},
		{"the longest message", []string{"--capacity", "4KiB", "--framing", "length"}, []string{"--framing", "raw"}, string(message([]byte(frames[:4080]))), frames[:4080]},
		{"the longest chunk", []string{"--capacity", "4KiB", "--times", "--framing", "fixed:4072"}, []string{"--framing", "raw"}, frames[:4072*9], frames[:4072*9]},
	}
	for _, test := range tests {
		for _, order := range []string{"pub first", "sub first"} {
			t.Run(test.name+", "+order, func(t *testing.T) {
				t.Parallel()
				name := channel(t)
				pub := append([]string{"pub", name}, test.pub...)
				sub := append([]string{"sub", name, "--wait", "30s"}, test.sub...)
				var producer, consumer *process
				if order == "pub first" {
					producer = start(t, pub...)
					eventually(t, "the channel", func() bool { return exists(t, name) })
					consumer = start(t, sub...)
				} else {
					consumer = start(t, sub...)
					producer = start(t, pub...)
				}
				producer.send(test.input)
				producer.in.Close()
				if out := succeeded(t, producer.wait()); out != "" {
					t.Errorf("pub wrote to standard output: %q", out)
				}
				same(t, "output", succeeded(t, consumer.wait()), test.output)
				if exists(t, name) {
					t.Error("the channel was not removed")
				}
			})
		}
	}
}

// Pub does not wait for a consumer: what it sent stays.
func TestPubLeavesRecordsBehind(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "a\nb\n", "pub", name))
	if !exists(t, name) {
		t.Fatal("the channel has gone before anybody read it")
	}
	// A second producer with the same options goes on in the same channel.
	succeeded(t, execute(t, "c\n", "pub", name))
	same(t, "output", succeeded(t, execute(t, "", "sub", name)), "a\nb\nc\n")
	if exists(t, name) {
		t.Error("the channel was not removed")
	}
}

// A channel of other options is replaced, and what is lost with it is said.
func TestPubSaysWhatItReplaces(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "a\nb\n", "pub", name))
	o := execute(t, "c\n", "pub", name, "--capacity", "8KiB")
	failed(t, o, 0, name, "note", "2 unread records")
	same(t, "output", succeeded(t, execute(t, "", "sub", name)), "c\n")
}

func TestKeep(t *testing.T) {
	for _, who := range []string{"pub", "sub"} {
		t.Run(who, func(t *testing.T) {
			name := channel(t)
			args := map[string][]string{"pub": {"pub", name}, "sub": {"sub", name}}
			args[who] = append(args[who], "--keep")
			succeeded(t, execute(t, "a\n", args["pub"]...))
			same(t, "output", succeeded(t, execute(t, "", args["sub"]...)), "a\n")
			if !exists(t, name) {
				t.Fatal("the channel has gone")
			}
			same(t, "second output", succeeded(t, execute(t, "", append(args["sub"], "--wait", "0")...)), "")
			succeeded(t, execute(t, "b\n", args["pub"]...))
			same(t, "third output", succeeded(t, execute(t, "", args["sub"]...)), "b\n")
			succeeded(t, execute(t, "", "rm", name))
		})
	}
}

// The options of pub are those of the channel.
func TestPubOptions(t *testing.T) {
	tests := []struct {
		args  []string
		check func(i *shmbuf.Info) bool
	}{
		{nil, func(i *shmbuf.Info) bool {
			return i.Layout == "native" && i.Format == "variable" && i.Capacity == 1<<20 && i.Mode == 0o600 && i.Alignment == 8 && !i.Times && !i.Keep && i.ContentType == ""
		}},
		{[]string{"--capacity", "64KiB"}, func(i *shmbuf.Info) bool { return i.Capacity == 64<<10 }},
		{[]string{"--capacity", "4096"}, func(i *shmbuf.Info) bool { return i.Capacity == 4096 }},
		{[]string{"--mode", "0640"}, func(i *shmbuf.Info) bool { return i.Mode == 0o640 }},
		{[]string{"--times"}, func(i *shmbuf.Info) bool { return i.Times }},
		{[]string{"--keep"}, func(i *shmbuf.Info) bool { return i.Keep }},
		{[]string{"--alignment", "4KiB"}, func(i *shmbuf.Info) bool { return i.Alignment == 4096 }},
		{[]string{"--content-type", "Bilder, größer"}, func(i *shmbuf.Info) bool { return i.ContentType == "Bilder, größer" }},
		{[]string{"--framing", "fixed:100"}, func(i *shmbuf.Info) bool { return i.Capacity == 1<<20 && i.Format == "variable" }},
		{[]string{"--framing", "fixed:131056"}, func(i *shmbuf.Info) bool { return i.Capacity == 1<<20 }},
		{[]string{"--framing", "fixed:131057"}, func(i *shmbuf.Info) bool { return i.Capacity == 2<<20 }},
		{[]string{"--framing", "fixed:131056", "--times"}, func(i *shmbuf.Info) bool { return i.Capacity == 2<<20 }},
		{[]string{"--framing", "fixed:6MB", "--alignment", "64"}, func(i *shmbuf.Info) bool { return i.Capacity == 64<<20 }},
		{[]string{"--layout", "classic"}, func(i *shmbuf.Info) bool { return i.Layout == "classic" && i.Capacity == 1<<20 }},
		{[]string{"--layout", "classic", "--keep", "--capacity", "16"}, func(i *shmbuf.Info) bool { return i.Capacity == 16 }},
		{[]string{"--layout", "classic", "--framing", "fixed:1MiB"}, func(i *shmbuf.Info) bool { return i.Capacity == 16<<20 }},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.args), func(t *testing.T) {
			name := channel(t)
			succeeded(t, execute(t, "", append([]string{"pub", name}, test.args...)...))
			info, err := shmbuf.Inspect(name)
			if err != nil {
				t.Fatal(err)
			}
			if !test.check(info) {
				t.Errorf("the channel is %+v", *info)
			}
		})
	}
}

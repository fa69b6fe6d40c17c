package job

import (
	"testing"
	"time"
)

// A job survives its way over a command line.
func TestArgs(t *testing.T) {
	j := Job{
		Case: Stream, Role: Receive, Mode: Run, Name: "a.b", Size: 64, Batch: 256, Chunk: 4096, Every: 1,
		Ring: 4 << 20, Warm: 1000, Time: 200 * time.Millisecond, Think: 300 * time.Microsecond,
	}
	if got, err := Parse(j.Args()); err != nil || got != j {
		t.Errorf("%+v comes back as %+v (%v)", j, got, err)
	}
	for _, bad := range [][]string{nil, {Stream}, {Stream, Send, "colour=1"}, {Stream, Send, "size=x"}, {Stream, Send, "size=-1"}, {Stream, Send, "size"}} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

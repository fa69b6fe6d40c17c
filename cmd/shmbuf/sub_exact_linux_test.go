package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// When the pipe closes in the middle of a batch, exactly the lines it had taken as
// a whole are given back.
func TestSubClosedPipeExactly(t *testing.T) {
	for _, layout := range []string{"native", "classic"} {
		t.Run(layout, func(t *testing.T) {
			name := channel(t)
			const count = 20_000
			var lines strings.Builder
			for i := range count {
				fmt.Fprintf(&lines, "line %05d\n", i)
			}
			succeeded(t, execute(t, lines.String(), "pub", name, "--layout", layout))
			s := subInto(t, name)
			fd := int(s.reader.Fd())
			taken, since := 0, time.Now()
			eventually(t, "a full pipe", func() bool {
				n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
				if err != nil {
					t.Fatal(err)
				}
				if n != taken {
					taken, since = n, time.Now()
				}
				return n > 0 && time.Since(since) > 200*time.Millisecond
			})
			s.reader.Close()
			if o := s.wait(); o.status != 0 || o.err != "" {
				t.Errorf("status %d, standard error %q", o.status, o.err)
			}
			same(t, "what stayed", restOf(t, name, layout), lines.String()[taken/11*11:])
		})
	}
}

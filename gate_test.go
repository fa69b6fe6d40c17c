package shmbuf

import "testing"

// A blocking call that finds records at hand publishes no gate (section 3.7) and
// does not spin: only an empty ring makes it.
func TestBlockingReadsLeaveTheGate(t *testing.T) {
	for name, o := range map[string]Options{
		"variable": {}, "with times": {Times: true}, "fixed": {RecordSize: 64, RecordCount: 256},
	} {
		t.Run(name, func(t *testing.T) {
			channel := channelName(t)
			p, c := mustCreate(t, channel, &o), mustOpen(t, channel)
			msg, buf := make([]byte, 64), make([]byte, 64)
			for range 2 {
				check(t, p.Write(soon(t), msg))
			}
			gate := c.slot.Gate.Load()
			for i := range 12 {
				if i%2 == 0 {
					_, err := c.Read(soon(t), buf)
					check(t, err)
				} else {
					_, err := c.Peek(soon(t))
					check(t, err)
					check(t, c.Release())
				}
				if got := c.slot.Gate.Load(); got != gate {
					t.Errorf("read %d with more at hand moved the gate from %d to %d", i, gate, got)
				}
				check(t, p.Write(soon(t), msg))
			}
			if c.slot.Cursor.Load() == gate {
				t.Error("the cursor has not moved")
			}
		})
	}
}

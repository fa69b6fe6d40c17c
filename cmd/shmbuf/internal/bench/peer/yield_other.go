//go:build !linux

package peer

import "time"

// yield lets another process have this processor: perhaps it is the other side.
func yield() { time.Sleep(time.Microsecond) }

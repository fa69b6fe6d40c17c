package work

import "time"

// Patience is how long one side waits for the other to appear.
const Patience = 10 * time.Second

// Retry calls f until it succeeds or patience ends.
func Retry(f func() error) error {
	for begin := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		if err := f(); err == nil || time.Since(begin) > Patience {
			return err
		}
	}
}

//go:build !linux

package peer

import "errors"

var errNoFutex = errors.New("this system has no futex")

func (s *side) futexPing() error { return errNoFutex }
func (s *side) futexPong() error { return errNoFutex }

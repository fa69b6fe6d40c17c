//go:build !linux

package bench

import "errors"

// usageOf: other systems say too little about the threads of a process.
func usageOf(int) (usage, error) { return usage{}, errors.ErrUnsupported }

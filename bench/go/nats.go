//go:build nats

package main

import "github.com/shmbuf/shmbuf/bench/go/internal/nats"

// NATS gets a program of its own (bench-nats, built with the tag nats): its server
// package looks at the process once a second from the moment it is linked in, which
// would count as wake-ups of whoever idles.
func init() { systems["nats"] = system{nats.Version, nats.Run} }

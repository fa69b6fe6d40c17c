// Bench-go is the benchmark's worker for shmbuf and its peers in Go: it does one
// role of one case of one system, and says on standard output what it measured,
// as one line of JSON. The driver of `make bench` starts it.
//
//	bench-go SYSTEM CASE ROLE key=value…
//	bench-go SYSTEM version
//
// Exit status: 0 done, 1 failed, 2 not supported.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/shmbuf/shmbuf/bench/go/internal/channel"
	"github.com/shmbuf/shmbuf/bench/go/internal/native"
	"github.com/shmbuf/shmbuf/bench/go/internal/pipe"
	"github.com/shmbuf/shmbuf/bench/go/internal/shmipc"
	"github.com/shmbuf/shmbuf/bench/go/internal/unixsock"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// system is one contestant.
type system struct {
	version func() string
	run     func(*work.Args) (any, error)
}

var systems = map[string]system{
	"channel": {channel.Version, channel.Run},
	"shmipc":  {shmipc.Version, shmipc.Run},
	"shmbuf":  {native.Version, native.Run},
	"pipe":    {pipe.Version, pipe.Run},
	"unix":    {unixsock.Version, unixsock.Run},
}

func run(argv []string) error {
	if len(argv) > 0 {
		if _, ok := systems[argv[0]]; !ok {
			return work.Unsupported("system %q", argv[0])
		}
	}
	if len(argv) == 2 && argv[1] == "version" {
		return work.Print(map[string]string{"version": systems[argv[0]].version()})
	}
	args, err := work.Parse(argv)
	if err != nil {
		return err
	}
	work.CleanOnSignal()
	result, err := systems[args.System].run(args)
	switch {
	case err != nil:
		work.Clean()
		return err
	case result == nil:
		return nil
	}
	return work.Print(result)
}

func main() {
	err := run(os.Args[1:])
	switch {
	case errors.Is(err, work.ErrUnsupported):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench-go:", err)
		os.Exit(1)
	}
}

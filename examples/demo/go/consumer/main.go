// Consumer of the demo in Go: hashes every frame where it lies in the ring, and
// reports what it saw as one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/frame"
)

type report struct {
	Frames  int                `json:"frames"`
	CRC     []uint32           `json:"crc"`
	Latency []int64            `json:"latency"` // nanoseconds from the stamp to the view
	Seconds float64            `json:"seconds"` // from the first view to the last
	Spent   map[string]float64 `json:"spent"`   // seconds
}

func main() {
	channel := flag.String("channel", "", "channel to read")
	flag.Parse()
	if err := run(*channel); err != nil {
		fmt.Fprintln(os.Stderr, "go consumer:", err)
		os.Exit(1)
	}
}

func run(channel string) error {
	starting, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := shmbuf.OpenWait(starting, channel, nil)
	if err != nil {
		return err
	}
	defer c.Close()

	seen := report{CRC: []uint32{}, Latency: []int64{}, Spent: map[string]float64{}}
	var first int64
	for {
		before := frame.Now()
		f, err := frame.Peek(context.Background(), c)
		now := frame.Now()
		if errors.Is(err, io.EOF) {
			return json.NewEncoder(os.Stdout).Encode(seen)
		}
		if err != nil {
			return err
		}
		if f.Number != uint64(seen.Frames) {
			return fmt.Errorf("channel %q: frame %d arrived where %d was due", channel, f.Number, seen.Frames)
		}
		if seen.Frames == 0 {
			first = now
		}
		seen.Seconds = float64(now-first) / 1e9
		seen.Latency = append(seen.Latency, now-f.Timestamp)
		seen.CRC = append(seen.CRC, crc32.ChecksumIEEE(f.Pixels))
		if err := c.Release(); err != nil {
			return err
		}
		seen.Frames++
		seen.Spent["waiting for frames"] += float64(now-before) / 1e9
		seen.Spent["hashing"] += float64(frame.Now()-now) / 1e9
	}
}

// Producer of the demo in Go: reads raw bgr24 frames from standard input straight
// into the ring of its first channel, copies them to the others, and reports what
// it sent as one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/frame"
)

type report struct {
	Frames int                `json:"frames"`
	CRC    []uint32           `json:"crc"`
	Spent  map[string]float64 `json:"spent"` // seconds
}

func main() {
	channels := flag.String("channels", "", "channels to create, separated by commas")
	width := flag.Uint("width", 1920, "pixels")
	height := flag.Uint("height", 1080, "pixels")
	rate := flag.String("rate", "30/1", "frames per second, as a fraction")
	capacity := flag.Uint64("capacity", 1<<24, "bytes of each ring")
	flag.Parse()
	if err := run(strings.Split(*channels, ","), uint32(*width), uint32(*height), *rate, *capacity); err != nil {
		fmt.Fprintln(os.Stderr, "go producer:", err)
		os.Exit(1)
	}
}

func run(channels []string, width, height uint32, rate string, capacity uint64) error {
	caps := fmt.Sprintf("video/x-raw,format=BGR,width=%d,height=%d,framerate=%s", width, height, rate)
	header, _, err := frame.ParseCaps(caps)
	if err != nil {
		return err
	}
	outputs := make([]*shmbuf.Producer, len(channels))
	for i, name := range channels {
		outputs[i], err = shmbuf.Create(name, &shmbuf.Options{
			Capacity: capacity, Alignment: 64, ContentType: caps, Exclusive: true,
			Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		})
		if err != nil {
			return err
		}
		defer outputs[i].Close()
	}

	sent := report{CRC: []uint32{}, Spent: map[string]float64{}}
	frames := make([]frame.Reservation, len(outputs))
	for {
		more, err := sendFrame(outputs, frames, header, &sent)
		if err != nil {
			return err
		}
		if !more {
			return json.NewEncoder(os.Stdout).Encode(sent)
		}
	}
}

// sendFrame moves one frame from standard input to every channel; it returns false
// at the end of the input.
func sendFrame(outputs []*shmbuf.Producer, frames []frame.Reservation, header frame.Header, sent *report) (bool, error) {
	clock := time.Now()
	lap := func(what string) {
		now := time.Now()
		sent.Spent[what] += now.Sub(clock).Seconds()
		clock = now
	}
	for i, p := range outputs {
		r, err := frame.Reserve(context.Background(), p, header)
		if err != nil {
			return false, err
		}
		frames[i] = r
		defer frames[i].Abort()
	}
	lap("waiting for consumers")
	n, err := io.ReadFull(os.Stdin, frames[0].Pixels)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("input ends inside frame %d, after %d of %d bytes: %w", sent.Frames, n, len(frames[0].Pixels), err)
	}
	lap("waiting for the decoder")
	sent.CRC = append(sent.CRC, crc32.ChecksumIEEE(frames[0].Pixels))
	lap("hashing")
	for i := 1; i < len(frames); i++ {
		copy(frames[i].Pixels, frames[0].Pixels)
	}
	lap("copying")
	for i := range frames {
		frames[i].Stamp(frame.Now(), uint64(sent.Frames))
		if err := frames[i].Commit(); err != nil {
			return false, err
		}
	}
	sent.Frames++
	lap("publishing")
	return true, nil
}

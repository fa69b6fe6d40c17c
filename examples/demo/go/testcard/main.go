// Writes moving test cards as raw bgr24 frames to standard output: what the demo
// shows where there is no ffmpeg.
package main

import (
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"syscall"
	"time"

	"github.com/shmbuf/shmbuf/frame"
	"github.com/shmbuf/shmbuf/frame/testcard"
)

func main() {
	width := flag.Uint("width", 1920, "pixels")
	height := flag.Uint("height", 1080, "pixels")
	frames := flag.Uint64("frames", 300, "number of frames")
	pace := flag.Uint("pace", 0, "frames per second; 0 is as fast as it goes")
	sums := flag.Bool("crc", false, "write the CRC-32 of each frame, one per line, instead of the frames")
	flag.Parse()
	if err := run(uint32(*width), uint32(*height), *frames, *pace, *sums); err != nil {
		if errors.Is(err, syscall.EPIPE) {
			os.Exit(0) // the reader has seen enough
		}
		fmt.Fprintln(os.Stderr, "testcard:", err)
		os.Exit(1)
	}
}

func run(width, height uint32, frames uint64, pace uint, sums bool) error {
	card, err := testcard.New(frame.BGR24, width, height)
	if err != nil {
		return err
	}
	pixels := make([]byte, card.Header().PixelBytes())
	start := time.Now()
	for n := range frames {
		card.Draw(pixels, n)
		if sums {
			fmt.Printf("%08x\n", crc32.ChecksumIEEE(pixels))
			continue
		}
		if pace > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(n) * time.Second / time.Duration(pace))))
		}
		if _, err := os.Stdout.Write(pixels); err != nil {
			return err
		}
	}
	return nil
}

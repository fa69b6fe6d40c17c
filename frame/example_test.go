package frame_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/shmbuf/shmbuf"
	"github.com/shmbuf/shmbuf/frame"
)

// A camera fills a frame in the ring, a viewer looks at it there. (Usually these
// are two programs.)
func Example() {
	ctx := context.Background()
	header, err := frame.NewHeader(frame.BGR24, 640, 480)
	if err != nil {
		log.Fatal(err)
	}
	caps, err := frame.Caps(header, frame.Rate{Num: 30, Den: 1})
	if err != nil {
		log.Fatal(err)
	}
	name := fmt.Sprintf("example-camera-%d", os.Getpid())
	p, err := shmbuf.Create(name, &shmbuf.Options{Capacity: 1 << 22, Alignment: 64, ContentType: caps})
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	c, err := shmbuf.Open(name, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	r, err := frame.Reserve(ctx, p, header)
	if err != nil {
		log.Fatal(err)
	}
	for i := range r.Pixels {
		r.Pixels[i] = 127 // what a camera driver would do
	}
	r.Stamp(frame.Now(), 1)
	if err := r.Commit(); err != nil {
		log.Fatal(err)
	}

	f, err := frame.Peek(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.ContentType())
	fmt.Printf("frame %d: %d×%d %v, first byte %d\n", f.Number, f.Width, f.Height, f.Format, f.Pixels[0])
	if err := c.Release(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// video/x-raw,format=BGR,width=640,height=480,framerate=30/1
	// frame 1: 640×480 bgr24, first byte 127
}

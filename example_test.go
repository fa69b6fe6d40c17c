package shmbuf_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/shmbuf/shmbuf"
)

// Two lines to send, two to receive.
func Example() {
	ctx := context.Background()

	p, _ := shmbuf.Create("example", nil)
	_ = p.Write(ctx, []byte("hello"))
	_ = p.Close()

	c, _ := shmbuf.Open("example", nil)
	for rec, err := range c.Records(ctx) {
		fmt.Println(rec.Seq, string(rec.Payload), err)
	}
	_ = c.Close() // the channel is drained and closed: its name is removed
	// Output: 0 hello <nil>
}

// A record is filled and read where it lies, without copying.
func ExampleProducer_Reserve() {
	ctx := context.Background()
	p, _ := shmbuf.Create("example.reserve", &shmbuf.Options{Alignment: 64})
	c, _ := shmbuf.Open("example.reserve", nil)
	defer c.Close() //nolint:errcheck // example
	defer p.Close() //nolint:errcheck // example

	view, _ := p.Reserve(ctx, 1<<16)
	defer p.Abort() // does nothing after Commit
	n := copy(view, "filled in place")
	_ = p.Commit(n)

	rec, _ := c.Peek(ctx)
	fmt.Println(string(rec.Payload))
	_ = c.Release() // rec.Payload must not be used any more
	// Output: filled in place
}

// Values of a fixed size travel in runs: one slice, in place, for all that wait.
func ExampleTypedConsumer_Peek() {
	type point struct{ X, Y float64 }
	ctx := context.Background()
	p, _ := shmbuf.CreateTyped[point]("example.points", nil)
	c, _ := shmbuf.OpenTyped[point]("example.points", nil)
	defer c.Close() //nolint:errcheck // example
	defer p.Close() //nolint:errcheck // example

	_, _ = p.WriteRun(ctx, []point{{1, 2}, {3, 4}, {5, 6}})
	points, _ := c.Peek(ctx, 1000)
	fmt.Println(points)
	_ = c.Release()
	// Output: [{1 2} {3 4} {5 6}]
}

// A channel can carry a byte stream.
func ExampleNewWriter() {
	ctx := context.Background()
	p, _ := shmbuf.Create("example.stream", nil)
	_, _ = io.Copy(shmbuf.NewWriter(ctx, p), strings.NewReader("a stream of bytes"))
	_ = p.Close()

	c, _ := shmbuf.Open("example.stream", nil)
	text, _ := io.ReadAll(shmbuf.NewReader(ctx, c))
	_ = c.Close()
	fmt.Printf("%s\n", text)
	// Output: a stream of bytes
}

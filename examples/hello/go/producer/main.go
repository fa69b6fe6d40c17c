// Sends three greetings. Run: go run ./examples/hello/go/producer
// and, before or after, one of the consumers in examples/hello.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/shmbuf/shmbuf"
)

func main() {
	p, err := shmbuf.Create("hello", nil)
	if err != nil {
		log.Fatal(err)
	}
	for i := range 3 {
		if err := p.Write(context.Background(), fmt.Appendf(nil, "hello %d from Go", i)); err != nil {
			log.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		log.Fatal(err)
	}
}

// Prints greetings until the producer has closed. Run: go run ./examples/hello/go/consumer
// and, before or after, one of the producers in examples/hello.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/shmbuf/shmbuf"
)

func main() {
	c, err := shmbuf.OpenWait(context.Background(), "hello", nil) // waits for the producer
	if err != nil {
		log.Fatal(err)
	}
	for record, err := range c.Records(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(record.Payload))
	}
	if err := c.Close(); err != nil {
		log.Fatal(err)
	}
}

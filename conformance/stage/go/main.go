// Stage sends or receives 64-byte records with Write and Read: the Go side of
// the stage benchmark (../stage.py).
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/shmbuf/shmbuf"
)

const record = 64

func produce(ctx context.Context, name string, count uint64) error {
	p, err := shmbuf.Create(name, nil)
	if err != nil {
		return err
	}
	b := make([]byte, record)
	for i := range count {
		binary.LittleEndian.PutUint64(b, i)
		if err := p.Write(ctx, b); err != nil {
			return err
		}
	}
	return p.Close()
}

func consume(ctx context.Context, name string, count uint64) error {
	c, err := shmbuf.OpenWait(ctx, name, nil)
	if err != nil {
		return err
	}
	var start time.Time
	b := make([]byte, record)
	for i := range count {
		n, err := c.Read(ctx, b)
		if err != nil {
			return err
		}
		if i == 0 {
			start = time.Now()
		}
		if n != record || binary.LittleEndian.Uint64(b) != i {
			return fmt.Errorf("record %d differs", i)
		}
	}
	fmt.Printf("%.9f\n", time.Since(start).Seconds())
	return c.Close()
}

func run() error {
	if len(os.Args) != 4 {
		return fmt.Errorf("usage: stage produce|consume NAME COUNT")
	}
	count, err := strconv.ParseUint(os.Args[3], 10, 64)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if os.Args[1] == "produce" {
		return produce(ctx, os.Args[2], count)
	}
	return consume(ctx, os.Args[2], count)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "stage:", err)
		os.Exit(1)
	}
}

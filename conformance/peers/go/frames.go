package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/shmbuf/shmbuf/frame"
)

// frames sends or checks bgr24 frames. Frame i shows the picture of the file
// rotated by 7·i bytes, has number i and timestamp 1000·i.
func frames(f *flags, r *report) error {
	var width, height uint32
	if _, err := fmt.Sscanf(f.frame, "%dx%d", &width, &height); err != nil {
		return err
	}
	picture, err := os.ReadFile(f.payloadFile)
	if err != nil {
		return err
	}
	h, err := frame.NewHeader(frame.BGR24, width, height)
	if err != nil {
		return err
	}
	if uint64(len(picture)) != h.PixelBytes() {
		return fmt.Errorf("%s has %d bytes, a frame %d", f.payloadFile, len(picture), h.PixelBytes())
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if f.role == "produce" {
		return sendFrames(ctx, f, r, h, picture)
	}
	return takeFrames(ctx, f, r, h, picture)
}

func sendFrames(ctx context.Context, f *flags, r *report, h frame.Header, picture []byte) error {
	text, err := frame.Caps(h, frame.Rate{Num: 30, Den: 1})
	if err != nil {
		return err
	}
	p, err := create(f, text)
	if err != nil {
		return err
	}
	for ; r.Next < f.from+f.count; r.Next++ {
		cut := int(7 * r.Next % uint64(len(picture)))
		out, err := frame.Reserve(ctx, p, h)
		if err != nil {
			return err
		}
		copy(out.Pixels[copy(out.Pixels, picture[cut:]):], picture[:cut])
		out.Stamp(int64(1000*r.Next), r.Next)
		if err := out.Commit(); err != nil {
			return err
		}
		r.Records, r.Bytes = r.Records+1, r.Bytes+uint64(len(picture))
	}
	return p.Close()
}

func takeFrames(ctx context.Context, f *flags, r *report, h frame.Header, picture []byte) error {
	c, err := open(f)
	if err != nil {
		return err
	}
	for ; r.Next < f.from+f.count; r.Next++ {
		got, err := frame.Peek(ctx, c)
		if err != nil {
			return err
		}
		want := h
		want.Timestamp, want.Number = int64(1000*r.Next), r.Next
		if got.Header != want {
			return fmt.Errorf("header %+v, want %+v", got.Header, want)
		}
		cut := int(7 * r.Next % uint64(len(picture)))
		rest := len(picture) - cut
		if !bytes.Equal(got.Pixels[:rest], picture[cut:]) || !bytes.Equal(got.Pixels[rest:], picture[:cut]) {
			return fmt.Errorf("pixels of frame %d differ", r.Next)
		}
		if err := c.Release(); err != nil {
			return err
		}
		r.Records, r.Bytes = r.Records+1, r.Bytes+uint64(len(picture))
	}
	if _, err := c.Peek(ctx); !errors.Is(err, io.EOF) {
		return fmt.Errorf("after the last frame: got %v, want the end of the stream", err)
	}
	return c.Close()
}

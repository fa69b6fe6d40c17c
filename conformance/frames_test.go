//go:build linux

package conformance

import (
	"fmt"
	"image"
	_ "image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// Frames of a real photograph, pixel for pixel.
func TestFrames(t *testing.T) {
	path := os.Getenv("SHMBUF_PHOTO")
	if path == "" {
		path = "../../shared/data/photo-1080p.jpg"
	}
	pixels, size := decode(t, path)
	raw := filepath.Join(t.TempDir(), "photo.bgr")
	if err := os.WriteFile(raw, pixels, 0o600); err != nil {
		t.Fatal(err)
	}
	both := append(args("--capacity 16777216 --alignment 64 --count 8"),
		"--frame", fmt.Sprintf("%dx%d", size.X, size.Y), "--payload-file", raw)
	eachPair(t, func(t *testing.T, producer, consumer string) {
		if _, got := pair(t, producer, consumer, both); got.Records != 8 {
			t.Errorf("received %+v, want 8 frames", got)
		}
	})
}

// decode reads a picture as rows of blue, green, red.
func decode(t *testing.T, path string) ([]byte, image.Point) {
	t.Helper()
	f, err := os.Open(path)
	if os.IsNotExist(err) && os.Getenv("SHMBUF_PHOTO") == "" {
		t.Skipf("no photograph: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	pixels := make([]byte, 0, 3*b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, _ := img.At(x, y).RGBA()
			pixels = append(pixels, byte(blue>>8), byte(green>>8), byte(red>>8))
		}
	}
	return pixels, b.Size()
}

//go:build unix

package input

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"
)

// A Read that blocks ends with its context, and the file stays usable.
func TestStdinInterrupted(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	s, err := NewStdin(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 8)
	if _, err := w.WriteString("ab"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Read(buf); n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	done := make(chan error)
	go func() {
		_, err := s.Read(buf)
		done <- err
	}()
	select {
	case err := <-done:
		t.Fatalf("Read did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, ErrInterrupted) {
			t.Errorf("%v, want %v", err, ErrInterrupted)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Read does not end with its context")
	}
	// What is written now is not taken by the ended reader.
	if _, err := w.WriteString("cd"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(buf); !errors.Is(err, ErrInterrupted) {
		t.Errorf("%v, want %v", err, ErrInterrupted)
	}
	if n, err := r.Read(buf); n != 2 || err != nil {
		t.Errorf("the pipe gives %d, %v", n, err)
	}
}

func TestStdinEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := NewStdin(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	if n, err := s.Read(make([]byte, 8)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d, %v, want the end", n, err)
	}
}

// A failing read says that standard input is meant.
func TestStdinFails(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	s, err := NewStdin(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	var failed *readError
	if _, err := s.Read(make([]byte, 8)); !errors.As(err, &failed) {
		t.Errorf("%v, want an error of standard input", err)
	}
}

package nats

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// file that says where the server of this name listens.
func file(name string) string { return filepath.Join(os.TempDir(), name+".nats") }

// serve starts the server inside this process, on a loopback port that is free.
func serve(name string, largest uint64) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT,
		MaxPayload: int32(max(largest, server.MAX_PAYLOAD_SIZE)),
		NoLog:      true, NoSigs: true, NoSystemAccount: true,
	})
	if err != nil {
		return nil, err
	}
	s.Start()
	if !s.ReadyForConnections(work.Patience) {
		return nil, errors.New("the server did not start")
	}
	return s, nil
}

// announce lets the other side find the server, once everything is subscribed.
func announce(name, url string) error {
	work.AtExit(func() { _ = os.Remove(file(name)) })
	part := file(name) + ".part"
	if err := os.WriteFile(part, []byte(url), 0o600); err != nil {
		return err
	}
	return os.Rename(part, file(name))
}

// find waits for the announcement.
func find(name string) (url string, err error) {
	err = work.Appear(func() error {
		content, err := os.ReadFile(file(name))
		url = string(content)
		return err
	})
	return url, err
}

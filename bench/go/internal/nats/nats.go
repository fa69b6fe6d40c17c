// Package nats measures NATS: a server on loopback, inside the consumer's (or
// pong's) process, and a client in each process.
package nats

import (
	"errors"
	"fmt"
	"os"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/shmbuf/shmbuf/bench/go/internal/link"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Version of server and client.
func Version() string { return fmt.Sprintf("server %s, client %s", server.VERSION, nats.Version) }

// Run does one role of one case.
func Run(a *work.Args) (any, error) { return link.Run(a, connect) }

// end is one client.
type end struct {
	flow
	conn     *nats.Conn
	to, from string         // subjects
	queue    chan *nats.Msg // what has come
}

func connect(a *work.Args, name string, active bool) (link.Link, error) {
	if active {
		url, err := find(name)
		if err != nil {
			return nil, err
		}
		return client(a, url, name+".there", name+".back")
	}
	s, err := serve(name, a.Size)
	if err != nil {
		return nil, err
	}
	e, err := client(a, s.ClientURL(), name+".back", name+".there")
	if err != nil {
		return nil, err
	}
	return &host{e, s, name}, announce(name, s.ClientURL())
}

// client connects and subscribes.
func client(a *work.Args, url, to, from string) (*end, error) {
	e := &end{flow: newFlow(a), to: to, from: from}
	e.queue = make(chan *nats.Msg, e.window()+1)
	var err error
	e.conn, err = nats.Connect(url, nats.NoReconnect(), nats.ClosedHandler(func(*nats.Conn) { close(e.gone) }))
	if err != nil {
		return nil, err
	}
	if _, err := e.conn.ChanSubscribe(from, e.queue); err != nil {
		return nil, err
	}
	if _, err := e.conn.Subscribe(credit(to), func(*nats.Msg) { e.credits <- struct{}{} }); err != nil {
		return nil, err
	}
	return e, e.conn.Flush() // then the server has the subscriptions
}

func credit(subject string) string { return subject + ".credit" }

// Send publishes; the client's own goroutine sends what has gathered.
func (e *end) Send(message []byte) error {
	if err := e.take(); err != nil {
		return err
	}
	return e.conn.Publish(e.to, message)
}

// Flush has nothing to do: nothing waits for more.
func (e *end) Flush() error { return nil }

// Receive returns the message in memory that the client has copied it to.
func (e *end) Receive([]byte) ([]byte, error) {
	select {
	case message := <-e.queue:
		return message.Data, e.taken(e.conn, credit(e.from))
	default:
	}
	select {
	case message := <-e.queue:
		return message.Data, e.taken(e.conn, credit(e.from))
	case <-e.gone:
		return nil, errGone
	}
}

// Close sends what is left.
func (e *end) Close() error {
	err := e.conn.Flush()
	e.conn.Close()
	return err
}

// host is the end with the server.
type host struct {
	*end
	server *server.Server
	name   string
}

// Close lets the other end leave first.
func (h *host) Close() error {
	if err := h.end.Close(); err != nil {
		return err
	}
	stays := errors.New("the other side does not leave the server")
	if err := work.Retry(func() error {
		if h.server.NumClients() > 0 {
			return stays
		}
		return nil
	}, func(error) bool { return true }); err != nil {
		return err
	}
	h.server.Shutdown()
	return os.Remove(file(h.name))
}

// Package unixsock measures Unix stream sockets of package net.
package unixsock

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/shmbuf/shmbuf/bench/go/internal/framed"
	"github.com/shmbuf/shmbuf/bench/go/internal/link"
	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// Version is that of the standard library.
func Version() string { return runtime.Version() }

// Run does one role of one case.
func Run(a *work.Args) (any, error) {
	if a.Case == "fanout" {
		return link.Fanout(a, connect)
	}
	return link.Run(a, connect)
}

func connect(a *work.Args, name string, active bool) (link.Link, error) {
	address := &net.UnixAddr{Net: "unix", Name: filepath.Join(os.TempDir(), name+".sock")}
	end := listen
	if active {
		end = dial
	}
	conn, err := end(address)
	if err != nil {
		return nil, err
	}
	// The kernel takes what is more than it allows as the most it allows.
	size := int(max(a.Ring, 1<<20))
	if err := conn.SetWriteBuffer(size); err != nil {
		return nil, err
	}
	return framed.New(conn, conn, conn.Close), conn.SetReadBuffer(size)
}

// listen waits for one connection; the socket's name is gone afterwards.
func listen(address *net.UnixAddr) (*net.UnixConn, error) {
	l, err := net.ListenUnix("unix", address)
	if err != nil {
		return nil, err
	}
	work.AtExit(func() { _ = l.Close() })
	defer l.Close()
	if err := l.SetDeadline(time.Now().Add(work.Patience)); err != nil {
		return nil, err
	}
	return l.AcceptUnix()
}

func dial(address *net.UnixAddr) (conn *net.UnixConn, err error) {
	err = work.Appear(func() error {
		conn, err = net.DialUnix("unix", nil, address)
		return err
	})
	return conn, err
}

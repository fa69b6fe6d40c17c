package shmipc

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/cloudwego/shmipc-go"

	"github.com/shmbuf/shmbuf/bench/go/internal/work"
)

// socket where the two sides meet.
func socket(name string) string { return filepath.Join(os.TempDir(), name+".shmipc.sock") }

// configure has one size of slices, which a whole flush fits, and shared memory
// that leaves nothing behind.
func configure(c *shmipc.Config, m memory) {
	c.MemMapType = shmipc.MemMapTypeMemFd
	c.InitializeTimeout = work.Patience
	c.LogOutput = os.Stderr
	c.ShareMemoryBufferCap = m.capacity
	c.BufferSliceSizes = []*shmipc.SizePercentPair{{Size: m.slice, Percent: 100}}
}

// dial is the active side: it has the memory made.
func dial(name string, m memory) (*shmipc.Stream, func() error, error) {
	c := shmipc.DefaultSessionManagerConfig()
	configure(c.Config, m)
	c.Network, c.Address = "unix", socket(name)
	var manager *shmipc.SessionManager
	err := work.Appear(func() (err error) {
		manager, err = shmipc.NewSessionManager(c)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	stream, err := manager.GetStream()
	return stream, manager.Close, err
}

// streams takes what the listener calls back with.
type streams chan *shmipc.Stream

func (s streams) OnNewStream(stream *shmipc.Stream) { s <- stream }
func (streams) OnShutdown(string)                   {}

// listen is the passive side: its stream appears with the first message.
func listen(name string, m memory) (*shmipc.Stream, func() error, error) {
	c := shmipc.NewDefaultListenerConfig(socket(name), "unix")
	configure(c.Config, m)
	came := make(streams, 1)
	listener, err := shmipc.NewListener(came, c)
	if err != nil {
		return nil, nil, err
	}
	work.AtExit(func() { _ = os.Remove(socket(name)) })
	go func() { _ = listener.Run() }()
	select {
	case stream := <-came:
		return stream, listener.Close, nil
	case <-time.After(work.Patience):
		return nil, nil, errors.New("the other side did not appear")
	}
}

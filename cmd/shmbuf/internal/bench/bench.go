// Package bench measures what channels do on this machine, between two processes
// of one or two languages.
//
// The virtual and real processors that processes get, and how far apart these are,
// change within seconds, and with them every figure. Therefore a calibration runs
// before and after each sample: two flags between two processes. It names the
// regime; a sample during which that changed is dropped and repeated, and figures
// of different regimes are never mixed.
package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/screen"
)

// Options of a benchmark.
type Options struct {
	Quick         bool
	Samples       int           // of each case in one regime; 0: 9, quick 3
	Time          time.Duration // of a sample; 0: 200 ms, quick 80 ms
	Size          uint64        // bytes of a record
	Send, Receive string        // languages of the two sides: Go, Python, CPP
	Python        string        // the program, empty: looked for
	CPPInclude    string        // directory of the headers, empty: looked for
	JSON          string        // file for every sample, empty: none
}

// Limits of Options.Size. A record starts with its number.
const (
	MinSize = 8
	MaxSize = 64 << 20
)

// CheckSize refuses a size of records that cannot be measured.
func CheckSize(size uint64) error {
	if size < MinSize {
		return fmt.Errorf("records of %d bytes; give %d B or more: every record carries its number in %d bytes", size, MinSize, MinSize)
	}
	if size > MaxSize {
		return fmt.Errorf("records of %d bytes; give at most %d (64MiB): the ring holds several of them", size, MaxSize)
	}
	return nil
}

// Run measures everything: progress on a terminal while it goes on, and tables on
// out at its end. It leaves no channel behind, and ends early when ctx does.
func Run(ctx context.Context, o Options, out io.Writer, terminal *os.File) error {
	if err := CheckSize(o.Size); err != nil {
		return err
	}
	file, err := newResultFile(o.JSON)
	if err != nil {
		return err
	}
	defer file.discard()
	s, err := newSuite(o)
	if err != nil {
		return err
	}
	defer s.close()
	bars := screen.NewBars(terminal)
	defer bars.Wait()
	if err := s.prepare(ctx, bars); err != nil {
		return err
	}
	s.report.Machine = describeMachine()
	if err := s.measure(ctx, bars); err != nil {
		return err
	}
	bars.Wait()
	s.report.summarize(s.cases)
	if err := file.write(&s.report); err != nil {
		return err
	}
	return s.report.print(out)
}

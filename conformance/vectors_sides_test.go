//go:build linux

package conformance

import (
	"fmt"
	"strings"

	"github.com/shmbuf/shmbuf"
)

// producing runs the producer's verbs.
func (r *runner) producing(s *step) bool {
	p := r.producer
	length, first := s.number("len"), s.number("fill")
	_, tagged := s.args["kind"]
	kind := uint16(s.number("kind"))
	switch s.verb {
	case "write":
		if tagged {
			answer(s, p.TryWriteKind(kind, pattern(length, first)))
		} else {
			answer(s, p.TryWrite(pattern(length, first)))
		}
	case "batch":
		var records [][]byte
		for k, text := range strings.Split(s.args["lens"], ",") {
			records = append(records, pattern(number(text), first+uint64(k)))
		}
		n, err := p.TryWriteBatch(records)
		answer(s, err)
		same("n", n, s.wanted("n"))
	case "reserve":
		b, err := p.TryReserve(int(length))
		answer(s, err)
		if err == nil {
			same("len", len(b), length)
			aligned(s, b)
			fill(b, first)
		}
	case "commit":
		if tagged {
			answer(s, p.CommitKind(kind, int(length)))
		} else {
			answer(s, p.Commit(int(length)))
		}
	case "abort":
		p.Abort()
	case "run":
		var run []byte
		for k := range s.number("count") {
			run = append(run, pattern(uint64(p.RecordSize()), first+k)...)
		}
		n, err := p.TryWriteRun(run)
		answer(s, err)
		same("n", n, s.wanted("n"))
	case "reserve_run":
		b, err := p.TryReserveRun(int(s.number("max")))
		answer(s, err)
		if err == nil {
			same("n", len(b)/p.RecordSize(), s.wanted("n"))
			aligned(s, b)
			for k := 0; k < len(b); k += p.RecordSize() {
				fill(b[k:k+p.RecordSize()], first+uint64(k/p.RecordSize()))
			}
		}
	case "commit_run":
		answer(s, p.CommitRun(int(s.number("count"))))
	default:
		return false
	}
	return true
}

// consuming runs the consumer's verbs.
func (r *runner) consuming(s *step) bool {
	c := r.consumer
	switch s.verb {
	case "read":
		size := uint64(1 << 20)
		if _, ok := s.args["cap"]; ok {
			size = s.number("cap")
		}
		dst := make([]byte, size)
		n, err := c.TryRead(dst)
		answer(s, err)
		if _, ok := s.want["need"]; ok {
			same("need", n, s.wanted("need"))
		}
		if err == nil {
			same("len", n, s.wanted("len"))
			checkFill(dst[:n], s.wanted("fill"))
		}
	case "peek":
		rec, err := c.TryPeek()
		answer(s, err)
		if err == nil {
			checkRecord(s, &rec)
		}
	case "peek_batch":
		recs := make([]shmbuf.Record, s.number("max"))
		n, err := c.TryPeekBatch(recs)
		answer(s, err)
		if err == nil {
			checkBatch(s, recs[:n])
		}
	case "peek_run":
		b, err := c.TryPeekRun(int(s.number("max")))
		answer(s, err)
		if err == nil {
			size := uint64(c.RecordSize())
			same("n", uint64(len(b))/size, s.wanted("n"))
			aligned(s, b)
			for k := range s.wanted("n") {
				checkFill(b[k*size:(k+1)*size], s.wanted("fill")+k)
			}
		}
	case "release":
		answer(s, c.Release())
	case "release_run":
		answer(s, c.ReleaseN(int(s.number("count"))))
	default:
		return false
	}
	return true
}

func checkRecord(s *step, rec *shmbuf.Record) {
	same("len", len(rec.Payload), s.wanted("len"))
	checkFill(rec.Payload, s.wanted("fill"))
	aligned(s, rec.Payload)
	if _, ok := s.want["seq"]; ok {
		same("seq", rec.Seq, s.wanted("seq"))
	}
	if _, ok := s.want["kind"]; ok {
		same("kind", rec.Kind, s.wanted("kind"))
	}
}

func checkBatch(s *step, recs []shmbuf.Record) {
	var lens []string
	for k := range recs {
		lens = append(lens, fmt.Sprint(len(recs[k].Payload)))
		checkFill(recs[k].Payload, s.wanted("fill")+uint64(k))
		if _, ok := s.want["seq"]; ok {
			same("seq", recs[k].Seq, s.wanted("seq")+uint64(k))
		}
	}
	same("lens", strings.Join(lens, ","), s.want["lens"])
}

package work

import (
	"testing"
	"time"
)

func TestCheckSeesWrongRecords(t *testing.T) {
	record := make([]byte, 16)
	Number(record, 7)
	if err := Check(record, 16, 7); err != nil {
		t.Error(err)
	}
	if Check(record, 16, 8) == nil || Check(record, 24, 7) == nil {
		t.Error("a wrong record passed")
	}
	run := make([]byte, 5*16)
	NumberRun(run, 16, 3)
	if n, err := CheckRun(run, 16, 3); n != 5 || err != nil {
		t.Error(n, err)
	}
	for what, wrong := range map[string]func() (uint64, error){
		"first":  func() (uint64, error) { return CheckRun(run, 16, 4) },
		"length": func() (uint64, error) { return CheckRun(run[:40], 16, 3) },
		"last":   func() (uint64, error) { Number(run[4*16:], 8); return CheckRun(run, 16, 3) },
	} {
		if _, err := wrong(); err == nil {
			t.Errorf("%s: a wrong run passed", what)
		}
	}
}

func TestPercentiles(t *testing.T) {
	s := NewSamples(1000)
	for n := int64(1000); n > 0; n-- {
		s.Add(n)
	}
	got, want := *s.Latency(), Latency{Rounds: 1000, P50: 500, P90: 900, P99: 990, P999: 999, Max: 1000, Mean: 500.5}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestLapsLeaveWarmRoundsOut(t *testing.T) {
	a := &Args{Warm: 2, Rounds: 3}
	l := NewLaps(a)
	for range a.Warm + a.Rounds + 1 {
		l.Sent()
		if l.round <= 2 {
			time.Sleep(20 * time.Millisecond)
		}
	}
	if got := l.Latency(); got.Rounds != 3 || got.Max > int64(10*time.Millisecond) {
		t.Errorf("%+v", got)
	}
}

func TestPaceDoesNotSlip(t *testing.T) {
	idle := 0
	p := NewPacer(1000, func() error { idle++; return nil })
	begin := time.Now()
	for n := range 21 {
		if n == 5 {
			time.Sleep(5 * time.Millisecond)
		}
		if err := p.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took < 20*time.Millisecond || idle == 0 || idle > 17 {
		t.Errorf("%v and %d sleeps for 21 messages, one a millisecond", took, idle)
	}
}

func TestStampsCarryTimes(t *testing.T) {
	s := NewStamped(8)
	s.Report(42)
	s.Think(time.Millisecond)
	if took := s.Took(); took < 0 || took > int64(time.Second) || s.Reported() != 42 {
		t.Errorf("took %d, reported %d", took, s.Reported())
	}
}

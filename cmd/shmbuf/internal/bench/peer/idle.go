package peer

import (
	"os"

	"github.com/shmbuf/shmbuf/cmd/shmbuf/internal/bench/job"
)

// fallSilent sends one record and then nothing, until it is told to end.
func (s *side) fallSilent() error {
	producer, err := s.create(s.Name)
	if err != nil {
		return err
	}
	defer producer.Close()
	if err := producer.Write(s.ctx, make([]byte, s.Size)); err != nil {
		return err
	}
	<-s.ctx.Done()
	return s.ctx.Err()
}

// wait reads that record, says so, and waits for the next one.
func (s *side) wait() error {
	consumer, err := s.open(s.Name)
	if err != nil {
		return err
	}
	defer consumer.Close()
	record := make([]byte, s.Size)
	if _, err := consumer.Read(s.ctx, record); err != nil {
		return err
	}
	if err := s.out.Encode(job.Result{PID: os.Getpid()}); err != nil {
		return err
	}
	_, err = consumer.Read(s.ctx, record)
	return err
}

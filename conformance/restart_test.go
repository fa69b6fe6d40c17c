//go:build linux

package conformance

import (
	"fmt"
	"testing"
)

// Languages after each other in one role; with three peers on the other side every
// combination of two different languages meets.
var successions = [][2]string{{"go", "cpp"}, {"cpp", "python"}, {"python", "go"}}

const (
	firstPart = 3000
	whole     = 10_000
)

var restartLayouts = []struct{ name, args string }{
	{"native", "--capacity 16384 --max 300"},
	{"native-in-place", "--capacity 16384 --max 300 --in-place"},
	{"native-batch", "--capacity 16384 --max 300 --batch 7"},
	{"fixed", "--records fixed:40 --record-count 128 --batch 10"},
	{"fixed-in-place", "--records fixed:40 --record-count 128 --batch 10 --in-place"},
	{"classic", "--layout classic --capacity 16384 --max 300"},
}

// eachSuccession runs f for every succession against every language on the other
// side: all of them on the first layout, one each in turn on the others.
func eachSuccession(t *testing.T, layout int, f func(t *testing.T, first, second, other, ends string)) {
	for i, s := range successions {
		for k, other := range languages {
			if layout > 0 && (i+layout)%len(languages) != k {
				continue
			}
			for _, ends := range []string{"--stop-after", "--die-after"} {
				t.Run(fmt.Sprintf("%s-%s-%s%s", s[0], s[1], other, ends), func(t *testing.T) {
					f(t, s[0], s[1], other, ends)
				})
			}
		}
	}
}

func finish(t *testing.T, p *process, ends string) {
	t.Helper()
	if ends == "--die-after" {
		p.killed()
	} else {
		p.result()
	}
}

// A producer closes, or is killed, in the middle; one of another language goes on.
// The attached consumer gets every committed record once, in order.
func TestProducerRestart(t *testing.T) {
	for i, l := range restartLayouts {
		t.Run(l.name, func(t *testing.T) {
			eachSuccession(t, i, func(t *testing.T, first, second, consumer, ends string) {
				name := channelName(t)
				both := append(args(l.args), args("--seed 71 --await-peer --wait 20")...)
				if l.name != "classic" {
					both = append(both, "--keep") // else a drained, closed channel goes away
				}
				c := start(t, consumer, "consume", name, append(both, "--again", "--count", fmt.Sprint(whole))...)
				finish(t, start(t, first, "produce", name, append(both, "--count", fmt.Sprint(whole), ends, fmt.Sprint(firstPart))...), ends)
				p := start(t, second, "produce", name, append(both, "--from", fmt.Sprint(firstPart), "--count", fmt.Sprint(whole-firstPart))...)
				got := c.result()
				p.result()
				if got.Next != whole || got.Records != whole {
					t.Errorf("received %+v, want %d records", got, whole)
				}
			})
		})
	}
}

// A consumer leaves, or is killed, in the middle; one of another language resumes
// at the first record that was not released.
func TestConsumerRestart(t *testing.T) {
	for i, l := range restartLayouts {
		t.Run(l.name, func(t *testing.T) {
			eachSuccession(t, i, func(t *testing.T, first, second, producer, ends string) {
				name := channelName(t)
				both := append(args(l.args), args("--seed 72 --await-peer --wait 20")...)
				p := start(t, producer, "produce", name, append(both, "--count", fmt.Sprint(whole))...)
				finish(t, start(t, first, "consume", name, append(both, "--count", fmt.Sprint(whole), ends, fmt.Sprint(firstPart))...), ends)
				c := start(t, second, "consume", name, append(both, "--from", fmt.Sprint(firstPart), "--count", fmt.Sprint(whole-firstPart))...)
				got, sent := c.result(), p.result()
				if sent.Next != whole || got.Next != whole || got.Records != whole-firstPart {
					t.Errorf("sent %+v, received %+v", sent, got)
				}
			})
		})
	}
}

// Without await_peer a death is an error, after every committed record.
func TestPeerDies(t *testing.T) {
	for _, l := range []string{"--capacity 16384 --max 300 --in-place", "--records fixed:40 --record-count 128"} {
		t.Run("producer"+args(l)[0], func(t *testing.T) {
			eachPair(t, func(t *testing.T, producer, consumer string) {
				name := channelName(t)
				both := append(args(l), args("--seed 73")...)
				c := start(t, consumer, "consume", name, append(both, "--count", "2000", "--expect-death")...)
				start(t, producer, "produce", name, append(both, "--count", "9000", "--die-after", "2000")...).killed()
				if got := c.result(); got.Records != 2000 {
					t.Errorf("received %+v, want 2000 records", got)
				}
			})
		})
		t.Run("consumer"+args(l)[0], func(t *testing.T) {
			eachPair(t, func(t *testing.T, producer, consumer string) {
				name := channelName(t)
				both := append(args(l), args("--seed 74")...)
				p := start(t, producer, "produce", name, append(both, "--count", "9000", "--expect-death")...)
				start(t, consumer, "consume", name, append(both, "--count", "9000", "--die-after", "2000")...).killed()
				if sent := p.result(); sent.Records < 2000 || sent.Records >= 9000 {
					t.Errorf("sent %+v, want a stop soon after 2000 records", sent)
				}
			})
		})
	}
}

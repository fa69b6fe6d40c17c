//go:build linux

package conformance

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// records scales a count: the full matrix sends all, a plain `go test` a tenth.
func records(n int) string {
	if !insist() {
		n /= 10
	}
	return strconv.Itoa(n)
}

func args(text string) []string { return strings.Fields(text) }

// eachPair runs f for every producer and consumer language.
func eachPair(t *testing.T, f func(t *testing.T, producer, consumer string)) {
	for _, p := range languages {
		for _, c := range languages {
			t.Run(p+"-"+c, func(t *testing.T) { f(t, p, c) })
		}
	}
}

// pair runs a producer and a consumer with the same arguments and compares what they say.
func pair(t *testing.T, producer, consumer string, both []string, only ...string) (result, result) {
	t.Helper()
	name := channelName(t)
	c := start(t, consumer, "consume", name, append(both, only...)...)
	p := start(t, producer, "produce", name, both...)
	got, sent := c.result(), p.result() // the consumer says what is wrong with a record
	if sent.Records != got.Records || sent.Bytes != got.Bytes || sent.Next != got.Next {
		t.Errorf("sent %+v, received %+v", sent, got)
	}
	if native(both) && !contains(both, "--keep") && exists(name) {
		t.Error("both sides have closed, and the channel is still there")
	}
	return sent, got
}

func native(list []string) bool { return !contains(list, "classic") }

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

// Rings that are small for what goes through them: every stream wraps hundreds of
// times, and both sides wait for each other.
var layouts = []struct{ name, args string }{
	{"native", "--records variable --capacity 65536 --max 1000"},
	{"fixed", "--records fixed:48 --record-count 512"},
	{"classic", "--layout classic --capacity 65536 --max 1000"},
}

func endOf(layout string) []string {
	if layout == "classic" {
		return nil
	}
	return []string{"--expect-end"}
}

func TestMatrix(t *testing.T) {
	for i, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			eachPair(t, func(t *testing.T, p, c string) {
				both := append(args(l.args), "--count", records(100_000), "--seed", fmt.Sprint(11+i))
				pair(t, p, c, both, endOf(l.name)...)
			})
		})
	}
}

func TestBatches(t *testing.T) {
	for i, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			eachPair(t, func(t *testing.T, p, c string) {
				both := append(args(l.args), "--batch", "100", "--count", records(100_000), "--seed", fmt.Sprint(21+i))
				pair(t, p, c, both, endOf(l.name)...)
			})
		})
	}
}

// In place, with kinds, publication times and aligned payloads.
func TestInPlace(t *testing.T) {
	for _, l := range []struct{ name, args string }{
		{"native", "--capacity 16384 --max 1500 --alignment 64 --times --kinds"},
		{"fixed", "--records fixed:192 --record-count 64 --alignment 64 --batch 24"},
		{"classic", "--layout classic --capacity 16384 --max 1500"},
	} {
		t.Run(l.name, func(t *testing.T) {
			eachPair(t, func(t *testing.T, p, c string) {
				both := append(args(l.args), "--in-place", "--count", records(20_000), "--seed", "31")
				pair(t, p, c, both, endOf(l.name)...)
			})
		})
	}
}

// Positions cross 2^32 (classic), 2^32 and 2^64 (native).
func TestPositions(t *testing.T) {
	for _, l := range []struct{ name, args string }{
		{"classic-32", "--layout classic --capacity 4096 --max 300 --start-position 4294900000"},
		{"native-32", "--capacity 4096 --max 300 --start-position 4294950912"},
		{"native-64", "--capacity 4096 --max 300 --start-position 18446744073709535232"},
		{"fixed-64", "--records fixed:24 --record-count 64 --start-position 18446744073709550616"},
	} {
		t.Run(l.name, func(t *testing.T) {
			eachPair(t, func(t *testing.T, p, c string) {
				pair(t, p, c, append(args(l.args), "--count", records(20_000), "--seed", "41"))
			})
		})
	}
}

// Empty, exactly fitting and largest records; every peer also tries one that is too
// large before it starts.
func TestEdges(t *testing.T) {
	for _, l := range []struct{ name, args string }{
		{"native", "--capacity 4096 --lengths 0,4080,0,1,2032,2032,4079,7,8,0,0,3000,4080,4080,1000"},
		{"times", "--capacity 4096 --times --lengths 0,4072,0,1,2024,2024,4071,7,8,0,0,3000,4072,4072,1000"},
		{"aligned", "--capacity 8192 --alignment 4096 --lengths 0,8176,4080,4081,1,8176,8175"},
		{"classic", "--layout classic --capacity 64 --lengths 60,1,60,28,28,4,59,2,60"},
		{"classic-rounded", "--layout classic --capacity 100 --lengths 60,1,60,28,28,4,59,2,60"},
		{"classic-least", "--layout classic --capacity 16 --lengths 12,1,2,3,12"},
		{"fixed-two", "--records fixed:5 --record-count 2"},
	} {
		t.Run(l.name, func(t *testing.T) {
			eachPair(t, func(t *testing.T, p, c string) {
				pair(t, p, c, append(args(l.args), "--count", records(2_000), "--seed", "51"))
			})
		})
	}
}

func TestStartOrder(t *testing.T) {
	for _, l := range []struct{ name, args string }{{"native", ""}, {"classic", "--layout classic"}} {
		for _, first := range []string{"producer", "consumer"} {
			t.Run(l.name+"/"+first+"-first", func(t *testing.T) {
				eachPair(t, func(t *testing.T, producer, consumer string) {
					name := channelName(t)
					both := append(args(l.args), args("--capacity 65536 --count 1000 --max 500")...)
					var p, c *process
					if first == "producer" {
						p = start(t, producer, "produce", name, both...)
						waitUntil(t, "the channel", func() bool { return exists(name) })
						time.Sleep(20 * time.Millisecond)
						c = start(t, consumer, "consume", name, both...)
					} else {
						c = start(t, consumer, "consume", name, both...)
						time.Sleep(150 * time.Millisecond)
						p = start(t, producer, "produce", name, both...)
					}
					if sent, got := p.result(), c.result(); sent.Bytes != got.Bytes {
						t.Errorf("sent %+v, received %+v", sent, got)
					}
				})
			})
		}
	}
}

// A peer as it exists in the field, which stores 0 for an instant before each
// position. It must lose nothing, and we must have seen and refused such zeros.
func TestFieldPeers(t *testing.T) {
	both := append(args("--layout classic --capacity 4096 --max 200 --seed 61"), "--count", records(60_000))
	for _, lang := range languages {
		t.Run("flash-"+lang, func(t *testing.T) {
			if _, got := pair(t, "flash", lang, both); got.Guards == 0 {
				t.Error("the consumer never refused a position")
			}
		})
		t.Run(lang+"-flash", func(t *testing.T) {
			if sent, _ := pair(t, lang, "flash", both); sent.Guards == 0 {
				t.Error("the producer never refused a position")
			}
		})
		t.Run("flash-restarts-"+lang, func(t *testing.T) {
			name := channelName(t)
			list := args("--layout classic --capacity 4096 --max 200 --seed 62 --count 6000")
			c := start(t, lang, "consume", name, list...)
			start(t, "flash", "produce", name, append(list, "--die-after", "2000")...).killed()
			start(t, "flash", "produce", name, args("--capacity 8192 --max 200 --seed 62 --from 2000 --count 4000")...).result()
			if got := c.result(); got.Records != 6000 || got.Follows != 1 {
				t.Errorf("received %+v, want 6000 records over one replacement", got)
			}
		})
	}
}

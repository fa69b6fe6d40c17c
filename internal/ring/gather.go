package ring

import "github.com/shmbuf/shmbuf/internal/order"

// gather decides how many PAUSEs a consumer makes before it looks at the position
// again. Who follows a producer closely fights with it for the lines it is writing;
// after a pause there is a run of records, and both are several times as fast. Where a
// longer pause does not bring longer runs, as with a message there and back, it would
// only be a delay: then there is none. (The rule and its numbers are those of C++'s
// Gathering, which serves the copying read of variable-size records as well.)
type gather struct {
	level  uint32 // of the pause; 0: none
	count  uint32 // looks in sum
	hold   uint32 // judgements until the next trial
	trial  bool   // the level has just been raised
	sum    uint64 // bytes of the last count runs
	before uint64 // sum at the level below
}

const (
	gatherLevels = 4    // PAUSEs: 8, 16, 32, 64
	gatherCount  = 8    // looks that are judged together
	gatherHold   = 512  // judgements after a trial that failed
	gatherRun    = 8192 // bytes of a run that is long enough
	sparseLooks  = 3    // looks after which a stream is not dense
)

// pause comes before a look, when everything seen has been taken.
func (g *gather) pause() {
	if g.level != 0 {
		order.Pause(4 << g.level)
	}
}

// sparse: it took several looks.
func (g *gather) sparse() {
	g.level, g.count, g.sum, g.trial = 0, 0, 0, false
}

// found: a look found so many bytes without a wait worth the name.
func (g *gather) found(bytes uint64) {
	g.sum += bytes
	if g.count++; g.count < gatherCount {
		return
	}
	sum := g.sum
	g.count, g.sum = 0, 0
	if g.trial {
		g.trial = false
		if sum < g.before+g.before/2 {
			g.level, g.hold = 0, gatherHold
			return
		}
	}
	switch {
	case g.hold > 0:
		g.hold--
	case sum < gatherCount*gatherRun && g.level < gatherLevels:
		g.before = sum
		g.level++
		g.trial = true
	case sum > gatherCount*8*gatherRun && g.level > 0:
		g.level--
	}
}

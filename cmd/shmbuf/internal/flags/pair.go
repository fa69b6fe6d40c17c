package flags

import (
	"fmt"
	"slices"
	"strings"
)

// Pair is the languages of two sides, the sending one first: go-py.
type Pair struct{ Send, Receive string }

var languages = []string{"go", "py", "cpp"}

// Pairs lists all pairs.
func Pairs() []string {
	var list []string
	for _, send := range languages {
		for _, receive := range languages {
			list = append(list, send+"-"+receive)
		}
	}
	return list
}

// Set reads the value of an option. With String and Type it makes Pair a pflag.Value.
func (p *Pair) Set(text string) error {
	if !slices.Contains(Pairs(), text) {
		return fmt.Errorf("%q is not a pair of languages; give two of %s, as in go-py", text, alternatives(languages))
	}
	p.Send, p.Receive, _ = strings.Cut(text, "-")
	return nil
}

// String is the value as Set reads it.
func (p *Pair) String() string { return p.Send + "-" + p.Receive }

// Type names the value in help texts.
func (p *Pair) Type() string { return "PAIR" }

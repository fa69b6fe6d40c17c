package main

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/shmbuf/shmbuf"
)

// peerText says in a few words who has a role, or had it last.
func peerText(p shmbuf.PeerInfo) string {
	state := p.State
	switch {
	case state == "unknown" && p.Alive:
		return "attached"
	case state == "unknown":
		return "not known" // existing classic programs hold no lock
	case state == "none", state == "joined":
		return "none yet"
	case state == "free":
		return "free"
	case !p.Alive && (state == "active" || state == "attached"):
		state = "died"
	case state == "detached":
		state = "left"
	}
	return fmt.Sprintf("%d %s", p.PID, state)
}

// consumersText is peerText for all slots that are in use.
func consumersText(consumers []shmbuf.ConsumerInfo) string {
	var texts []string
	for _, c := range consumers {
		if c.State != "free" {
			texts = append(texts, peerText(c.PeerInfo))
		}
	}
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, ", ")
}

// printable keeps text that another process wrote from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, text)
}

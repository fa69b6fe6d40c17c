package segment

import (
	"fmt"
	"io/fs"
)

// MaxName is the longest channel name in bytes (PROTOCOL section 1).
const MaxName = 200

const nameRule = "a name has 1 to 200 characters out of A-Z a-z 0-9 . _ - and starts with a letter, a digit or _"

// CheckName reports whether name may be the name of a channel. The error says
// what is wrong and what is allowed, and wraps fs.ErrInvalid.
func CheckName(name string) error {
	if name == "" {
		return fmt.Errorf("the channel name is empty: %s: %w", nameRule, fs.ErrInvalid)
	}
	if len(name) > MaxName {
		return fmt.Errorf("the channel name is %d bytes long: %s: %w", len(name), nameRule, fs.ErrInvalid)
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_':
		case (c == '.' || c == '-') && i > 0:
		case c == '.' || c == '-':
			return fmt.Errorf("the channel name %q starts with %q: %s: %w", name, c, nameRule, fs.ErrInvalid)
		default:
			return fmt.Errorf("the channel name %q has %q as byte %d: %s: %w", name, name[i:i+1], i, nameRule, fs.ErrInvalid)
		}
	}
	return nil
}

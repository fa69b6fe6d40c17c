package flags

import (
	"fmt"
	"io/fs"
	"strconv"
	"time"
)

// Duration is a time of at least 0, as time.ParseDuration reads it.
type Duration time.Duration

// Set reads the value of an option. With String and Type it makes Duration a pflag.Value.
func (d *Duration) Set(text string) error {
	v, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is not a duration; give 500ms, 5s, 2m or 1h30m", text)
	}
	if v < 0 {
		return fmt.Errorf("%q is negative; give 0 or more", text)
	}
	*d = Duration(v)
	return nil
}

// String is the value as Set reads it.
func (d *Duration) String() string { return time.Duration(*d).String() }

// Type names the value in help texts.
func (d *Duration) Type() string { return "DURATION" }

// Value is the duration as the standard library knows it.
func (d *Duration) Value() time.Duration { return time.Duration(*d) }

// Count is a number of at least 1; 0 stands for "not given".
type Count uint64

// Set reads the value of an option. With String and Type it makes Count a pflag.Value.
func (c *Count) Set(text string) error {
	v, err := strconv.ParseUint(text, 10, 63)
	if err != nil || v == 0 {
		return fmt.Errorf("%q is not a count; give a whole number from 1", text)
	}
	*c = Count(v)
	return nil
}

// String is the value as Set reads it.
func (c *Count) String() string {
	if *c == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(*c), 10)
}

// Type names the value in help texts.
func (c *Count) Type() string { return "N" }

// Mode is the permission bits of a new channel, in octal.
type Mode fs.FileMode

// Set reads the value of an option. With String and Type it makes Mode a pflag.Value.
func (m *Mode) Set(text string) error {
	v, err := strconv.ParseUint(text, 8, 32)
	if err != nil || v > 0o777 {
		return fmt.Errorf("%q are not permission bits; give octal digits as 0600 or 0660", text)
	}
	if v&0o600 != 0o600 {
		return fmt.Errorf("%q keeps the owner out; both sides read and write, so give at least 0600", text)
	}
	*m = Mode(v)
	return nil
}

// String is the value as Set reads it.
func (m *Mode) String() string {
	if *m == 0 {
		return ""
	}
	return fmt.Sprintf("%04o", uint32(*m))
}

// Type names the value in help texts.
func (m *Mode) Type() string { return "OCTAL" }

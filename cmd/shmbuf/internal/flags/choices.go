package flags

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shmbuf/shmbuf"
)

// Layout is the name of a wire layout.
type Layout shmbuf.Layout

var layouts = []string{"native", "classic"}

// Set reads the value of an option. With String and Type it makes Layout a pflag.Value.
func (l *Layout) Set(text string) error {
	switch text {
	case "native":
		*l = Layout(shmbuf.Native)
	case "classic":
		*l = Layout(shmbuf.Classic)
	default:
		return fmt.Errorf("%q is not a layout; give %s", text, alternatives(layouts))
	}
	return nil
}

// String is the value as Set reads it.
func (l *Layout) String() string { return layouts[*l] }

// Type names the value in help texts.
func (l *Layout) Type() string { return strings.Join(layouts, "|") }

// Input says where a record ends on standard input.
type Input struct {
	Kind string // lines, length, fixed
	Size Size   // bytes of a record, when Kind is fixed
}

// Set reads the value of an option. With String and Type it makes Input a pflag.Value.
func (f *Input) Set(text string) error {
	if size, ok := strings.CutPrefix(text, "fixed:"); ok {
		n, err := ParseSize(size)
		if err != nil {
			return fmt.Errorf("fixed: %w", err)
		}
		*f = Input{Kind: "fixed", Size: n}
		return nil
	}
	if text != "lines" && text != "length" {
		return fmt.Errorf("%q is not a framing of input; give lines, length or fixed:N (N bytes a record)", text)
	}
	*f = Input{Kind: text}
	return nil
}

// String is the value as Set reads it.
func (f *Input) String() string {
	if f.Kind == "fixed" {
		return "fixed:" + f.Size.String()
	}
	return f.Kind
}

// Type names the value in help texts.
func (f *Input) Type() string { return "lines|length|fixed:N" }

// Output says what is put between records on standard output.
type Output string

var outputs = []string{"lines", "length", "raw"}

// Set reads the value of an option. With String and Type it makes Output a pflag.Value.
func (f *Output) Set(text string) error {
	if !slices.Contains(outputs, text) {
		return fmt.Errorf("%q is not a framing of output; give %s", text, alternatives(outputs))
	}
	*f = Output(text)
	return nil
}

// String is the value as Set reads it.
func (f *Output) String() string { return string(*f) }

// Type names the value in help texts.
func (f *Output) Type() string { return strings.Join(outputs, "|") }

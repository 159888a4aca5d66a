package syntax

import (
	"fmt"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model/display"
)

// Filter is a filter as written: the result of [Parse], of the builder or of unmarshalling.
// The zero Filter is the empty filter, which selects all rows.
//
// A Filter is safe for concurrent reading; [Filter.UnmarshalText] and [Filter.Set] change
// it.
type Filter struct {
	// Source is the text that the spans of Root refer to; "" for a built filter.
	Source string
	// Root is the tree; nil for the empty filter.
	Root ast.Node
}

// String returns the filter in its canonical form, "" for the empty filter.
func (f *Filter) String() string {
	if f == nil || f.Root == nil {
		return ""
	}
	return Format(f.Root)
}

// UnmarshalText parses text with the default limits, so that a filter can be part of a
// configuration file. It does not change f on error.
func (f *Filter) UnmarshalText(text []byte) error { return f.Set(string(text)) }

// MarshalText returns the canonical text. It fails with [ErrUnwritable] for a built filter
// that no text can express, such as one with a line feed in a name: a text that means
// another filter would be worse than none.
func (f *Filter) MarshalText() ([]byte, error) {
	text := f.String()
	if f == nil || f.Root == nil || f.Source != "" {
		return []byte(text), nil
	}
	read, err := Parse(text, MaxBytes(maxBytes), MaxTokens(maxTokens), MaxDepth(maxDepth), MaxListItems(maxListItems))
	if err != nil {
		return nil, fmt.Errorf("dsl: %w: %w", ErrUnwritable, err)
	}
	if !ast.Equal(read.Root, f.Root) {
		return nil, fmt.Errorf("dsl: %w: %s reads as another filter", ErrUnwritable, display.CutBytes(text, 200))
	}
	return []byte(text), nil
}

// Set parses text with the default limits. With [Filter.String] it makes *Filter a
// [flag.Value].
func (f *Filter) Set(text string) error {
	parsed, err := Parse(text)
	if err != nil {
		return err
	}
	*f = *parsed
	return nil
}

// Where returns the filter for a tree. It selects all rows if n is nil.
func Where(n ast.Node) *Filter { return &Filter{Root: n} }

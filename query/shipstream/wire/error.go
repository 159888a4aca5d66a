package wire

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
)

// ErrUnsupported is what every [*UnsupportedError] is, by [errors.Is].
var ErrUnsupported = errors.New("the API's filter syntax cannot say it")

// ErrNever is what the [*UnsupportedError] for a tree that is true for no row
// is, besides [ErrUnsupported]: there is nothing to send because there is
// nothing to ask.
var ErrNever = errors.New("the filter is true for no row")

// ErrSwitch: a [Profile] was asked for a switch that it does not have.
var ErrSwitch = errors.New("wire profile has no switch")

// UnsupportedError says that a tree cannot be encoded exactly, and why.
type UnsupportedError struct {
	// Node is the smallest part of the tree that stands in the way.
	Node dsl.Node
	// Reason is a short sentence for the user, such as "the API has no OR
	// across fields". Where a switch of the [Profile] would help, it names it.
	Reason string

	never bool
}

// Error returns the reason.
func (e *UnsupportedError) Error() string {
	return "the API's filter syntax cannot say it: " + e.Reason
}

// Is reports whether target is [ErrUnsupported], or [ErrNever] where that is
// the reason.
func (e *UnsupportedError) Is(target error) bool {
	return target == ErrUnsupported || e.never && target == ErrNever
}

// DecodeError says that a `filter=` parameter could not be read, and where.
type DecodeError struct {
	Index  int    // which of the parameters, from 0
	Param  string // its value, whole
	Offset int    // the byte in Param at which reading stopped
	Msg    string // what was expected, or what is wrong
}

// excerpt is how many bytes of a parameter an error prints to either side of
// the offset, so that its text stays short whatever was sent.
const excerpt = 40

// Error returns the message with the place and the text around it.
func (e *DecodeError) Error() string {
	return fmt.Sprintf("filter parameter %d, byte %d (%s): %s", e.Index+1, e.Offset, e.around(), e.Msg)
}

// around quotes the parameter's text near the offset, cut at whole characters.
func (e *DecodeError) around() string {
	lo, hi := max(0, e.Offset-excerpt), min(len(e.Param), e.Offset+excerpt)
	for lo > 0 && lo < hi && !utf8.RuneStart(e.Param[lo]) {
		lo++
	}
	for hi < len(e.Param) && hi > lo && !utf8.RuneStart(e.Param[hi]) {
		hi--
	}
	text := fmt.Sprintf("%q", e.Param[lo:hi])
	if lo > 0 {
		text = "…" + text
	}
	if hi < len(e.Param) {
		text += "…"
	}
	return text
}

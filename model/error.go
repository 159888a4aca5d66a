package model

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The classes of a [DecodeError], for [errors.Is].
var (
	// ErrMalformed reports a body that is not JSON: cut off, invalid UTF-8, a
	// name twice in one object, text after the end. Asking again may help.
	ErrMalformed = errors.New("malformed JSON")
	// ErrUnexpected reports a body that is JSON and not what was expected: a value of
	// another type, a number out of range, a required member missing.
	// Asking again will not help.
	ErrUnexpected = errors.New("unexpected JSON")
)

// Faults of a caller's arguments, for [errors.Is].
var (
	// ErrSchema reports fields that do not make a schema, or a schema that rows cannot be
	// decoded by: a fault of the program, or of a definition that it read.
	ErrSchema = errors.New("unusable schema")
	// ErrDateTime reports a date-time that cannot be written: years in RFC 3339 have four
	// digits.
	ErrDateTime = errors.New("no date-time of RFC 3339")
)

// ErrLimit matches every error of every package that reports a limit which was exceeded: of
// a text, a body, a page, a sort, a wait or a run.
var ErrLimit = errors.New("a limit was exceeded")

// limited is an error that matches [ErrLimit].
type limited struct{ error }

// Is reports whether target is [ErrLimit].
func (limited) Is(target error) bool { return target == ErrLimit }

// ErrUnknownField reports a name that is not a field of the row.
var ErrUnknownField = errors.New("unknown field")

// maxErrorText bounds the text of a DecodeError, which may quote names from the
// body. No path of a usual body is longer.
const maxErrorText = 512

// DecodeError says why and where a body could not be decoded. It matches either
// [ErrMalformed] or [ErrUnexpected] under [errors.Is], and whatever Err wraps:
// [io.ErrUnexpectedEOF] for a body that was cut off.
type DecodeError struct {
	Path   string // JSON Pointer (RFC 6901) of the value: "/collection/3/email"
	ID     int64  // id of the row or included object that holds it; 0 when there is none or it is not known
	Key    string // the same where that id is a string; "" otherwise
	Offset int64  // byte of the body at or after which the value or the fault begins
	Err    error  // the reason, without position

	class error // ErrMalformed or ErrUnexpected
}

// Error returns the reason with the path, the id and the byte, in at most about
// 1 KiB.
func (e *DecodeError) Error() string {
	var b strings.Builder
	b.WriteString("decode ")
	if e.Path == "" {
		b.WriteString("body")
	} else {
		b.WriteString(clip(e.Path))
	}
	switch {
	case e.ID != 0:
		fmt.Fprintf(&b, " (id %d)", e.ID)
	case e.Key != "":
		fmt.Fprintf(&b, " (id %q)", clip(e.Key))
	}
	fmt.Fprintf(&b, " at byte %d: ", e.Offset)
	if e.class != nil {
		b.WriteString(e.class.Error() + ": ")
	}
	b.WriteString(clip(e.Err.Error()))
	return b.String()
}

// Unwrap returns the reason.
func (e *DecodeError) Unwrap() error { return e.Err }

// Is reports whether target is the class of e.
func (e *DecodeError) Is(target error) bool { return e.class != nil && target == e.class }

// clip cuts s to maxErrorText bytes without cutting a character.
func clip(s string) string {
	if len(s) <= maxErrorText {
		return s
	}
	cut := maxErrorText
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/model/display"
)

// parse returns the one document of a YAML text, as a tree whose nodes have positions.
func parse(text []byte) (*yaml.Node, *Error) {
	if err := readable(text); err != nil {
		return nil, err
	}
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		return nil, &Error{Reason: err.Error()}
	}
	var doc, more yaml.Node
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &Error{Reason: "the file is empty"}
	case err != nil:
		return nil, syntaxError(text, err)
	}
	switch err := loader.Load(&more); {
	case err == nil:
		return nil, &Error{Line: more.Line, Column: more.Column, Reason: "a second document begins here; a file describes one resource"}
	case !errors.Is(err, io.EOF):
		return nil, syntaxError(text, err)
	}
	follow(&doc)
	return doc.Content[0], nil
}

// follow replaces each alias by the node that it stands for.
func follow(n *yaml.Node) {
	for i, child := range n.Content {
		if child.Kind == yaml.AliasNode {
			n.Content[i] = child.Alias
			continue // the node is followed in its own place
		}
		follow(child)
	}
}

// readable reports bytes that no YAML text may have. The library reports them too, but
// not where they are.
func readable(text []byte) *Error {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		var reason string
		switch {
		case r == utf8.RuneError && size == 1:
			reason = fmt.Sprintf("the byte %#02x is no UTF-8", text[i])
		case r < ' ' && !strings.ContainsRune("\t\n\r", r), r == 0x7f:
			reason = fmt.Sprintf("the control character %U is not allowed", r)
		}
		if reason != "" {
			line, column := end(text[:i])
			return &Error{Line: line, Column: column, Reason: reason}
		}
		i += size
	}
	return nil
}

// end returns the position after a text.
func end(text []byte) (line, column int) {
	begin := bytes.LastIndexByte(text, '\n') + 1
	return 1 + bytes.Count(text, []byte("\n")), 1 + utf8.RuneCount(text[begin:])
}

// syntaxError returns the library's error with its position and the construct that it was
// reading, which may begin lines before.
func syntaxError(text []byte, err error) *Error {
	load, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		return &Error{Reason: err.Error()}
	}
	e := &Error{Line: load.Mark.Line, Column: load.Mark.Column, Reason: load.Message}
	if begin := load.ContextMark; load.ContextMsg != "" && begin.Line > 0 && (begin.Line != e.Line || begin.Column != e.Column) {
		e.Reason += fmt.Sprintf(", %s that begins at line %d, column %d", load.ContextMsg, begin.Line, begin.Column)
	}
	if line, column := end(bytes.TrimRight(text, "\n")); e.Line > line { // it ends too early
		e.Line, e.Column = line, column
	}
	e.Reason = display.CutBytes(e.Reason, maxReason)
	return e
}

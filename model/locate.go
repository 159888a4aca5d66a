package model

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// validate returns a *DecodeError unless body is one JSON value, well-formed in
// every way that jsontext knows. It ends early, with any error, if ctx, which may be nil, is
// done.
func validate(ctx context.Context, body []byte, l *Layout) error {
	json := jsontext.NewDecoder(readerOfText(ctx, body))
	var err error
	if ctx != nil && len(body) > shortBytes {
		err = json.SkipValue() // which copies no more than a token
	} else {
		_, err = json.ReadValue() // which is faster
	}
	if err == nil {
		if rest := bytes.TrimLeft(body[json.InputOffset():], " \t\r\n"); len(rest) > 0 {
			return &DecodeError{Offset: int64(len(body) - len(rest)), Err: errors.New("text after the end of the value"), class: ErrMalformed}
		}
		return nil
	}
	e := &DecodeError{Err: err, class: ErrMalformed}
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntax):
		e.Path, e.Offset, e.Err = string(syntax.JSONPointer), syntax.ByteOffset, syntax.Err
		_, e.ID, e.Key = locate(ctx, body, l, e.Offset)
	case errors.Is(err, io.EOF): // nothing but white space
		e.Offset, e.Err = int64(len(body)), io.ErrUnexpectedEOF
	}
	return e
}

// locate returns the path of the value that begins at offset in body and the id of its row
// or included object, a number or a string; 0 and "" if there is none. It reads body once
// more, up to the offset or to the first byte that is not JSON, or until ctx, which may be
// nil, is done.
func locate(ctx context.Context, body []byte, l *Layout, offset int64) (path string, id int64, key string) {
	json := jsontext.NewDecoder(readerOfText(ctx, body), jsontext.AllowDuplicateNames(true))
	record, depth := int64(0), 1 // of the innermost record so far; the whole body may be one
	names := make(trail, l.depth())
	for json.InputOffset() <= offset {
		t, err := json.ReadToken()
		if err != nil {
			break
		}
		switch t.Kind() {
		case jsontext.KindString:
			names.read(json, t)
		case jsontext.KindBeginArray:
			names.enter(json.StackDepth())
		case jsontext.KindBeginObject:
			names.enter(json.StackDepth())
			if l.isRecord(json.StackDepth(), names) {
				record, depth = json.InputOffset()-1, json.StackDepth()
			}
		case jsontext.KindEndObject:
			if json.StackDepth() < depth && json.InputOffset() <= offset {
				record, depth = 0, 1
			}
		}
	}
	id, key = idOf(ctx, body[record:], l.ID)
	return string(json.StackPointer()), id, key
}

// trail has the names of the members that lead to a decoder's position, by depth; "" for a
// list. It keeps no more than its length. The decoder's own pointers would be built at
// each object, and are as long as the names.
type trail []string

// enter begins an object or a list, which is the value of a member of that before.
func (names trail) enter(depth int) {
	if depth < len(names) {
		names[depth] = ""
	}
}

// read notes a string that was just read, if it is a name.
func (names trail) read(json *jsontext.Decoder, t jsontext.Token) {
	depth := json.StackDepth()
	if depth >= len(names) {
		return
	}
	if kind, n := json.StackIndex(depth); kind == jsontext.KindBeginObject && n%2 == 1 {
		names[depth] = t.String()
	}
}

// isAt reports whether the first n names make a path.
func (names trail) isAt(path string, n int) bool {
	if n < 1 || path == "" {
		return false
	}
	for _, name := range names[1:n] {
		if name == "" || !within(path, name) {
			return false
		}
		path = path[len(name)+1:]
	}
	return names[n] == path
}

// depth is the depth to which names are needed: that of a list of rows, or of included
// objects.
func (l *Layout) depth() int {
	return 4 + max(strings.Count(l.Rows, "."), strings.Count(l.Included, "."))
}

// isRecord reports whether an object that was just opened is a row or an included
// object, by its depth and by its parents' names.
func (l *Layout) isRecord(depth int, names trail) bool {
	switch {
	case l.Rows == "":
		return depth == 2
	case depth == 2:
		return names[1] == "resource"
	case depth > len(names):
		return false
	}
	return names.isAt(l.Rows, depth-2) || names.isAt(l.Included, depth-3)
}

// idOf returns the integer or the string that the object at the start of text has
// at path, as far as it can be read. The text need not be well-formed.
func idOf(ctx context.Context, text []byte, path string) (id int64, key string) {
	json := jsontext.NewDecoder(readerOfText(ctx, text), jsontext.AllowDuplicateNames(true))
	if t, err := json.ReadToken(); err != nil || t.Kind() != jsontext.KindBeginObject {
		return 0, ""
	}
	for json.PeekKind() == jsontext.KindString {
		t, err := json.ReadToken()
		if err != nil {
			break
		}
		member := t.String()
		v, err := json.ReadValue()
		if err != nil {
			break
		}
		if within(path, member) {
			if n, text := idOf(ctx, v, path[len(member)+1:]); n != 0 || text != "" {
				id, key = n, text
			}
		}
		if member != path {
			continue
		}
		if text, err := jsontext.AppendUnquote(nil, v); err == nil {
			id, key = 0, string(text)
		} else if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			id, key = n, ""
		}
	}
	return id, key
}

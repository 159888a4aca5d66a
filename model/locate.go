package model

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// validate returns a *DecodeError unless body is one JSON value, well-formed in
// every way that jsontext knows.
func validate(body []byte, l *Layout) error {
	json := jsontext.NewDecoder(bytes.NewBuffer(body))
	_, err := json.ReadValue()
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
		_, e.ID, e.Key = locate(body, l, e.Offset)
	case errors.Is(err, io.EOF): // nothing but white space
		e.Offset, e.Err = int64(len(body)), io.ErrUnexpectedEOF
	}
	return e
}

// locate returns the path of what begins at offset in body and the id of the row
// or included object that it belongs to, which is a number or a string: 0 and ""
// if none. It reads body once more, up to the offset or to where it ceases to be
// JSON.
func locate(body []byte, l *Layout, offset int64) (path string, id int64, key string) {
	json := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	record, depth := int64(0), 1 // of the innermost record so far; the whole body may be one
	for json.InputOffset() <= offset {
		t, err := json.ReadToken()
		if err != nil {
			break
		}
		switch t.Kind() {
		case jsontext.KindBeginObject:
			if l.isRecord(json.StackDepth(), json.StackPointer) {
				record, depth = json.InputOffset()-1, json.StackDepth()
			}
		case jsontext.KindEndObject:
			if json.StackDepth() < depth && json.InputOffset() <= offset {
				record, depth = 0, 1
			}
		}
	}
	id, key = idOf(body[record:], l.ID)
	return string(json.StackPointer()), id, key
}

// isRecord reports whether an object that was just opened is a row or an
// included object, by how deep and where it stands in a body.
func (l *Layout) isRecord(depth int, pointer func() jsontext.Pointer) bool {
	switch {
	case l.Rows == "":
		return depth == 2
	case depth == 2:
		return pointer() == "/resource"
	}
	rows := depth >= 3 && depth <= 3+strings.Count(l.Rows, ".")
	included := l.Included != "" && depth >= 4 && depth <= 4+strings.Count(l.Included, ".")
	if !rows && !included { // its pointer may be long
		return false
	}
	path := slices.Collect(pointer().Tokens())
	return rows && strings.Join(path[:len(path)-1], ".") == l.Rows ||
		included && strings.Join(path[:len(path)-2], ".") == l.Included
}

// idOf returns the integer or the string that the object at the start of text has
// at path, as far as it can be read. The text need not be well-formed.
func idOf(text []byte, path string) (id int64, key string) {
	json := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
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
			if n, text := idOf(v, path[len(member)+1:]); n != 0 || text != "" {
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

package model

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// validate returns a *DecodeError unless body is one JSON value, well-formed in
// every way that jsontext knows.
func validate(body []byte) error {
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
		_, e.ID = locate(body, e.Offset)
	case errors.Is(err, io.EOF): // nothing but white space
		e.Offset, e.Err = int64(len(body)), io.ErrUnexpectedEOF
	}
	return e
}

// locate returns the path of what begins at offset in body and the id of the row
// or included object that it belongs to, 0 if none. It reads body once more, up
// to the offset or to where it ceases to be JSON.
func locate(body []byte, offset int64) (path string, id int64) {
	json := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	record, depth := int64(0), 1 // of the innermost record so far; the whole body may be one
	for json.InputOffset() <= offset {
		t, err := json.ReadToken()
		if err != nil {
			break
		}
		switch t.Kind() {
		case jsontext.KindBeginObject:
			if isRecord(json.StackDepth(), json.StackPointer) {
				record, depth = json.InputOffset()-1, json.StackDepth()
			}
		case jsontext.KindEndObject:
			if json.StackDepth() < depth && json.InputOffset() <= offset {
				record, depth = 0, 1
			}
		}
	}
	_, id = typeAndID(body[record:])
	return string(json.StackPointer()), id
}

// isRecord reports whether an object that was just opened is a row or an
// included object, by how deep and where it stands in a body.
func isRecord(depth int, pointer func() jsontext.Pointer) bool {
	switch depth {
	case 2:
		return pointer() == "/resource"
	case 3:
		return strings.HasPrefix(string(pointer()), "/collection/")
	case 4:
		return strings.HasPrefix(string(pointer()), "/included/")
	}
	return false
}

// typeAndID returns the type and the id that the object at the start of text
// has, as far as they can be read: "" and 0 otherwise. The text need not be
// well-formed.
func typeAndID(text []byte) (typ string, id int64) {
	json := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
	if t, err := json.ReadToken(); err != nil || t.Kind() != jsontext.KindBeginObject {
		return "", 0
	}
	for json.PeekKind() == jsontext.KindString {
		name, err := json.ReadToken()
		if err != nil {
			break
		}
		key := name.String()
		v, err := json.ReadValue()
		if err != nil {
			break
		}
		switch {
		case key == "type" && v.Kind() == jsontext.KindString:
			text, _ := jsontext.AppendUnquote(nil, v)
			typ = string(text)
		case key == "id" && v.Kind() == jsontext.KindNumber:
			if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
				id = n
			}
		}
	}
	return typ, id
}

package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
)

// Shape says how pages have rows that are not a list of objects. A page is rewritten to such
// a list before it is decoded, so that rows, keys and exports are as of any other. The zero
// Shape rewrites nothing.
type Shape struct {
	// Columns are the names of the values of rows that are lists, in their order.
	Columns []string
	// ColumnsAt is the path of the member that has the names, in place of Columns.
	ColumnsAt string
	// Map says that Layout.Rows, or the body, is an object. Its values are the rows and its
	// names their key.
	Map bool
}

// isZero reports whether rows are a list of objects.
func (s Shape) isZero() bool { return len(s.Columns) == 0 && s.ColumnsAt == "" && !s.Map }

// lists reports whether rows are lists.
func (s Shape) lists() bool { return len(s.Columns) > 0 || s.ColumnsAt != "" }

// maxShaped bounds the bytes of a rewritten page. The names of columns are written into
// each row, so that a page of a few names and many rows could be of any length.
const maxShaped = 128 << 20

// ShapeError reports a page whose rows have not the shape that the definition says. It
// matches [model.ErrUnexpected].
type ShapeError struct {
	Row    int // from 1; 0 = the page
	Reason string
}

// Error says which row it is, what it is, and what was expected.
func (e *ShapeError) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("row %d %s", e.Row, e.Reason)
	}
	return e.Reason
}

// Is reports whether target is [model.ErrUnexpected].
func (*ShapeError) Is(target error) bool { return target == model.ErrUnexpected }

// shaper rewrites the rows of one page.
type shaper struct {
	shape   Shape
	rows    string // the path of the rows; "" = the body
	key     string // of rows that are a map
	number  bool   // the key is written as a number
	parent  *added // what rows get besides; nil = nothing
	absent  []absent
	columns []string
	out     []byte
	row     int
}

// shaped returns a page with a list of objects as rows. A page that is malformed, or has no
// rows, is returned as it is: the decoder says what is wrong.
func (l *listing) shaped(ctx context.Context, text []byte) ([]byte, error) {
	if l.Shape.isZero() && l.parent == nil && len(l.absent) == 0 {
		return text, nil
	}
	s := shaper{shape: l.Shape, rows: l.Layout.Rows, key: l.Layout.ID, number: l.ownKeyNumber(), absent: l.absent, parent: l.parent, columns: l.Shape.Columns}
	at, err := locate(text, s.rows, s.shape.ColumnsAt)
	if err != nil {
		return text, unlessSyntactic(err)
	}
	rows := at[0]
	switch kind := rows.Kind(); {
	case rows.Value == nil, kind == jsontext.KindNull, kind == jsontext.KindBeginObject && !s.shape.Map:
		return text, nil
	case s.shape.ColumnsAt != "":
		if s.columns, err = namesOf(at[1].Value, s.shape.ColumnsAt); err != nil {
			return text, err
		}
	}
	s.out = append(make([]byte, 0, len(text)+len(text)/2), text[:rows.start]...)
	if err := s.rewrite(ctx, rows.Value); err != nil {
		return text, unlessSyntactic(err)
	}
	return append(s.out, text[rows.start+len(rows.Value):]...), nil
}

// unlessSyntactic returns nil for an error of the JSON, which the decoder reports with its
// place.
func unlessSyntactic(err error) error {
	if _, syntactic := errors.AsType[*jsontext.SyntacticError](err); syntactic || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// rewrite writes the rows as a list of objects.
func (s *shaper) rewrite(ctx context.Context, rows jsontext.Value) error {
	json := jsontext.NewDecoder(bytes.NewBuffer(rows))
	open, err := json.ReadToken()
	if err != nil {
		return err
	}
	switch kind := open.Kind(); {
	case kind == jsontext.KindBeginArray && s.shape.Map && json.PeekKind() != jsontext.KindEndArray: // some servers write an empty map as a list
		return &ShapeError{Reason: "the rows are a list, and layout.rows_map says that they are the members of an object: leave it out"}
	case kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray:
		return &ShapeError{Reason: fmt.Sprintf("the rows are %.60s, which is neither a list nor an object", open.String())}
	}
	s.out = append(s.out, '[')
	for more := json.PeekKind(); more != jsontext.KindEndObject && more != jsontext.KindEndArray; more = json.PeekKind() {
		if s.row++; s.row%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		name := ""
		if s.shape.Map {
			t, err := json.ReadToken()
			if err != nil {
				return err
			}
			name = t.String()
		}
		row, err := json.ReadValue()
		if err == nil {
			err = s.one(name, row)
		}
		if err != nil {
			return err
		}
		if len(s.out) > maxShaped {
			return fmt.Errorf("%w: with the names of its columns the page is longer than %d bytes: ask for pages of fewer rows (paging.max)", model.ErrLimit, maxShaped)
		}
	}
	s.out = append(s.out, ']')
	_, err = json.ReadToken() // the end
	return err
}

// one writes one row.
func (s *shaper) one(name string, row jsontext.Value) error {
	if s.row > 1 {
		s.out = append(s.out, ',')
	}
	start := len(s.out)
	if s.shape.lists() {
		if err := s.list(row); err != nil {
			return err
		}
		row = slices.Clone(jsontext.Value(s.out[start:]))
		s.out = s.out[:start]
	}
	if len(s.absent) > 0 {
		var err error
		if row, err = fill(row, s.absent); err != nil {
			return err
		}
	}
	if row.Kind() != jsontext.KindBeginObject {
		if !s.shape.Map {
			s.out = append(s.out, row...) // the decoder says that it wants an object
			return nil
		}
		return s.badf("%.100q is %.60s, and the values of a map of rows are objects: name layout.columns if they are lists", name, row)
	}
	var members []member
	if s.shape.Map {
		value, err := s.keyOf(name)
		if err != nil {
			return err
		}
		members = append(members, member{s.key, value})
	}
	if s.parent != nil {
		own, err := s.ownKey(row, name)
		if err != nil {
			return err
		}
		members = append(members, s.parent.members(own)...)
	}
	return s.with(row, members)
}

// list writes a row that is a list as an object.
func (s *shaper) list(row jsontext.Value) error {
	if row.Kind() != jsontext.KindBeginArray {
		return s.badf("is %.60s, and layout.columns says that rows are lists of values", row)
	}
	json := jsontext.NewDecoder(bytes.NewBuffer(row))
	if _, err := json.ReadToken(); err != nil {
		return err
	}
	n := 0
	s.out = append(s.out, '{')
	for ; json.PeekKind() != jsontext.KindEndArray; n++ {
		value, err := json.ReadValue()
		if err != nil {
			return err
		}
		if n >= len(s.columns) {
			continue
		}
		if n > 0 {
			s.out = append(s.out, ',')
		}
		s.out, _ = jsontext.AppendQuote(s.out, s.columns[n]) // a text of JSON, or of a definition: it is UTF-8
		s.out = append(append(s.out, ':'), value...)
	}
	if n != len(s.columns) {
		return s.badf("has %d values, and there are %d columns", n, len(s.columns))
	}
	s.out = append(s.out, '}')
	return nil
}

// keyOf returns the key of a row of a map as the row has it.
func (s *shaper) keyOf(name string) (jsontext.Value, error) {
	if s.number {
		if n, err := strconv.ParseInt(name, 10, 64); err != nil || strconv.FormatInt(n, 10) != name {
			return nil, s.badf("has the name %.100q, and the key %s is a number", name, s.key)
		}
		return jsontext.Value(name), nil
	}
	return jsontext.AppendQuote(nil, name)
}

// ownKey returns the key of a row among those of its parent, as text.
func (s *shaper) ownKey(row jsontext.Value, name string) (string, error) {
	if s.shape.Map {
		return name, nil
	}
	at, err := locate(row, s.key)
	if err != nil {
		return "", err
	}
	text, ok := scalarText(at[0].Value)
	if !ok {
		return "", s.badf("has no %s, its key", s.key)
	}
	return text, nil
}

// member is a member of an object.
type member struct {
	name  string
	value jsontext.Value
}

// with writes an object with more members. One that is there already must have the value.
func (s *shaper) with(row jsontext.Value, members []member) error {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.name
	}
	there, err := locate(row, names...)
	if err != nil {
		return err
	}
	s.out = append(s.out, '{')
	for i, m := range members {
		if got := there[i].Value; got != nil {
			if text, _ := scalarText(got); text != unquoted(m.value) {
				return s.badf("has %s = %.60s, and %.60s was expected", m.name, got, m.value)
			}
			continue
		}
		s.out, _ = jsontext.AppendQuote(s.out, m.name)
		s.out = append(append(append(s.out, ':'), m.value...), ',')
	}
	rest := bytes.TrimLeft(row[1:], " \t\r\n")
	if rest[0] == '}' {
		s.out = bytes.TrimSuffix(s.out, []byte(","))
	}
	s.out = append(s.out, rest...)
	return nil
}

func (s *shaper) badf(format string, args ...any) error {
	return &ShapeError{Row: s.row, Reason: fmt.Sprintf(format, args...)}
}

// scalarText returns a text or a number as text; false for anything else.
func scalarText(v jsontext.Value) (string, bool) {
	if v == nil || v.Kind() != jsontext.KindString && v.Kind() != jsontext.KindNumber {
		return "", false
	}
	return unquoted(v), true
}

// unquoted returns the text of a string, and other JSON as it is.
func unquoted(v jsontext.Value) string {
	if text, err := jsontext.AppendUnquote(nil, v); err == nil && v.Kind() == jsontext.KindString {
		return string(text)
	}
	return string(v)
}

// namesOf reads the names of columns: a list of texts, or of objects with a name.
func namesOf(v jsontext.Value, path string) ([]string, error) {
	if v == nil || v.Kind() != jsontext.KindBeginArray {
		return nil, &ShapeError{Reason: fmt.Sprintf("it has no list %s, where the names of columns should be", path)}
	}
	json := jsontext.NewDecoder(bytes.NewBuffer(v))
	if _, err := json.ReadToken(); err != nil {
		return nil, err
	}
	var names []string
	for json.PeekKind() != jsontext.KindEndArray {
		value, err := json.ReadValue()
		if err != nil {
			return nil, err
		}
		if value.Kind() == jsontext.KindBeginObject {
			at, err := locate(value, "name")
			if err != nil {
				return nil, err
			}
			value = at[0].Value
		}
		if value.Kind() != jsontext.KindString {
			return nil, &ShapeError{Reason: fmt.Sprintf("column %d in %s has no name: names are texts, or objects with a name", len(names)+1, path)}
		}
		name := unquoted(value)
		if slices.Contains(names, name) {
			return nil, &ShapeError{Reason: fmt.Sprintf("%s has the column %.100q twice", path, name)}
		}
		if names = append(names, name); len(names) > maxColumns {
			return nil, &ShapeError{Reason: fmt.Sprintf("%s has more than %d columns", path, maxColumns)}
		}
	}
	return names, nil
}

// maxColumns bounds the columns of a page: a name is compared with those before it.
const maxColumns = 10_000

// located is a value in a text.
type located struct {
	jsontext.Value // nil = it is not there

	start int
}

// locate returns the values at paths of a text. The path "" is the text. It fails if the
// text is malformed or has a value twice.
func locate(text []byte, paths ...string) ([]located, error) {
	l := locator{json: jsontext.NewDecoder(bytes.NewBuffer(text)), text: text, out: make([]located, len(paths))}
	deeper := false
	for i, path := range paths {
		if deeper = deeper || path != ""; path == "" {
			value := bytes.TrimLeft(text, " \t\r\n")
			l.out[i] = located{bytes.TrimRight(value, " \t\r\n"), len(text) - len(value)}
		}
	}
	if !deeper || l.json.PeekKind() != jsontext.KindBeginObject {
		return l.out, nil
	}
	return l.out, l.members(paths)
}

// locator finds values by their paths.
type locator struct {
	json *jsontext.Decoder
	text []byte
	out  []located
}

// members reads an object. The rest of each path that leads into it is in paths, "" for the
// others.
func (l *locator) members(paths []string) error {
	if _, err := l.json.ReadToken(); err != nil {
		return err
	}
	for l.json.PeekKind() != jsontext.KindEndObject {
		t, err := l.json.ReadToken()
		if err != nil {
			return err
		}
		if err := l.member(t.String(), paths); err != nil {
			return err
		}
	}
	_, err := l.json.ReadToken()
	return err
}

// member reads the value of a member.
func (l *locator) member(name string, paths []string) error {
	inside, leads := make([]string, len(paths)), false
	for i, path := range paths {
		if rest, ok := strings.CutPrefix(path, name+"."); ok && name != "" {
			inside[i], leads = rest, true
		}
	}
	if leads && l.json.PeekKind() == jsontext.KindBeginObject && !slices.Contains(paths, name) {
		return l.members(inside)
	}
	value, err := l.json.ReadValue()
	if err != nil {
		return err
	}
	end := int(l.json.InputOffset())
	for i, path := range paths {
		if path != name || path == "" {
			continue
		}
		if l.out[i].Value != nil {
			return &ShapeError{Reason: fmt.Sprintf("it has %s twice, once by a name with dots", path)}
		}
		l.out[i] = located{l.text[end-len(value) : end], end - len(value)}
	}
	return nil
}

// ownKeyNumber reports whether rows have their key as a number.
func (d Definition) ownKeyNumber() bool {
	i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == d.Layout.ID })
	return i >= 0 && d.Fields[i].Type == model.TypeInt && (d.Fields[i].Spelling == nil || !d.Fields[i].Spelling.Text)
}

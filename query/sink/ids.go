package sink

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// IDs reads the ids of the rows of a finished export, with readers that share no code with the writers.
// The format is "ndjson", "json" or "csv"; key names the field that holds the ids. An error
// is the last that it yields: a [*DamagedError] if the text is cut off or otherwise wrong,
// or a row has no id, and a [*LayoutError] for another format. In CSV the id is the text of
// the cell: see [RawCells].
func IDs[K int64 | string](format, key string, r io.Reader) iter.Seq2[K, error] {
	return readIDs[K](format, key, r, false)
}

// readIDs is [IDs]; an unfinished JSON array may lack its end.
func readIDs[K int64 | string](format, key string, r io.Reader, unfinished bool) iter.Seq2[K, error] {
	in := &bounded{r: r, commas: format == "csv"}
	switch format {
	case "ndjson":
		return lines[K](in, key)
	case "json":
		return array[K](in, key, unfinished)
	case "csv":
		return records[K](in, key)
	}
	return func(yield func(K, error) bool) {
		fail(yield, &LayoutError{Reason: fmt.Sprintf("no such text format: %q", format)})
	}
}

// fail yields an error without an id.
func fail[K any](yield func(K, error) bool, err error) {
	var none K
	yield(none, err)
}

// newDecoder reads JSON as other programs do: names may come twice.
func newDecoder(r io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// readID reads a row and returns its id.
func readID[K int64 | string](d *jsontext.Decoder, key string) (id K, err error) {
	text, err := findMember(d, key)
	switch {
	case errors.Is(err, io.EOF):
		return id, err
	case err != nil:
		return id, &DamagedError{err}
	}
	if text != nil {
		if err := json.Unmarshal(text, &id); err != nil {
			return id, damaged("the %s of a row: %w", key, err)
		}
	}
	return id, there(id, key)
}

// findMember reads an object and returns its value at a path: that of the member of that
// name, or else one inside an object; nil if there is none. It holds one value at a time.
func findMember(d *jsontext.Decoder, path string) (found jsontext.Value, err error) {
	open, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if open.Kind() != '{' {
		return nil, damaged("a row is %v, not an object", open.Kind())
	}
	whole := false // found is the member of that very name
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		inside, ok := strings.CutPrefix(path, name+".")
		if name != path && (!ok || whole || d.PeekKind() != '{') {
			if err := d.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		if name != path {
			inner, err := findMember(d, inside)
			if err != nil {
				return nil, err
			}
			if inner != nil {
				found = inner
			}
			continue
		}
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		found, whole = value.Clone(), true
	}
	_, err = d.ReadToken()
	return found, err
}

// there returns an error if the id is missing.
func there[K int64 | string](id K, key string) error {
	var none K
	if id == none {
		return damaged("a row has no %s", key)
	}
	return nil
}

func lines[K int64 | string](r *bounded, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		for d := newDecoder(r); ; {
			r.next(d.InputOffset())
			id, err := readID[K](d, key)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(id, err) || err != nil {
				return
			}
		}
	}
}

// array reads the rows of a JSON array; an unfinished one may lack its end.
func array[K int64 | string](r *bounded, key string, unfinished bool) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		d := newDecoder(r)
		if open, err := d.ReadToken(); err != nil || open.Kind() != '[' {
			fail(yield, &DamagedError{errors.Join(err, errors.New("it is not a JSON array"))})
			return
		}
		for next := d.PeekKind(); next != ']'; next = d.PeekKind() {
			if next == 0 { // the text ends, or is no JSON
				if _, err := d.ReadToken(); !unfinished || !errors.Is(err, io.ErrUnexpectedEOF) {
					fail(yield, damaged("the JSON array has no end: %w", err))
				}
				return
			}
			r.next(d.InputOffset())
			if id, err := readID[K](d, key); !yield(id, err) || err != nil {
				return
			}
		}
		_, _ = d.ReadToken() // it was there
		if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
			fail(yield, damaged("something follows the JSON array"))
		}
	}
}

func records[K int64 | string](r *bounded, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		d := csv.NewReader(r)
		d.ReuseRecord = true
		header, err := d.Read()
		at := slices.Index(header, key)
		if err != nil || at < 0 {
			fail(yield, &DamagedError{errors.Join(err, errors.New("it has no column "+key))})
			return
		}
		for {
			r.next(d.InputOffset())
			record, err := d.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var id K
			if err == nil {
				id, err = cellID[K](record[at])
			}
			if err != nil {
				err = &DamagedError{err}
			} else {
				err = there(id, key)
			}
			if !yield(id, err) || err != nil {
				return
			}
		}
	}
}

// cellID returns the id that a cell holds. It keeps no part of the record.
func cellID[K int64 | string](cell string) (id K, err error) {
	switch id := any(&id).(type) {
	case *int64:
		*id, err = strconv.ParseInt(cell, 10, 64)
	case *string:
		*id = strings.Clone(cell)
	}
	return id, err
}

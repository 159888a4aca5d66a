package sink

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// IDs reads the ids of the rows of a finished export, with the standard library's readers.
// The format is "ndjson", "json" or "csv"; key names the field that holds the ids. An error
// is the last that it yields: a [*DamagedError] if the text is cut off or otherwise wrong,
// or a row has no id, and a [*LayoutError] for another format. In CSV the id is the text of
// the cell: see [RawCells].
func IDs[K int64 | string](format, key string, r io.Reader) iter.Seq2[K, error] {
	return readIDs[K](format, key, r, false)
}

// readIDs is [IDs]; an unfinished JSON array may lack its end.
func readIDs[K int64 | string](format, key string, r io.Reader, unfinished bool) iter.Seq2[K, error] {
	r = bufio.NewReaderSize(r, 1<<16)
	switch format {
	case "ndjson":
		return lines[K](r, key)
	case "json":
		return array[K](r, key, unfinished)
	case "csv":
		return records[K](r, key)
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

// readID reads a row and returns its id.
func readID[K int64 | string](d *json.Decoder, key string) (id K, err error) {
	var row map[string]json.RawMessage
	if err := d.Decode(&row); errors.Is(err, io.EOF) {
		return id, err
	} else if err != nil {
		return id, &DamagedError{err}
	}
	if text := memberAt(row, key); text != nil {
		if err := json.Unmarshal(text, &id); err != nil {
			return id, damaged("the %s of a row: %w", key, err)
		}
	}
	return id, there(id, key)
}

// memberAt returns the value at a path: a member of that name, or one inside an object.
func memberAt(row map[string]json.RawMessage, path string) json.RawMessage {
	if text, ok := row[path]; ok {
		return text
	}
	for i := range path {
		var inner map[string]json.RawMessage
		if path[i] != '.' || row[path[:i]] == nil || json.Unmarshal(row[path[:i]], &inner) != nil {
			continue
		}
		if text := memberAt(inner, path[i+1:]); text != nil {
			return text
		}
	}
	return nil
}

// there returns an error if the id is missing.
func there[K int64 | string](id K, key string) error {
	var none K
	if id == none {
		return damaged("a row has no %s", key)
	}
	return nil
}

func lines[K int64 | string](r io.Reader, key string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		for d := json.NewDecoder(r); ; {
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
func array[K int64 | string](r io.Reader, key string, unfinished bool) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		d := json.NewDecoder(r)
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			fail(yield, &DamagedError{errors.Join(err, errors.New("it is not a JSON array"))})
			return
		}
		for d.More() {
			id, err := readID[K](d, key)
			if errors.Is(err, io.EOF) { // after a comma
				break
			}
			if !yield(id, err) || err != nil {
				return
			}
		}
		_, err := d.Token()
		switch {
		case unfinished && errors.Is(err, io.EOF):
			return
		case err != nil:
			fail(yield, damaged("the JSON array has no end: %w", err))
			return
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			fail(yield, damaged("something follows the JSON array"))
		}
	}
}

func records[K int64 | string](r io.Reader, key string) iter.Seq2[K, error] {
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

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
)

// IDs reads the ids of the rows of a finished ndjson, json or csv export, which are
// in the field called key, with the standard library's own readers. It yields an
// error last: of text that is cut off, too. All that is wrong with the text is a
// [*DamagedError], another format a [*LayoutError].
func IDs(format, key string, r io.Reader) iter.Seq2[int64, error] {
	r = bufio.NewReaderSize(r, 1<<16)
	switch format {
	case "ndjson":
		return lines(r, key)
	case "json":
		return array(r, key)
	case "csv":
		return records(r, key)
	}
	return func(yield func(int64, error) bool) {
		yield(0, &LayoutError{Reason: fmt.Sprintf("no such text format: %q", format)})
	}
}

// readID reads a row and returns its id.
func readID(d *json.Decoder, key string) (id int64, err error) {
	var row map[string]json.RawMessage
	if err := d.Decode(&row); errors.Is(err, io.EOF) {
		return 0, err
	} else if err != nil {
		return 0, &DamagedError{err}
	}
	text, ok := row[key]
	if !ok {
		return 0, damaged("a row has no %s", key)
	}
	if err := json.Unmarshal(text, &id); err != nil {
		return 0, damaged("the %s of a row: %w", key, err)
	}
	return id, nil
}

func lines(r io.Reader, key string) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for d := json.NewDecoder(r); ; {
			id, err := readID(d, key)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(id, err) || err != nil {
				return
			}
		}
	}
}

func array(r io.Reader, key string) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		d := json.NewDecoder(r)
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			yield(0, &DamagedError{errors.Join(err, errors.New("it is no JSON array"))})
			return
		}
		for d.More() {
			id, err := readID(d, key)
			if errors.Is(err, io.EOF) { // behind a comma
				break
			}
			if !yield(id, err) || err != nil {
				return
			}
		}
		if _, err := d.Token(); err != nil {
			yield(0, damaged("the JSON array has no end: %w", err))
			return
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			yield(0, damaged("something follows the JSON array"))
		}
	}
}

func records(r io.Reader, key string) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		d := csv.NewReader(r)
		d.ReuseRecord = true
		header, err := d.Read()
		at := slices.Index(header, key)
		if err != nil || at < 0 {
			yield(0, &DamagedError{errors.Join(err, errors.New("it has no column "+key))})
			return
		}
		for {
			record, err := d.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var id int64
			if err == nil {
				id, err = strconv.ParseInt(record[at], 10, 64)
			}
			if err != nil {
				yield(0, &DamagedError{err})
				return
			}
			if !yield(id, nil) {
				return
			}
		}
	}
}

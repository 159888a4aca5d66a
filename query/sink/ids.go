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

// IDs reads the ids of the rows of a finished ndjson, json or csv export, with
// the standard library's own readers. It yields an error last: of text that is cut
// off, too.
func IDs(format string, r io.Reader) iter.Seq2[int64, error] {
	r = bufio.NewReaderSize(r, 1<<16)
	switch format {
	case "ndjson":
		return lines(r)
	case "json":
		return array(r)
	case "csv":
		return records(r)
	}
	return func(yield func(int64, error) bool) { yield(0, fmt.Errorf("no such text format: %q", format)) }
}

type identified struct {
	ID int64 `json:"id"`
}

func lines(r io.Reader) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for d := json.NewDecoder(r); ; {
			var row identified
			err := d.Decode(&row)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(row.ID, err) || err != nil {
				return
			}
		}
	}
}

func array(r io.Reader) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		d := json.NewDecoder(r)
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			yield(0, errors.Join(err, errors.New("it is no JSON array")))
			return
		}
		for d.More() {
			var row identified
			if err := d.Decode(&row); !yield(row.ID, err) || err != nil {
				return
			}
		}
		if _, err := d.Token(); err != nil {
			yield(0, fmt.Errorf("the JSON array has no end: %w", err))
			return
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			yield(0, errors.New("something follows the JSON array"))
		}
	}
}

func records(r io.Reader) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		d := csv.NewReader(r)
		d.ReuseRecord = true
		header, err := d.Read()
		at := slices.Index(header, "id")
		if err != nil || at < 0 {
			yield(0, errors.Join(err, errors.New("it has no column id")))
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
			if !yield(id, err) || err != nil {
				return
			}
		}
	}
}

package querytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/muster-go/muster/model"
)

// holds tests that a place holds the first n rows.
func (s *sinkSuite[T]) holds(place string, n int, story string) error {
	rows, err := s.Read(place)
	if err != nil {
		return fmt.Errorf("%s: reading what it left: %w", story, err)
	}
	return s.are(rows, n, story)
}

// are compares rows with the first n rows of the test.
func (s *sinkSuite[T]) are(rows [][]model.Value, n int, story string) error {
	got, want := make([][]byte, len(rows)), make([][]byte, n)
	for i, row := range rows {
		got[i] = s.text(row)
	}
	for i := range want {
		want[i] = s.text(s.values(i))
	}
	if s.Unordered {
		slices.SortFunc(got, bytes.Compare)
		slices.SortFunc(want, bytes.Compare)
	}
	if slices.EqualFunc(got, want, bytes.Equal) {
		return nil
	}
	return fmt.Errorf("%s: %s", story, s.verdict(got, want))
}

// verdict names the promise that rows violate that are not those that were written.
func (s *sinkSuite[T]) verdict(got, want [][]byte) string {
	count := func(rows [][]byte, row []byte) (n int) {
		for _, r := range rows {
			if bytes.Equal(r, row) {
				n++
			}
		}
		return n
	}
	var missing, strange int
	var first []byte
	for _, row := range want {
		switch n := count(got, row); {
		case n > 1:
			return fmt.Sprintf("exactly once: %d rows where %d were written; %s is there %d times", len(got), len(want), row, n)
		case n == 0:
			missing++
		}
	}
	for _, row := range got {
		if count(want, row) == 0 {
			if strange++; first == nil {
				first = row
			}
		}
	}
	switch {
	case strange > 0:
		return fmt.Sprintf("values: %d rows are none that were written, nulls counted; the first is %s", strange, first)
	case missing > 0:
		return fmt.Sprintf("exactly once: %d rows of %d are missing", missing, len(want))
	}
	return "order: the rows do not stand in the order in which they were written"
}

func (s *sinkSuite[T]) values(i int) []model.Value {
	record := s.Record(&s.Rows[i])
	values := make([]model.Value, len(s.Fields))
	for k, f := range s.Fields {
		values[k] = record.Value(f.Index())
	}
	return values
}

// text returns a row as a text that differs for different rows.
func (s *sinkSuite[T]) text(values []model.Value) []byte {
	texts := make([]*string, len(values))
	for i, v := range values {
		if text := v.String(); !v.IsNull() {
			texts[i] = &text
		} else if s.NullIsEmpty {
			texts[i] = new(string)
		}
	}
	text, _ := json.Marshal(texts) //nolint:errchkjson // texts always do
	return text
}

// alike finds two rows that a verdict could not distinguish.
func (s *sinkSuite[T]) alike() error {
	seen := make(map[string]int, len(s.Rows))
	for i := range s.Rows {
		text := string(s.text(s.values(i)))
		if before, ok := seen[text]; ok {
			return fmt.Errorf("SinkTest.Rows: rows %d and %d are alike in Fields, %s; give each another id", before, i, text)
		}
		seen[text] = i
	}
	return nil
}

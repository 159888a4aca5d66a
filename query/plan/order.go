package plan

import (
	"strings"

	"github.com/muster-go/muster/model"
)

// OrderKey is one key of an order.
type OrderKey struct {
	Field      *model.Field
	Descending bool
}

// String returns the key as [Options.Order] takes it.
func (k OrderKey) String() string {
	if k.Descending {
		return "-" + k.Field.Name
	}
	return k.Field.Name
}

// SortPlace is what brings the rows into order. The zero SortPlace is SortNone.
type SortPlace uint8

// The places of a sort.
const (
	SortNone   SortPlace = iota // no order was requested
	SortByID                    // the pages are read in id order
	SortServer                  // the server sorts, and one page holds the answer
	SortTopK                    // the first rows are picked locally from all
	SortLocal                   // all rows are gathered and sorted locally
)

// Gathers reports whether every row must be read before the first is delivered.
func (s SortPlace) Gathers() bool { return s == SortTopK || s == SortLocal }

// String returns the value that the JSON of a plan has.
func (s SortPlace) String() string {
	return word(s, []string{
		SortNone: "none", SortByID: "by id", SortServer: "server", SortTopK: "local top k", SortLocal: "local",
	})
}

func joinKeys(keys []OrderKey) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.String()
	}
	return strings.Join(names, ",")
}

// parseOrder reads a list such as "-created_at,id". The id breaks every tie, because it
// is unique: keys after it are dropped, and a list without it gets it as its last key.
func parseOrder(text string, schema *model.Schema, id string) ([]OrderKey, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var keys []OrderKey
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		name, descending := strings.CutPrefix(part, "-")
		f, ok := schema.Lookup(name)
		if !ok {
			return nil, &OptionError{Option: "sort", Value: part, Reason: unknownField(name, schema)}
		}
		if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs {
			return nil, &OptionError{Option: "sort", Value: part, Reason: "a reference has no order"}
		}
		if f.Type == model.TypeList {
			return nil, &OptionError{Option: "sort", Value: part, Reason: "a list has no order"}
		}
		if f.Type == model.TypeJSON {
			return nil, &OptionError{Option: "sort", Value: part, Reason: "JSON has no order"}
		}
		keys = append(keys, OrderKey{f, descending})
		if name == id {
			return keys, nil
		}
	}
	if f, ok := schema.Lookup(id); ok {
		keys = append(keys, OrderKey{Field: f, Descending: keys[len(keys)-1].Descending})
	}
	return keys, nil
}

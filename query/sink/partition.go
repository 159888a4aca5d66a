package sink

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// Partition says which file of a folder a row belongs to: by the row, or by how
// many rows were written before it.
type Partition[T any] struct {
	key  string // as in an identity
	name func(row *T, before int64) string
}

// SplitRows makes files of n rows each, part-00001 and so on.
func SplitRows[T any](n int64) Partition[T] {
	n = max(n, 1)
	return Partition[T]{fmt.Sprintf("split by %d rows", n), func(_ *T, before int64) string {
		return fmt.Sprintf("part-%05d", before/n+1)
	}}
}

// PartitionBy makes a file for each value of a field, field=value. A field of time
// takes a unit after a colon: year, month or day, in UTC. A field that makes no files
// is a [*LayoutError].
func PartitionBy[T any](schema *model.Schema, spec string, record Record[T]) (Partition[T], error) {
	field, unit, _ := strings.Cut(spec, ":")
	f, ok := schema.Lookup(field)
	if !ok {
		return Partition[T]{}, &LayoutError{field, "is no field of " + schema.Name()}
	}
	layouts := map[string]string{"year": "2006", "month": "2006-01", "day": "2006-01-02"}
	layout := layouts[unit]
	switch {
	case f.Type == model.TypeDateTime && layout == "":
		return Partition[T]{}, &LayoutError{field, fmt.Sprintf("is a time: write %s:year, %s:month or %s:day", field, field, field)}
	case f.Type != model.TypeDateTime && unit != "":
		return Partition[T]{}, &LayoutError{field, "is no time, so that it has no " + unit}
	case f.Type == model.TypeRefs || f.Type == model.TypeRef || f.Type == model.TypeJSON || f.Through != "" || f.Name == "id":
		return Partition[T]{}, &LayoutError{field, "does not make files: take a field with few values, or a time"}
	}
	at := f.Index()
	return Partition[T]{"by " + spec, func(row *T, _ int64) string {
		v := record(row).Value(at)
		switch {
		case v.IsNull():
			return field + "=null"
		case layout != "":
			t, err := time.Parse(time.RFC3339, v.String())
			if err != nil {
				return field + "=unknown"
			}
			return field + "=" + t.UTC().Format(layout)
		}
		return field + "=" + fileName(v.String())
	}}, nil
}

// fileName is text in the characters that every file system has, each other byte
// as %XX.
func fileName(text string) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

package sink

import (
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// Partition assigns rows to the files of a folder. Make one with [SplitRows] or
// [PartitionBy]; the zero Partition is not usable.
type Partition[T any] struct {
	key  string // for identities
	name func(row *T, before int64) string
}

// SplitRows returns a partition into files of n rows each, named part-00001 and so on; an
// n below 1 is 1.
func SplitRows[T any](n int64) Partition[T] {
	n = max(n, 1)
	return Partition[T]{fmt.Sprintf("split by %d rows", n), func(_ *T, before int64) string {
		return fmt.Sprintf("part-%05d", before/n+1)
	}}
}

// PartitionBy returns a partition with a file for each value of a field, named
// field=value. The spec is the field's name; for a field of time, followed by a colon and
// year, month or day, in UTC. A field that is not suitable is a [*LayoutError].
func PartitionBy[T any](schema *model.Schema, spec string, record Record[T]) (Partition[T], error) {
	field, unit, _ := strings.Cut(spec, ":")
	f, ok := schema.Lookup(field)
	if !ok {
		return Partition[T]{}, &LayoutError{field, "is not a field of " + schema.Name()}
	}
	layouts := map[string]string{"year": "2006", "month": "2006-01", "day": "2006-01-02"}
	layout := layouts[unit]
	switch {
	case f.Type == model.TypeDateTime && layout == "":
		return Partition[T]{}, &LayoutError{field, fmt.Sprintf("is a time: write %s:year, %s:month or %s:day", field, field, field)}
	case f.Type != model.TypeDateTime && unit != "":
		return Partition[T]{}, &LayoutError{field, "is not a time, so it has no " + unit}
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

// fileName writes text in the characters that every file system has, and every other byte
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

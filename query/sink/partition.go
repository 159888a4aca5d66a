package sink

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

// Partition assigns rows to the files of a folder. Make one with [SplitRows] or
// [PartitionBy]; the zero Partition is not usable.
type Partition[T any] struct {
	key   string // for identities
	field string // that files are made by; "" = rows are counted
	of    func(row *T, before int64) part
}

// part identifies a file of a folder.
type part struct {
	kind  partKind
	count int64  // of a file of counted rows, from 1
	value string // of the field
}

type partKind uint8

const (
	partCounted partKind = iota
	partValue            // rows with one value
	partNull             // rows without a value
	partUnknown          // rows whose time cannot be read
)

// SplitRows returns a partition into files of n rows each, named part-00001 and so on; an
// n below 1 is 1.
func SplitRows[T any](n int64) Partition[T] {
	n = max(n, 1)
	return Partition[T]{key: fmt.Sprintf("split by %d rows", n), of: func(_ *T, before int64) part {
		return part{count: before/n + 1}
	}}
}

// PartitionBy returns a partition with a file for each value of a field, named
// field=value. A value that makes no file name of its own, because it is long, or because
// another differs from it only in case, makes a shortened name with a hash; the manifest
// has the value. The spec is the field's name; for a field of time, followed by a colon and
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
	case f.Type == model.TypeRefs || f.Type == model.TypeRef || f.Type == model.TypeJSON || f.Type == model.TypeList || f.Through != "" || f.Name == "id":
		return Partition[T]{}, &LayoutError{field, "does not make files: take a field with few values, or a time"}
	}
	at := f.Index()
	return Partition[T]{"by " + spec, field, func(row *T, _ int64) part {
		v := record(row).Value(at)
		switch {
		case v.IsNull():
			return part{kind: partNull}
		case layout != "":
			t, err := time.Parse(time.RFC3339, v.String())
			if err != nil {
				return part{kind: partUnknown}
			}
			return part{kind: partValue, value: t.UTC().Format(layout)}
		}
		return part{kind: partValue, value: v.String()}
	}}, nil
}

// text is the value as the file's name has it.
func (p part) text() string {
	switch p.kind {
	case partNull:
		return "null"
	case partUnknown:
		return "unknown"
	case partCounted, partValue:
	}
	return p.value
}

// maxNamePart is the most bytes of a field or a value in a file's name. Two of them, an
// extension and the number of a segment stay below the 255 bytes of most file systems.
const maxNamePart = 100

// name returns the name of the part's file without its extension, and a shortened one with
// a hash for the case that the first is taken.
func (by Partition[T]) name(p part) (name, hashed string) {
	if p.kind == partCounted {
		name = fmt.Sprintf("part-%05d", p.count)
		return name, name
	}
	text := p.text()
	field := fieldName(by.field)
	if len(field) > maxNamePart {
		sum := sha256.Sum256([]byte(by.field))
		field = fmt.Sprintf("%s~%x", cutEscaped(field, maxNamePart-17), sum[:8])
	}
	sum := sha256.Sum256(append([]byte{byte(p.kind)}, text...))
	hashed = fmt.Sprintf("%s=%s~%x", field, cutEscaped(fileName(text), maxNamePart-17), sum[:8])
	if name = fileName(text); len(name) > maxNamePart {
		return hashed, hashed
	}
	return field + "=" + name, hashed
}

// cutEscaped cuts a text that fileName made to n bytes, between two escapes.
func cutEscaped(name string, n int) string {
	if len(name) <= n {
		return name
	}
	for n > 0 && !utf8.RuneStart(name[n]) {
		n--
	}
	name = name[:n]
	if at := strings.LastIndexByte(name, '%'); at >= max(n-2, 0) {
		name = name[:at]
	}
	return name
}

// fileName writes text in the characters that every file system has, and every other byte
// as %XX. It never writes a ~, which ends a name that was shortened.
func fileName(text string) string { return escaped(text, 0xff) }

// fieldName writes the name of a field in the same way, but leaves letters of other
// alphabets.
func fieldName(field string) string { return escaped(field, 0x7f) }

// escaped writes each byte that is not a letter, a digit or one of -_. as %XX, up to most.
func escaped(text string, most byte) string {
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.' && i > 0, c > most:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

package define

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// maxFields bounds the fields of a draft.
const maxFields = 500

// drafted is a field and the reason for its type.
type drafted struct {
	rest.Field
	reason string
}

// fields returns the fields of rows, the key first where the rows have it, and the names
// that cannot be fields.
func fields(rows []value, k key) (all []drafted, left []string) {
	var walk func(c *column, of int, nullable bool)
	walk = func(c *column, of int, nullable bool) {
		for _, m := range c.members {
			nullable := nullable || m.nulls > 0 || m.rows < of
			switch name := m.path; {
			case rest.CheckText(name, false) != nil || strings.Contains("."+name+".", "..") || len(all) == maxFields:
				left = append(left, shown(name))
			case m.count[object] > 0 && m.only(object) && m.isRecord() && !clashes(c, m):
				walk(m, m.count[object], nullable)
			default:
				f := field(m, nullable, len(rows))
				if name == k.path {
					f.Type, f.Format, f.Spelling, f.Collation = k.typ, model.FormatRFC3339, nil, model.Binary
					f.reason = "the key: " + k.reason
				}
				all = append(all, f)
			}
		}
	}
	walk(columnsOf(rows), len(rows), false)
	return all, left
}

// clashes reports whether a member's path is also one through another member with a dot in
// its name.
func clashes(parent, m *column) bool {
	return slices.ContainsFunc(parent.members, func(o *column) bool { return o != m && strings.HasPrefix(o.path, m.path+".") })
}

// field returns the field of a column.
func field(c *column, nullable bool, rows int) drafted {
	f := drafted{Field: rest.Field{Field: model.Field{Name: c.path, Nullable: nullable, Returned: model.ReturnedAlways}}}
	for _, guess := range typeGuesses() {
		if guess(c, &f) {
			break
		}
	}
	if f.Type == model.TypeString {
		f.Collation = model.Binary
	}
	if f.Nullable {
		f.reason = strings.TrimPrefix(f.reason+absence(c, rows), "; ")
	}
	return f
}

// absence says why a field is nullable.
func absence(c *column, rows int) string {
	switch missing := rows - c.rows; {
	case c.nulls == c.rows && c.rows > 0:
		return ""
	case c.nulls > 0 && missing > 0:
		return fmt.Sprintf("; null in %d of %d rows, absent from %d", c.nulls, rows, missing)
	case c.nulls > 0:
		return fmt.Sprintf("; null in %d of %d rows", c.nulls, rows)
	case missing > 0:
		return fmt.Sprintf("; absent from %d of %d rows", missing, rows)
	}
	return "" // a value means null, or an object that has the member is absent
}

// typeGuesses are tried in turn until one knows the type. The last knows every one.
func typeGuesses() []func(*column, *drafted) bool {
	return []func(*column, *drafted) bool{
		guessNothing, guessBool, guessEpoch, guessInt, guessDecimal, guessFloat, guessInstant, guessString, guessList, guessJSON,
	}
}

func guessNothing(c *column, f *drafted) bool {
	if c.nulls < c.rows {
		return false
	}
	f.Type, f.reason = model.TypeJSON, "null in every row: look up its type"
	return true
}

func guessBool(c *column, f *drafted) bool {
	f.Type, f.reason = model.TypeBool, ""
	return c.only(boolean)
}

func guessEpoch(c *column, f *drafted) bool {
	if !c.only(number) || c.fractions > 0 {
		return false
	}
	format, ok := epochOf(c.path, c.lo, c.hi)
	if !ok {
		return false
	}
	f.Type, f.Format = model.TypeDateTime, format
	unit := "seconds"
	if format == model.FormatUnixMilli {
		unit = "milliseconds"
	}
	f.reason = fmt.Sprintf("by its name and its numbers, which are %s since 1970 in this century", unit)
	return true
}

func guessInt(c *column, f *drafted) bool {
	f.Type, f.reason = model.TypeInt, "whole numbers"
	return c.only(number) && c.fractions == 0
}

func guessDecimal(c *column, f *drafted) bool {
	f.Type, f.reason = model.TypeDecimal, "numbers with a fraction"
	return c.only(number) && c.large == 0
}

// guessFloat takes numbers if a decimal cannot keep some of them, but a float keeps each exactly.
func guessFloat(c *column, f *drafted) bool {
	f.Type, f.reason = model.TypeFloat, "numbers with more digits or a greater exponent than a decimal keeps"
	return c.only(number) && c.large > 0 && c.floats == c.large && c.inexact == 0
}

// guessInstant takes texts for instants if each has a known layout, or is a value that
// servers write where there is none.
func guessInstant(c *column, f *drafted) bool {
	if !c.only(text) || len(c.layouts) == 0 {
		return false
	}
	var nulls []string
	for _, other := range c.others {
		if !slices.Contains(noInstants(), other) {
			return false
		}
		nulls = append(nulls, strconv.Quote(other)) // none of them needs an escape
	}
	known := slices.Sorted(maps.Keys(c.layouts))
	found := make([]string, 0, len(known))
	for _, at := range known {
		found = append(found, layouts[at].name)
	}
	if len(found) == 2 && found[0] == "rfc3339" && found[1] == "rfc3339nano" {
		found = found[1:] // which reads both
	}
	f.Type, f.reason = model.TypeDateTime, "instants"
	format, named := formatNamed(found[0])
	switch {
	case len(found) == 1 && named:
		f.Format = format
	default:
		f.Spelling = &model.Spelling{Layouts: found}
		if slices.ContainsFunc(found, isWithoutZone) {
			f.reason = "instants without a zone, read as UTC: check that, or name their zone"
		}
	}
	if len(nulls) > 0 {
		if f.Spelling == nil {
			f.Spelling = &model.Spelling{}
		}
		f.Spelling.Nulls, f.Nullable = nulls, true
		f.reason += ", or " + strings.Join(nulls, " or ") + ", taken for null"
	}
	return true
}

// isWithoutZone reports whether a layout leaves the zone of an instant open.
func isWithoutZone(name string) bool {
	return strings.Contains(name, "15:04") && !strings.Contains(name, "07") && !strings.Contains(name, "MST") && !strings.Contains(name, "UTC")
}

func formatNamed(name string) (model.TimeFormat, bool) {
	for _, f := range []model.TimeFormat{model.FormatRFC3339, model.FormatRFC3339Nano, model.FormatDate} {
		if f.String() == name {
			return f, true
		}
	}
	return 0, false
}

func guessString(c *column, f *drafted) bool {
	f.Type, f.reason = model.TypeString, ""
	switch {
	case c.digits > 0 && c.digits == c.count[text]:
		f.reason = "numbers in texts: the type decimal reads them, if they are amounts"
	case len(c.layouts) > 0:
		f.reason = "some are instants, and others are not"
	}
	return c.only(text)
}

// guessList takes lists whose elements are of one scalar type. Instants in them stay texts.
func guessList(c *column, f *drafted) bool {
	if !c.only(list) || c.elements == nil || c.elements.nulls == c.elements.rows {
		return false
	}
	var element drafted
	for _, guess := range []func(*column, *drafted) bool{guessBool, guessInt, guessDecimal, guessFloat, guessString} {
		if guess(c.elements, &element) {
			f.Type, f.Of, f.reason = model.TypeList, element.Type, "lists"
			if f.Of == model.TypeString {
				f.Collation = model.Binary
			}
			return true
		}
	}
	return false
}

func guessJSON(c *column, f *drafted) bool {
	f.Type = model.TypeJSON
	switch {
	case c.only(list):
		f.reason = "lists"
	case c.only(object):
		f.reason = "objects whose members differ, or that lie deep"
	case c.only(number):
		f.reason = "numbers of more digits than a decimal or a float keeps"
	default:
		f.reason = "values of several types"
	}
	return true
}

package shipstreamtest

import (
	"math"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// test is a condition on one row. The filter syntax has no NOT, so unknown
// never needs to be told from false: a test answers whether its condition is
// true, and null makes none true but the null tests themselves.
type test func(*row) bool

// filter is the conjunction of a request's filter parameters. What it says of
// ids by plain comparison is kept apart as a range, and by equality as a list:
// the rest is then the same for every range of a scan, so its matches can be
// found once.
type filter struct {
	lo, hi int64   // ids in [lo, hi]
	ids    []int64 // if listed: ids among these, ascending
	listed bool
	rest   []test
	key    string // the text of rest
}

// matches reports whether r satisfies rest.
func (f *filter) matches(r *row) bool {
	for _, t := range f.rest {
		if !t(r) {
			return false
		}
	}
	return true
}

// only returns the rows, ascending by id, that satisfy all of f.
func (f *filter) only(rows []*row) []*row {
	var out []*row
	for _, r := range rows {
		_, found := slices.BinarySearch(f.ids, r.id)
		if f.lo <= r.id && r.id <= f.hi && (found || !f.listed) && f.matches(r) {
			out = append(out, r)
		}
	}
	return out
}

// condition is one filter parameter: any of its alternatives, each of which is
// all of its comparisons.
type condition struct {
	field *field
	any   [][]comparison
}

// comparison is one operator and its value.
type comparison struct {
	op   string
	num  int64     // of an int, bool or time field
	str  string    // of a string field
	list []operand // of in and nin
	test test      // the whole comparison, compiled
}

// operand is a value of a field's type.
type operand struct {
	num int64
	str string
}

// parseFilters reads the values of all filter parameters.
func (o *Options) parseFilters(fields []field, texts []string) (*filter, *apiError) {
	f := &filter{lo: math.MinInt64, hi: math.MaxInt64}
	var kept []string
	if len(texts) > 1 && o.misreads(TakesLastFilter) {
		texts = texts[len(texts)-1:]
	}
	either := len(texts) > 1 && o.misreads(OrsFilters)
	for _, text := range texts {
		c, err := o.parseFilter(fields, text)
		if err != nil {
			return nil, err
		}
		if either || !f.takeIDs(c) {
			f.rest = append(f.rest, o.anyOf(c))
			kept = append(kept, text)
		}
	}
	if tests := f.rest; either {
		f.rest = []test{func(r *row) bool { return slices.ContainsFunc(tests, func(t test) bool { return t(r) }) }}
	}
	slices.Sort(kept)
	f.key = strings.Join(kept, "\x00")
	return f, nil
}

// takeIDs narrows the range or the list of ids by c and reports true, if c is
// of a form that allows it.
func (f *filter) takeIDs(c *condition) bool {
	if c.field.name != "id" {
		return false
	}
	if len(c.any) == 1 {
		lo, hi := f.lo, f.hi
		for _, cmp := range c.any[0] {
			var ok bool
			if lo, hi, ok = narrow(lo, hi, cmp); !ok {
				return f.takeList(c)
			}
		}
		f.lo, f.hi = lo, hi
		return true
	}
	return f.takeList(c)
}

// narrow cuts the range [lo, hi] to what satisfies cmp.
func narrow(lo, hi int64, cmp comparison) (newLo, newHi int64, ok bool) {
	switch cmp.op {
	case "eq":
		return max(lo, cmp.num), min(hi, cmp.num), true
	case "gteq":
		return max(lo, cmp.num), hi, true
	case "lteq":
		return lo, min(hi, cmp.num), true
	case "gt":
		if cmp.num == math.MaxInt64 {
			return 1, 0, true
		}
		return max(lo, cmp.num+1), hi, true
	case "lt":
		if cmp.num == math.MinInt64 {
			return 1, 0, true
		}
		return lo, min(hi, cmp.num-1), true
	}
	return lo, hi, false
}

// takeList narrows the list of ids by a condition that is nothing but
// equalities.
func (f *filter) takeList(c *condition) bool {
	var ids []int64
	for _, all := range c.any {
		switch {
		case len(all) != 1:
			return false
		case all[0].op == "eq":
			ids = append(ids, all[0].num)
		case all[0].op == "in":
			for _, v := range all[0].list {
				ids = append(ids, v.num)
			}
		default:
			return false
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if f.listed {
		ids = slices.DeleteFunc(ids, func(id int64) bool {
			_, found := slices.BinarySearch(f.ids, id)
			return !found
		})
	}
	f.ids, f.listed = ids, true
	return true
}

// setMin is the number of equal alternatives from which they are looked up in a
// set instead of tried one by one.
const setMin = 8

// anyOf compiles c.
func (o *Options) anyOf(c *condition) test {
	if t := o.oneOf(c); t != nil {
		return t
	}
	var alternatives []test
	for _, all := range c.any {
		tests := make([]test, len(all))
		for i, cmp := range all {
			tests[i] = cmp.test
		}
		if len(tests) == 1 {
			alternatives = append(alternatives, tests[0])
			continue
		}
		alternatives = append(alternatives, func(r *row) bool {
			for _, t := range tests {
				if !t(r) {
					return false
				}
			}
			return true
		})
	}
	if len(alternatives) == 1 {
		return alternatives[0]
	}
	return func(r *row) bool {
		for _, t := range alternatives {
			if t(r) {
				return true
			}
		}
		return false
	}
}

// oneOf compiles many equalities into a set; nil if c is anything else.
func (o *Options) oneOf(c *condition) test {
	if len(c.any) < setMin {
		return nil
	}
	values := make([]operand, 0, len(c.any))
	for _, all := range c.any {
		if len(all) != 1 || all[0].op != "eq" {
			return nil
		}
		values = append(values, operand{all[0].num, all[0].str})
	}
	return o.member(c.field, values)
}

// member returns the test that the field's value equals one of values; null
// equals none.
func (o *Options) member(f *field, values []operand) test {
	if f.typ == typeString {
		set := make(map[string]struct{}, len(values))
		for _, v := range values {
			set[string(o.appendKey(nil, v.str))] = struct{}{}
		}
		return func(r *row) bool {
			var buf [256]byte
			_, ok := set[string(o.appendKey(buf[:0], f.str(r)))]
			return ok
		}
	}
	set := make(map[int64]struct{}, len(values))
	for _, v := range values {
		set[v.num] = struct{}{}
	}
	return func(r *row) bool {
		_, ok := set[f.num(r)] // no value that can be written is nullTime
		return ok
	}
}

// appendKey appends bytes that are equal for strings that compare as equal.
func (o *Options) appendKey(b []byte, s string) []byte {
	if o.binary() || o.misreads(FoldsNothing) {
		return append(b, s...)
	}
	if o.collation() == model.Case {
		return append(b, string(foldCase(s))...)
	}
	return appendWeights(b, s)
}

// field is a key that rows can be filtered by.
type field struct {
	name string
	typ  fieldType
	num  func(*row) int64  // of every type but typeString; nullTime is null
	str  func(*row) string // of typeString
	unit int64             // to which times are rounded; 0 = none
}

// fieldType is the type of a filter key.
type fieldType uint8

const (
	typeInt fieldType = iota
	typeString
	typeBool
	typeTime
)

// userFields are the keys that users can be filtered by.
func userFields() []field {
	return []field{
		idField(), nameField(),
		{name: "email", typ: typeString, str: func(r *row) string { return r.attrs().email }},
		{name: "username", typ: typeString, str: func(r *row) string { return r.attrs().username }},
		activeField(),
		{name: "created_at", typ: typeTime, num: func(r *row) int64 { return r.attrs().created }},
		{name: "last_login_at", typ: typeTime, num: func(r *row) int64 { return r.attrs().lastLogin }},
	}
}

func idField() field {
	return field{name: "id", typ: typeInt, num: func(r *row) int64 { return r.id }}
}

func nameField() field {
	return field{name: "name", typ: typeString, str: func(r *row) string { return r.attrs().name }}
}

func activeField() field {
	return field{name: "is_active", typ: typeBool, num: func(r *row) int64 {
		if r.active {
			return 1
		}
		return 0
	}}
}

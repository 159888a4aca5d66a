package define

import (
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
)

// column is what the rows have at one path.
type column struct {
	path    string
	objects int // rows that have an object here
	width   int // members of the widest of them

	rows   int // rows that have the member
	nulls  int // of them, those that have null
	count  [object + 1]int
	lo, hi int64 // of whole numbers

	fractions int         // numbers that are not whole
	large     int         // numbers that neither an int nor a decimal keeps
	floats    int         // of the large ones, those that are written as floats are
	inexact   int         // numbers that no float keeps
	digits    int         // texts that are numbers
	layouts   map[int]int // texts that are instants, by layout
	others    []string    // a few of the other texts, each once
	members   []*column   // of the objects here
	elements  *column     // of the lists here; nil = none has any
	known     map[string]*column
}

// maxOthers is how many texts that are not instants a column keeps: more are not values
// that stand for null.
const maxOthers = 3

// columnDepth is how deep the members of objects become fields of their own.
const columnDepth = 3

// columnsOf returns what the rows have, in the order in which members are met.
func columnsOf(rows []value) *column {
	all := &column{}
	for _, row := range rows {
		all.object(row, 0)
	}
	return all
}

// object adds the members of an object.
func (c *column) object(v value, depth int) {
	c.objects++
	c.width = max(c.width, len(v.members))
	if c.known == nil {
		c.known = map[string]*column{}
	}
	for _, m := range v.members {
		of := c.known[m.name]
		if of == nil {
			of = &column{path: join(c.path, m.name)}
			c.known[m.name] = of
			c.members = append(c.members, of)
		}
		of.add(m.value, depth)
	}
}

// add adds the value of one row.
func (c *column) add(v value, depth int) {
	c.rows++
	c.count[v.kind]++
	switch v.kind {
	case null:
		c.nulls++
	case number:
		c.number(v.text)
	case text:
		c.text(v.text)
	case object:
		if depth < columnDepth {
			c.object(v, depth+1)
		}
	case list:
		for _, e := range v.items {
			if c.elements == nil {
				c.elements = &column{path: c.path}
			}
			c.elements.add(e, columnDepth)
		}
	case boolean:
	}
}

func (c *column) number(digits string) {
	kept := keptByFloat(digits)
	if !kept {
		c.inexact++
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		c.fractions++
		if _, err := model.ParseDecimal(digits); err != nil {
			c.large++
			if kept && strings.ContainsAny(digits, ".eE") { // a long integer is rather an id
				c.floats++
			}
		}
		return
	}
	if c.count[number]-c.fractions == 1 {
		c.lo, c.hi = n, n
	}
	c.lo, c.hi = min(c.lo, n), max(c.hi, n)
}

// keptByFloat reports whether a float has all digits of a number in JSON's notation: at most 17,
// with which programs write floats.
func keptByFloat(number string) bool {
	const most = 17
	v, err := model.ParseFloat(number)
	digits := significant(number)
	if err != nil || len(digits) > most {
		return false
	}
	return significant(strconv.FormatFloat(v.Float(), 'e', max(len(digits)-1, 0), 64)) == digits
}

// significant returns the digits of a number from the first to the last that is not 0.
func significant(number string) string {
	if at := strings.IndexAny(number, "eE"); at >= 0 {
		number = number[:at]
	}
	return strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(number), "0")
}

func (c *column) text(s string) {
	if at := layoutOf(s); at >= 0 {
		if c.layouts == nil {
			c.layouts = map[int]int{}
		}
		c.layouts[at]++
		return
	}
	if _, err := model.ParseDecimal(s); err == nil {
		c.digits++
	}
	if len(c.others) <= maxOthers && !slices.Contains(c.others, s) {
		c.others = append(c.others, s)
	}
}

// only reports whether each value that is not null has one of the kinds.
func (c *column) only(kinds ...kind) bool {
	n := c.nulls
	for _, k := range kinds {
		n += c.count[k]
	}
	return n == c.rows
}

// isRecord reports whether the column's objects have members of their own names, and not
// names that are data.
func (c *column) isRecord() bool {
	const spread = 3 // a member more than this is a name that few objects have
	plain := !slices.ContainsFunc(c.members, func(m *column) bool { return strings.TrimSpace(m.path) == c.path+"." })
	return plain && len(c.members) > 0 && len(c.members) <= 2*c.width+spread
}

package shelftest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

// colonFilter reads conditions such as `a:'x' AND (b:>5 OR c:null)`, as several APIs write
// them. AND and OR of one level do not mix, because APIs differ in which binds tighter.
type colonFilter struct {
	columns columns
	rest    string
	ops     []string // that the API has, such as ":>="; the longest first
	holds   func(col column, op, text string, v model.Value) (bool, error)
}

var colonName = regexp.MustCompile(`^[a-z_]+`)

// predicate is a condition on a row.
type predicate func(row object) (bool, error)

// read reads a whole filter.
func (f *colonFilter) read() (predicate, error) {
	p, err := f.level()
	if err == nil && f.rest != "" {
		err = refuse("unexpected %q", f.rest)
	}
	return p, err
}

func (f *colonFilter) level() (predicate, error) {
	first, err := f.term()
	if err != nil {
		return nil, err
	}
	terms, join := []predicate{first}, ""
	for {
		word := ""
		for _, w := range []string{" AND ", " OR "} {
			if strings.HasPrefix(f.rest, w) {
				word = w
			}
		}
		if word == "" {
			break
		}
		if join != "" && join != word {
			return nil, refuse("AND and OR of one level")
		}
		join, f.rest = word, f.rest[len(word):]
		next, err := f.term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, next)
	}
	return func(row object) (bool, error) {
		for _, term := range terms {
			if ok, err := term(row); err != nil || ok == (join == " OR ") {
				return ok, err
			}
		}
		return join != " OR ", nil
	}, nil
}

func (f *colonFilter) term() (predicate, error) {
	if inner, ok := strings.CutPrefix(f.rest, "("); ok {
		f.rest = inner
		p, err := f.level()
		if err != nil {
			return nil, err
		}
		if f.rest, ok = strings.CutPrefix(f.rest, ")"); !ok {
			return nil, refuse("a parenthesis is not closed at %q", f.rest)
		}
		return p, nil
	}
	name := colonName.FindString(f.rest)
	col, err := f.columns.find(name)
	if err != nil {
		return nil, err
	}
	f.rest = f.rest[len(name):]
	for _, op := range f.ops {
		if text, ok := strings.CutPrefix(f.rest, op); ok {
			f.rest = text
			value, err := f.value()
			return func(row object) (bool, error) { return f.holds(col, op, value, col.value(row)) }, err
		}
	}
	return nil, refuse("no operator at %q", f.rest)
}

// value reads a quoted text, or up to a blank or a parenthesis.
func (f *colonFilter) value() (string, error) {
	if text, ok := strings.CutPrefix(f.rest, "'"); ok {
		value, rest, closed := strings.Cut(text, "'")
		if !closed {
			return "", refuse("a text is not closed at %q", f.rest)
		}
		f.rest = rest
		return value, nil
	}
	end := strings.IndexAny(f.rest+" ", " )")
	value := f.rest[:end]
	f.rest = f.rest[end:]
	if value == "" || strings.ContainsAny(value, `"'\:`) {
		return "", refuse("no value at %q", value+f.rest)
	}
	return value, nil
}

// matching returns the rows that a filter selects.
func (f *colonFilter) matching(rows []object) ([]object, error) {
	p, err := f.read()
	if err != nil {
		return nil, err
	}
	var wrong error
	rows = keep(rows, func(row object) bool {
		ok, err := p(row)
		if err != nil {
			wrong = err
		}
		return ok
	})
	return rows, wrong
}

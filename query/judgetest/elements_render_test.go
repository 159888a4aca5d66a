package judgetest_test

import (
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// elementRenderer writes a condition on the row r of things. A condition on elements becomes what
// SQL has for it: EXISTS, NOT EXISTS or COUNT over a subquery whose rows are the elements.
type elementRenderer struct {
	renderer

	from func(list, parent, alias string) string // FROM the elements of a list of the row parent, and AND
	at   string                                  // the row to which names are relative
	rows int                                     // so far, so that each has a name of its own
}

// newElementRenderer returns a renderer of the elements that from finds.
func newElementRenderer(mark func(int) string, from func(list, parent, alias string) string) *elementRenderer {
	e := &elementRenderer{from: from, at: "r"}
	e.mark, e.path, e.other = mark, e.anyValue, e.aboutElements
	return e
}

// render returns a checked tree as a condition.
func (e *elementRenderer) render(n dsl.Node) clause {
	e.node(n)
	return clause{e.sql.String(), e.args}
}

// through returns the references through which a path goes.
func through(f *model.Field) []string {
	if f.Through == "" {
		return nil
	}
	return []string{f.Through}
}

// lists returns the lists whose elements the values of a path are.
func lists(f *model.Field) []string {
	if f.Type == model.TypeList || f.Type == model.TypeRef || f.Type == model.TypeRefs {
		return append(through(f), f.Origin().Name)
	}
	return through(f)
}

// over writes a subquery over the elements of a list.
func (e *elementRenderer) over(list string, selected, condition func()) {
	e.rows++
	alias, parent := "e"+strconv.Itoa(e.rows), e.at
	e.at = alias
	e.write("(SELECT ")
	selected()
	e.write(e.from(list, parent, alias), "(")
	condition()
	e.write("))")
	e.at = parent
}

// some writes that a condition holds for an element of lists, each of which is in an element of
// the one before it.
func (e *elementRenderer) some(lists []string, condition func()) {
	if len(lists) == 0 {
		condition()
		return
	}
	e.write("EXISTS ")
	e.over(lists[0], func() { e.write("1") }, func() { e.some(lists[1:], condition) })
}

// count writes the number of elements for which a condition holds.
func (e *elementRenderer) count(lists []string, condition func()) {
	if len(lists) == 1 {
		e.over(lists[0], func() { e.write("COUNT(*)") }, condition)
		return
	}
	e.write("COALESCE(")
	e.over(lists[0], func() {
		e.write("SUM(")
		e.count(lists[1:], condition)
		e.write(")")
	}, e.anything)
	e.write(", 0)")
}

func (e *elementRenderer) anything() { e.write("TRUE") }

// column returns the column of a field of the row to which names are relative.
func (e *elementRenderer) column(f *model.Field) string {
	return e.at + "." + f.Name[strings.LastIndex(f.Name, ".")+1:]
}

// anyValue writes a predicate of a path, for any of its values.
func (e *elementRenderer) anyValue(p *dsl.Path, test func(column string)) {
	e.some(lists(p.Field), func() {
		if p.Field.Type == model.TypeList {
			test(e.at + "." + model.This)
		} else {
			test(e.column(p.Field))
		}
	})
}

// aboutElements writes a condition on elements, or on whether there are any.
func (e *elementRenderer) aboutElements(n dsl.Node) bool {
	switch n := n.(type) {
	case *dsl.Quantifier:
		if n.Kind == dsl.Some {
			e.some(lists(n.Path.Field), func() { e.node(n.Block) })
			return true
		}
		e.write("NOT ")
		e.some(lists(n.Path.Field), func() {
			e.write("(")
			e.node(n.Block)
			e.write(") IS NOT TRUE")
		})
	case *dsl.Count:
		condition := e.anything
		if n.Block != nil {
			condition = func() { e.node(n.Block) }
		}
		e.count(lists(n.Path.Field), condition)
		e.write(sqlOperator(n.Op))
		e.bind(sqlValue(n.Value))
	case *dsl.Is:
		return e.missing(n.Path.Field, n.What)
	default:
		return false
	}
	return true
}

// missing writes that there is no object, or that a list is null or empty.
func (e *elementRenderer) missing(f *model.Field, what dsl.IsWhat) bool {
	switch {
	case f.Type == model.TypeRef || f.Type == model.TypeRefs:
		e.write("NOT ")
		e.some(lists(f), e.anything)
	case f.Type == model.TypeList && (what == dsl.IsNull || what == dsl.IsEmpty):
		e.some(through(f), func() {
			e.write(e.column(f), " IS NULL")
			if what == dsl.IsEmpty {
				e.write(" OR NOT ")
				e.some([]string{f.Origin().Name}, e.anything)
			}
		})
	default:
		return false
	}
	return true
}

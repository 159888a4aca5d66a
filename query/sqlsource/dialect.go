package sqlsource

import (
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// table is the description of a table, and the dialect of its source. Its plans hold
// conditions of the filter language. The SQL is written from the checked conditions of a
// scan, so a kept plan is readable, and nobody can write SQL into it.
type table struct {
	Table
	flavour Flavour
	schema  *model.Schema
}

var _ plan.Dialect = (*table)(nil)

// A scan's query holds conditions under filterParam and the optional fields under
// selectParam.
const (
	filterParam = "filter"
	selectParam = "select"
)

// maxPage is the most rows of a page. A driver returns them at once, and a run keeps
// several pages in memory.
const maxPage = 1000

// Independent returns true, because a WHERE clause joins its conditions by AND.
func (*table) Independent() bool { return true }

// ID names the key.
func (t *table) ID() string { return t.Key }

// MaxPageSize returns 1000.
func (*table) MaxPageSize() int { return maxPage }

// Sorts reports whether the database sorts by the field as the language does.
func (t *table) Sorts(f *model.Field) bool {
	_, ok := t.flavour.Collations[f.Collation]
	return f.Type != model.TypeString || ok
}

// Deleted returns false, because a table keeps no deleted rows.
func (*table) Deleted() (url.Values, bool) { return nil, false }

// Project returns the parameters that select optional columns.
func (*table) Project(fields []*model.Field) url.Values {
	if len(fields) == 0 {
		return url.Values{}
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return url.Values{selectParam: names}
}

// Classify pushes each conjunct, or the part of it that SQL can express.
func (t *table) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	for i, n := range conjuncts {
		relaxed, reason := t.relax(n)
		if relaxed == nil {
			out[i] = plan.Pushdown{Reason: reason}
			continue
		}
		whole := t.clause()
		if whole.node(relaxed); whole.reason != "" { // although SQL can express its parts
			out[i] = plan.Pushdown{Reason: whole.reason}
			continue
		}
		out[i] = plan.Pushdown{Verdict: plan.Exact, Params: []plan.Param{{Name: filterParam, Value: dsl.Format(relaxed)}}, Reason: reason, Size: whole.size()}
		if reason != "" {
			out[i].Verdict = plan.Superset
		}
	}
	return out
}

// Describe returns the statement of a page and the parameters that it binds.
func (t *table) Describe(scan plan.Scan, r paginate.Request) string {
	s, err := t.selection(scan)
	if err != nil {
		return err.Error()
	}
	text, args := s.page(r)
	if len(args) == 0 {
		return text
	}
	return text + " -- " + arguments(args)
}

// selection is the part of a scan's statements that all pages share.
type selection struct {
	*table
	scan    plan.Scan
	columns []string // as they are selected
	fields  []*Column
	where   string // the condition, without WHERE; "" for all rows
	args    []any  // that where binds
}

// selection writes a scan's condition as SQL. It fails if the plan was kept and the table
// or the flavour has changed, so that the database cannot express the condition.
func (t *table) selection(scan plan.Scan) (*selection, error) {
	s := &selection{table: t, scan: scan}
	asked := scan.Query[selectParam]
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Returned == model.ReturnedAlways || slices.Contains(asked, c.Name) {
			s.fields = append(s.fields, c)
			s.columns = append(s.columns, t.name(c.Column))
		}
	}
	n, err := t.pushed(scan)
	if n == nil || err != nil {
		return s, err
	}
	s.where, s.args, err = t.express(n)
	return s, err
}

// pushed returns the conjunction that the scan leaves to the database; nil for all rows.
func (t *table) pushed(scan plan.Scan) (dsl.Node, error) {
	var terms []dsl.Node
	for _, c := range scan.Conjuncts {
		if len(c.Params) == 0 { // evaluated locally, or a bound of the ids
			continue
		}
		relaxed, reason := t.relax(c.Node)
		if relaxed == nil || reason != "" && c.Verdict == plan.Exact {
			return nil, notSQL(c.Node, reason)
		}
		terms = append(terms, relaxed)
	}
	if len(terms) == 0 {
		return nil, nil //nolint:nilnil // no condition selects all rows
	}
	return dsl.All(terms...), nil
}

// from begins a statement over the rows of a window.
func (s *selection) from(what string, window paginate.Bounds) *clause {
	c := s.clause()
	c.args = slices.Clone(s.args)
	c.write("SELECT ", what, " FROM ", s.name(strings.Split(s.From, ".")...))
	word := " WHERE "
	and := func() {
		c.write(word)
		word = " AND "
	}
	if s.where != "" {
		and()
		c.write("(", s.where, ")")
	}
	key := c.name(s.column(s.Key).Column)
	if window.Lo > 0 {
		and()
		c.write(key, " >= ")
		c.bind(window.Lo)
	}
	if window.Hi > 0 {
		and()
		c.write(key, " < ")
		c.bind(window.Hi)
	}
	return c
}

// column returns the column of a field. If there is none, it returns a column without a
// name.
func (t *table) column(field string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == field {
			return &t.Columns[i]
		}
	}
	return &Column{}
}

// count writes the statement that counts the scan's rows.
func (s *selection) count() (text string, args []any) {
	c := s.from("COUNT(*)", s.scan.IDs)
	return c.sql.String(), c.args
}

// page writes the statement of one page. It requests one row more than the page holds, to
// see whether more follow.
func (s *selection) page(r paginate.Request) (text string, args []any) {
	window := r.Window()
	if s.scan.Sort != "" {
		window = s.scan.IDs
	}
	c := s.from(strings.Join(s.columns, ", "), window)
	c.write(" ORDER BY ")
	order := s.scan.Sort
	if order == "" {
		if order = s.Key; r.Descending {
			order = "-" + order
		}
	}
	for i, key := range strings.Split(order, ",") {
		if i > 0 {
			c.write(", ")
		}
		c.order(key)
	}
	c.write(" LIMIT ")
	c.bind(int64(r.Limit) + 1)
	return c.sql.String(), c.args
}

// order writes one key of an order. Nulls come first in ascending order, as in the
// language.
func (c *clause) order(key string) {
	field, descending := strings.CutPrefix(key, "-")
	column := c.column(field)
	name, nulls, direction := c.name(column.Column), " IS NOT NULL, ", ""
	if descending {
		nulls, direction = " IS NULL, ", " DESC"
	}
	if column.Nullable {
		c.write(name, nulls)
	}
	c.write(name)
	if column.Type == model.TypeString {
		c.collate(column.Collation)
	}
	c.write(direction)
}

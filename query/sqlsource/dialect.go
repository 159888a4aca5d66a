package sqlsource

import (
	"math"
	"net/url"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// table is a table as both planning and fetching know it, and the dialect of the
// source. The parameters that plans hold are conditions in the filter language, so
// that a plan that was kept can be read, and holds no SQL that somebody might have
// written into it.
type table struct {
	Table
	flavour Flavour
	schema  *model.Schema
}

var _ plan.Dialect = (*table)(nil)

// filterParam and selectParam are what a scan's query holds: conditions, and the
// fields asked for besides those that always come.
const (
	filterParam = "filter"
	selectParam = "select"
)

// maxPage is the largest page: what a driver brings at once and a run keeps in
// memory several times over.
const maxPage = 1000

// Independent: conditions are ANDed, each for itself.
func (*table) Independent() bool { return true }

func (t *table) ID() string { return t.Key }

// MaxPageSize is that of other sources.
func (*table) MaxPageSize() int { return maxPage }

// Sorts reports whether the database has the field's order.
func (t *table) Sorts(f *model.Field) bool {
	_, ok := t.flavour.Collations[f.Collation]
	return f.Type != model.TypeString || ok
}

// Deleted: a table has no rows but its rows.
func (*table) Deleted() (url.Values, bool) { return nil, false }

// Project asks for columns that do not always come.
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

// Classify sends each conjunct as it is, or what of it can be said.
func (t *table) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	for i, n := range conjuncts {
		said, reason := t.weaken(n)
		if said == nil {
			out[i] = plan.Pushdown{Reason: reason}
			continue
		}
		whole := t.clause()
		if whole.node(said); whole.reason != "" { // though its parts can be said
			out[i] = plan.Pushdown{Reason: whole.reason}
			continue
		}
		out[i] = plan.Pushdown{Verdict: plan.Exact, Params: []plan.Param{{Name: filterParam, Value: dsl.Format(said)}}, Reason: reason, Size: whole.size()}
		if reason != "" {
			out[i].Verdict = plan.Superset
		}
	}
	return out
}

// Describe is the statement of a page and what it binds.
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

// selection is a scan as the database is asked for it.
type selection struct {
	*table
	scan    plan.Scan
	filter  dsl.Node  // checked; nil for all rows
	columns []*Column // in the order selected
}

// selection reads a scan's query.
func (t *table) selection(scan plan.Scan) (*selection, error) {
	s := &selection{table: t, scan: scan}
	for i := range t.Columns {
		c := &t.Columns[i]
		asked := strings.Contains("\n"+strings.Join(scan.Query[selectParam], "\n")+"\n", "\n"+c.Name+"\n")
		if c.Returned == model.ReturnedAlways || asked {
			s.columns = append(s.columns, c)
		}
	}
	var err error
	s.filter, err = t.conditions(scan.Query)
	return s, err
}

// conditions are those of a scan's query. They are as large as a statement may be,
// whatever limits the filter was parsed under.
func (t *table) conditions(q url.Values) (dsl.Node, error) {
	const most = math.MaxInt
	var terms []dsl.Node
	for _, text := range q[filterParam] {
		parsed, err := dsl.Parse(text, dsl.MaxBytes(most), dsl.MaxTokens(most), dsl.MaxDepth(most), dsl.MaxListItems(most))
		if err != nil {
			return nil, err
		}
		checked, err := dsl.Check(parsed, t.schema)
		if err != nil {
			return nil, err
		}
		terms = append(terms, checked.Root)
	}
	switch len(terms) {
	case 0:
		return nil, nil //nolint:nilnil // no condition is one that holds for all
	case 1:
		return terms[0], nil
	}
	return &dsl.And{Terms: terms}, nil
}

// from begins a statement: everything up to the rows of a window.
func (s *selection) from(what string, window paginate.Bounds) *clause {
	c := s.clause()
	c.write("SELECT ", what, " FROM ", s.name(strings.Split(s.From, ".")...))
	word := " WHERE "
	and := func() {
		c.write(word)
		word = " AND "
	}
	if s.filter != nil {
		and()
		c.write("(")
		c.node(s.filter)
		c.write(")")
	}
	key := c.name(s.key().Column)
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

func (t *table) key() *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == t.Key {
			return &t.Columns[i]
		}
	}
	return nil // never: settled looked
}

// count is the statement that counts the scan's rows.
func (s *selection) count() (text string, args []any) {
	c := s.from("COUNT(*)", s.scan.IDs)
	return c.sql.String(), c.args
}

// page is the statement of one page. It asks for a row more than the page holds,
// which says whether more follow.
func (s *selection) page(r paginate.Request) (text string, args []any) {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = s.name(c.Column)
	}
	window := r.Window()
	if s.scan.Sort != "" {
		window = s.scan.IDs
	}
	c := s.from(strings.Join(names, ", "), window)
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

// order writes one key of an order: nulls first ascending, as the language has it.
func (c *clause) order(key string) {
	name, descending := strings.CutPrefix(key, "-")
	for i := range c.Columns {
		column := &c.Columns[i]
		if column.Name != name {
			continue
		}
		if column.Nullable {
			c.write(c.name(column.Column), map[bool]string{false: " IS NOT NULL, ", true: " IS NULL, "}[descending])
		}
		c.write(c.name(column.Column))
		if column.Type == model.TypeString {
			c.collate(column)
		}
		if descending {
			c.write(" DESC")
		}
	}
}

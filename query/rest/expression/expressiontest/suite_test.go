package expressiontest_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// listing is a definition of the schema's rows in a preset's dialect.
func listing(tb testing.TB, preset string, declare func(*expression.Dialect)) rest.Definition {
	tb.Helper()
	d, ok := expression.Preset(preset)
	if !ok {
		tb.Fatalf("there is no preset %s", preset)
	}
	if declare != nil {
		declare(&d)
	}
	d.To = expression.Place{Param: "q"}
	s := schema(tb)
	def := rest.Definition{Name: "rows", Path: "/rows", Expression: &d, Paging: rest.Paging{Style: rest.Offset, Skip: "skip", Limit: "limit"}}
	def.Layout.Rows = "rows"
	for i := range s.Len() {
		f := *s.Field(i)
		f.Returned = model.ReturnedAlways
		if f.Type == model.TypeDateTime && !f.WholeSeconds {
			f.Format = model.FormatRFC3339Nano
		}
		def.Fields = append(def.Fields, rest.Field{Field: f})
	}
	return def
}

// TestDialect: the suite for dialects finds no fault in a preset before any server that its
// specification allows.
func TestDialect(t *testing.T) {
	t.Parallel()
	all := servers()
	for _, d := range expression.Presets() {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			for _, s := range all[d.Name] {
				t.Run(s.name, func(t *testing.T) { testDialect(t, d.Name, s) })
			}
		})
	}
}

// printable drops control characters.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return -1
	}
	return r
}

func testDialect(t *testing.T, preset string, s server) {
	t.Helper()
	src, err := rest.New(nil, listing(t, preset, s.declare))
	if err != nil {
		t.Fatal(err)
	}
	s.options.Fields = types(src.Schema())
	e := language(t, preset, s.options)
	r := newRandom(3, s.step)
	rows, records := map[int64]expressiontest.Row{}, map[int64]model.Record{}
	for id := int64(1); id <= 30; id++ {
		row := r.row(src.Schema(), nil)
		row[0] = model.Int(id)
		for i, v := range row { // the suite asks for texts of rows, and filters have no control characters
			if v.Type() == model.TypeString {
				row[i] = model.String(strings.Map(printable, v.Str()))
			}
		}
		rows[id], records[id] = row.row(src.Schema()), row
	}
	err = querytest.TestDialect(src, records, func(q url.Values) (ids []int64, err error) {
		var filters []expressiontest.Filter
		for _, part := range q["q"] {
			if preset == "postgrest" {
				part = "(" + part + ")"
			}
			f, err := e.Parse(part)
			if err != nil {
				return nil, err
			}
			filters = append(filters, f)
		}
		for id, row := range rows {
			keep := true
			for _, f := range filters {
				keep = keep && f.Match(row)
			}
			if keep {
				ids = append(ids, id)
			}
		}
		return ids, nil
	})
	if err != nil {
		t.Error(err)
	}
}

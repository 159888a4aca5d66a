package rest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model/display"
)

// CheckText returns an error unless a text of a definition shows all that it has: it has no
// character that steers a terminal, turns the text around it, or is invisible. A doc may
// have lines and tabs.
func CheckText(text string, doc bool) error {
	if doc {
		text = strings.NewReplacer("\n", " ", "\t", " ").Replace(text)
	}
	if display.Clean(text) == text {
		return nil
	}
	for _, r := range text {
		if display.Clean(string(r)) != string(r) {
			return fmt.Errorf("the text %.100q has the character %U, which is not allowed", text, r)
		}
	}
	return fmt.Errorf("the text %.100q is not UTF-8", text)
}

// texts checks the characters of every text of the definition. The client checks the names
// of headers.
func (c *checker) texts() {
	check := func(part string, texts ...string) {
		for _, text := range texts {
			if err := CheckText(text, strings.HasSuffix(part, ".doc")); err != nil {
				c.badf(part, "%v", err)
			}
		}
	}
	l, p := c.Layout, c.Paging
	check("resource", c.Name)
	check("path", c.Path)
	check("select", c.Select)
	check("include", c.Include)
	check("layout", l.Rows, l.ID, l.HasMore, l.Done, l.Next, l.Previous, l.Total, l.Included, l.Meta, l.OK, l.Error)
	check("layout.retry", c.Answer.Retry...)
	check("layout.columns", append([]string{c.Shape.ColumnsAt}, c.Shape.Columns...)...)
	check("paging", p.Limit, p.Sort, p.Direction, p.Ascending, p.Descending, p.From, p.After, p.Until, p.Token, p.Skip, p.Page)
	for part, params := range map[string]map[string][]string{"params": c.Params, "deleted": c.Deleted} {
		for _, name := range slices.Sorted(maps.Keys(params)) {
			check(part, append([]string{name}, params[name]...)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Header)) {
		check("headers."+name, c.Header[name]...)
	}
	visit(c.Body, func(text string) { check("request.body.doc", text) })
	visit([]any{p.Order.Ascending, p.Order.Descending, p.Order.Join, p.Order.Behind}, func(text string) { check("paging.order", text) })
	for i, f := range c.Fields {
		part := "fields." + strconv.Itoa(i)
		check(part+".name", f.Name)
		check(part+".as", f.As)
		check(part+".through", f.Through)
		check(part+".doc", f.Doc)
		for _, op := range slices.Sorted(maps.Keys(f.Params)) {
			check(part+".params."+op, f.Params[op], f.Values[op].Template)
			check(part+".params."+op, f.Values[op].Refuse...)
			for _, value := range slices.Sorted(maps.Keys(f.Values[op].Map)) {
				check(part+".params."+op, value, f.Values[op].Map[value])
			}
		}
		if f.Spelling != nil {
			check(part+".format.layouts", f.Spelling.Layouts...)
		}
	}
}

// visit calls f with every text of a tree, the names of members included.
func visit(tree any, f func(text string)) {
	switch t := tree.(type) {
	case string:
		f(t)
	case []any:
		for _, child := range t {
			visit(child, f)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(t)) {
			f(name)
			visit(t[name], f)
		}
	}
}

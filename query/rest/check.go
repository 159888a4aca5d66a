package rest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/transport"
)

// checker gathers the faults of a definition.
type checker struct {
	Definition
	found []Fault
	taken map[string]use // the parameters of a request
}

// use is what a parameter of a request is for.
type use struct {
	what  string
	field string // of a field's parameter
	op    string
	part  string
	// spelled says that the value tells the operator from others of the field.
	spelled bool
}

func (c *checker) badf(part, format string, args ...any) {
	c.found = append(c.found, Fault{part, fmt.Errorf(format, args...)})
}

// faults returns every fault of a definition whose defaults are filled in.
func (d Definition) faults() []Fault {
	c := &checker{Definition: d, taken: map[string]use{}}
	if d.Name == "" {
		c.badf("resource", "it has no name")
	}
	if !strings.HasPrefix(d.Path, "/") {
		c.badf("path", "its path %q does not begin with /", d.Path)
	}
	if strings.ContainsAny(d.Path, "?#") {
		c.badf("path", "its path %q holds more than a path: what every request has is for params", d.Path)
	} else if reason := transport.CheckPath(slashed(d.Path)); reason != "" && strings.HasPrefix(d.Path, "/") {
		c.badf("path", "its path %q is refused: %s", d.Path, reason)
	}
	c.texts()
	c.paging()
	c.sorting()
	c.lists()
	c.layout()
	c.shape()
	c.answer()
	c.client()
	c.variables()
	c.selection()
	c.oauth()
	c.limits()
	c.key()
	c.parent()
	c.parameters()
	c.expression()
	for i, f := range d.Fields {
		c.field(fieldPart(i), f)
	}
	c.request()
	return c.found
}

// fieldPart names a field in faults.
func fieldPart(i int) string { return "fields." + strconv.Itoa(i) }

// means names what a field says of its conditions, without a [Syntax].
func (c *checker) means() string {
	if c.Expression != nil {
		return "ops"
	}
	return "params"
}

// paging checks that the style has the parameters that it needs, and no others.
func (c *checker) paging() {
	p := c.Paging
	if p.Max < 1 {
		c.badf("paging.max", "a page of %d rows", p.Max)
	}
	uses := map[Style][]string{
		Keyset: nil, Forward: {"from", "after", "until"}, After: {"after"}, Token: {"token"}, Offset: {"skip"}, Page: {"page"}, Link: nil,
	}
	known, ok := uses[p.Style]
	if !ok {
		c.badf("paging.style", "there is no paging style %q; there are %s, %s, %s, %s, %s, %s and %s", p.Style, Keyset, Forward, After, Token, Offset, Page, Link)
		return
	}
	of := map[string]string{"from": p.From, "after": p.After, "until": p.Until, "token": p.Token, "skip": p.Skip, "page": p.Page}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if of[name] != "" && !slices.Contains(known, name) {
			c.badf("paging."+name, "paging by %s has no use for %s", p.Style, name)
		}
	}
	switch {
	case p.Origin != 0 && p.Style != Offset && p.Style != Page:
		c.badf("paging.origin", "paging by %s has no use for origin, which is what skip is for the first row", p.Style)
	case p.Origin != 0 && p.Style == Page:
		c.badf("paging.origin", "pages count from 1, or from 0 with from_zero: true; origin is for paging by %s", Offset)
	case p.Origin < 0 || p.Origin > 1:
		c.badf("paging.origin", "the first row is 0 or 1, not %d", p.Origin)
	}
	switch {
	case p.Window == 0:
	case p.Style != Offset && p.Style != Page:
		c.badf("paging.window", "paging by %s has no use for window, because its pages have no position", p.Style)
	case p.Window < p.Max:
		c.badf("paging.window", "the server gives %d rows of a listing, and pages have %d: write max: %d or less", p.Window, p.Max, max(p.Window, 1))
	}
	if p.IdlePages < 0 {
		c.badf("paging.idle_pages", "%d pages", p.IdlePages)
	}
	if walks := p.Style == Keyset || p.Style == Forward; walks && (p.IdlePages != 0 || p.EmptyLast) {
		c.badf("paging", "paging by %s has no use for idle_pages and empty_last", p.Style)
	}
	needs := func(name, value string) {
		if value == "" {
			c.badf("paging", "paging by %s needs the parameter %s", p.Style, name)
		}
	}
	switch p.Style {
	case Keyset:
		if c.Syntax == nil {
			c.badf("paging.style", "paging by keyset is not for the dialect %s; forward is", KeyValue)
		}
	case Forward:
		needs("from or after", p.From+p.After)
	case After:
		needs("after", p.After)
	case Token:
		needs("token", p.Token)
		if c.nextPlace() == "" {
			c.badf("layout", "paging by token needs the member of a page that holds the token: next")
		}
	case Offset:
		needs("skip", p.Skip)
		needs("limit", p.Limit)
	case Page:
		needs("page", p.Page)
	case Link:
	}
}

// sorting checks the order that a listing is asked for.
func (c *checker) sorting() {
	p := c.Paging
	c.spelledOrder()
	if p.Ties != "" && p.Ties != TiesAlong && p.Ties != TiesAscending {
		c.badf("paging.ties", "there is no order of ties %q; there are %s and %s", p.Ties, TiesAlong, TiesAscending)
	}
	switch p.Nulls {
	case "", NullsLeast, NullsGreatest, NullsFirst, NullsLast, NullsUnknown:
	default:
		c.badf("paging.nulls", "there is no place of nulls %q; there are %s, %s, %s, %s and %s", p.Nulls, NullsLeast, NullsGreatest, NullsFirst, NullsLast, NullsUnknown)
	}
	if p.Nulls != "" && p.Sort == "" && p.Style != Keyset {
		c.badf("paging.nulls", "the server sorts by no parameter, so that its nulls have no place: name sort")
	}
	if p.Direction == "" {
		for _, m := range []struct{ name, value string }{{"ascending", p.Ascending}, {"descending", p.Descending}} {
			if m.value != "" {
				c.badf("paging."+m.name, "without the parameter of a sort's direction there is no use for %s; the spelling of a key is that of order", m.name)
			}
		}
		if p.Ties != "" && p.Order.isZero() {
			c.badf("paging.ties", "without the parameter of a sort's direction, or an order, there is no use for ties")
		}
		return
	}
	if p.Sort == "" || p.Style == Keyset {
		c.badf("paging.direction", "a direction is that of a sort by a parameter, and paging has none that is used: sort")
	}
	if p.Ascending == p.Descending {
		c.badf("paging.direction", "%s=%s would be both directions", p.Direction, p.Ascending)
	}
}

// spelledOrder checks the templates of an order.
func (c *checker) spelledOrder() {
	p := c.Paging
	if p.Order.isZero() {
		return
	}
	switch {
	case p.Sort == "" || p.Style == Keyset:
		c.badf("paging.order", "an order spells the keys of a sort by a parameter, and paging has none that is used: sort")
	case p.Direction != "":
		c.badf("paging.order", "the direction has a parameter of its own, so that keys need no spelling: leave order out, or direction")
	}
	c.orderBehind()
	trees := 0
	for _, m := range []struct {
		name     string
		template any
	}{{"ascending", p.Order.template(false)}, {"descending", p.Order.template(true)}} {
		if _, text := m.template.(string); !text {
			trees++
		}
		if places(m.template) == 0 {
			c.badf("paging.order."+m.name, "the template %.100q has no place for the field; write it such as %q", expression.Format(m.template), fieldPlace+" desc")
		}
	}
	switch {
	case trees == 1:
		c.badf("paging.order", "ascending and descending are both texts or both trees")
	case trees == 2 && !isPointer(p.Sort):
		c.badf("paging.sort", "trees spell the order, so that it stands in the body: write sort as a pointer such as /sort, not %q", p.Sort)
	case trees == 2 && p.Order.Join != "":
		c.badf("paging.order.join", "trees are elements of a list, and nothing joins them: leave join out")
	}
	if reflect.DeepEqual(p.Order.template(false), p.Order.template(true)) {
		c.badf("paging.order", "%.100q would be both directions", expression.Format(p.Order.template(true)))
	}
}

// orderBehind checks an order that stands behind the conditions.
func (c *checker) orderBehind() {
	p := c.Paging
	if p.Order.Behind == "" {
		return
	}
	switch {
	case c.Expression == nil || c.Expression.To.Brackets || p.Sort != c.Expression.To.Name():
		c.badf("paging.order.behind", "an order behind the conditions stands in the parameter of the expression, and sort names %q: name that parameter in both", p.Sort)
	case !isText(c.Expression.And) || !isText(p.Order.template(false)):
		c.badf("paging.order.behind", "an order behind the conditions is a text: leave behind out, or write texts")
	case c.Expression.Base == nil && c.Expression.To.Empty == "" && c.Expression.To.Around != "":
		c.badf("paging.order.behind", "a request without conditions has nothing that the order could stand behind: name a base, or what is sent without any condition (expression.to.empty)")
	}
	if strings.Count(p.Order.Behind, "{}") != 1 {
		c.badf("paging.order.behind", "the template %q needs one place for the keys; write it such as %q", p.Order.Behind, " ORDER BY {}")
	}
}

// lists checks how lists are sent.
func (c *checker) lists() {
	switch {
	case (c.Syntax != nil || c.Expression != nil) && c.Lists != "":
		c.badf("lists", "lists are for the dialect %s; %s has its own", KeyValue, c.Dialect())
	case c.Syntax == nil && c.Expression == nil && c.Lists != Comma && c.Lists != Repeat && c.Lists != Brackets:
		c.badf("lists", "lists are not sent as %q; there are %s, %s and %s", c.Lists, Comma, Repeat, Brackets)
	}
}

// layout checks that no member of a page has two meanings.
func (c *checker) layout() {
	l := c.Layout
	members := []struct{ name, path string }{
		{"rows", l.Rows},
		{"has_more", l.HasMore},
		{"done", l.Done},
		{"next", l.Next},
		{"previous", l.Previous},
		{"total", l.Total},
		{"included", l.Included},
		{"meta", l.Meta},
		{"ok", l.OK},
		{"error", l.Error},
	}
	for i, m := range members {
		if m.path != "" && l.Rows == "" {
			c.badf("layout."+m.name, "a page has no member %q where it is the list of rows: name the rows, too", m.path)
		}
		for j, other := range members {
			switch {
			case m.path == "" || other.path == "":
			case m.path == other.path && i > j:
				c.badf("layout."+m.name, "the member %q is both %s and %s", m.path, other.name, m.name)
			case strings.HasPrefix(m.path, other.path+"."):
				c.badf("layout."+m.name, "the path %q leads into %q, which is %s and is not looked into", m.path, other.path, other.name)
			}
		}
	}
}

// shape checks the shape of rows.
func (c *checker) shape() {
	s := c.Shape
	for i, name := range s.Columns {
		if slices.Contains(s.Columns[:i], name) {
			c.badf("layout.columns", "the column %q is there twice", name)
		}
	}
	switch {
	case len(s.Columns) > maxColumns:
		c.badf("layout.columns", "%d columns, and %d are the most", len(s.Columns), maxColumns)
	case s.ColumnsAt != "" && len(s.Columns) > 0:
		c.badf("layout.columns", "the names of columns are a list, or in the member %s", s.ColumnsAt)
	case s.ColumnsAt != "" && c.Layout.Rows == "":
		c.badf("layout.columns", "a page has no member %q where it is the list of rows: list the names, or name the rows, too", s.ColumnsAt)
	case s.Map && s.lists() && slices.Contains(s.Columns, c.Layout.ID):
		c.badf("layout.columns", "the key %s is the name of a row in the map, and not among its columns: leave it out", c.Layout.ID)
	}
	if s.ColumnsAt != "" && s.ColumnsAt == c.Layout.Rows {
		c.badf("layout.columns", "the member %q is both rows and columns", s.ColumnsAt)
	}
}

// answer checks what counts of an answer besides its layout.
func (c *checker) answer() {
	if c.Layout.HasMore != "" && c.Layout.Done != "" {
		c.badf("layout.done", "a page has one flag: has_more, true before the last page, or done, true on it")
	}
	for _, m := range []struct{ part, path, header string }{
		{"layout.next", c.Layout.Next, c.Answer.NextHeader},
		{"layout.total", c.Layout.Total, c.Answer.TotalHeader},
	} {
		if m.header == "" {
			continue
		}
		if m.path != "" {
			c.badf(m.part, "it is in one place: the member %s or the header %s", m.path, m.header)
		}
		if wrong, ok := errors.AsType[*transport.OptionError](transport.CheckHeader(m.header, "")); ok {
			c.badf(m.part, "%s", wrong.Reason)
		}
	}
	if c.Answer.RowsAbsent && c.Layout.Rows == "" {
		c.badf("layout.rows_absent", "the page is the list of rows, so that no member can be absent")
	}
	if c.Answer.NextOnLast && (c.Layout.HasMore == "" || c.nextPlace() == "") {
		c.badf("layout.next_on_last", "the last page names a next one, so that a flag must say that it is the last: name has_more and next")
	}
	for _, text := range c.Answer.Retry {
		if strings.TrimSpace(text) == "" {
			c.badf("layout.retry", "an empty text is in every failure")
		}
	}
	if p := c.Paging; p.Alone && p.Style != Token {
		c.badf("paging.alone", "paging by %s has no use for alone, which is for a token", p.Style)
	} else if p.Rebase && p.Style != Link {
		c.badf("paging.rebase", "paging by %s has no use for rebase, which is for a link", p.Style)
	}
}

// selection checks what asks for fields.
func (c *checker) selection() {
	if c.Replaces && c.Select == "" {
		c.badf("select", "select has no parameter that replaces the fields of rows: write {param: NAME, replaces: true}")
	}
}

// key checks that rows have a key.
func (c *checker) key() {
	id := c.Layout.ID
	switch i := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == id }); {
	case len(c.Fields) == 0:
		c.badf("fields", "it has no fields: name the ones that rows have, the key %s among them", id)
	case i < 0:
		c.badf("layout.id", "no field is called %q, as the key of a row is", id)
	default:
		c.keyField(c.Fields[i])
	}
}

// keyField checks that a field can be the key. Paging by the key adds one to a key and
// halves ranges of keys, which only numbers allow.
func (c *checker) keyField(key Field) {
	style := c.Paging.Style
	byKey := style == Keyset || style == Forward
	switch {
	case key.Type != model.TypeInt && key.Type != model.TypeString || key.Nullable || key.Through != "":
		c.badf("layout.id", "the key %q must be a field of type int or string that is never null", key.Name)
	case key.Type == model.TypeString && byKey:
		c.badf("layout.id", "the key %q is a string, and paging by %s compares ids as numbers; it must be of type int, or pages go by %s, %s, %s, %s or %s",
			key.Name, style, After, Token, Link, Offset, Page)
	}
}

// parameters claims the parameters that belong to no field, each for one use.
func (c *checker) parameters() {
	p := c.Paging
	// What a request need not have may have a default: the order, and the id after which a
	// listing begins.
	defaults := []string{"paging.sort", "paging.direction"}
	if p.Style == Forward {
		defaults = append(defaults, "paging.after", "paging.from")
	}
	for _, own := range []struct{ part, name string }{
		{"paging.limit", p.Limit},
		{"paging.sort", p.Sort},
		{"paging.direction", p.Direction},
		{"paging.from", p.From},
		{"paging.after", p.After},
		{"paging.until", p.Until},
		{"paging.token", p.Token},
		{"paging.skip", p.Skip},
		{"paging.page", p.Page},
		{"select", c.Select},
		{"auth.query", c.Auth.Query},
	} {
		c.claim(own.part, own.name, use{what: own.part})
	}
	if p.Style == Keyset { // which page by what the API calls them
		c.claim("paging.style", "cursor_start", use{what: "paging by keyset"})
		c.claim("paging.style", "count", use{what: "paging by keyset"})
	}
	for name := range c.Params {
		if by, ok := c.taken[name]; ok && !slices.Contains(defaults, by.what) {
			c.badf("params", "the parameter %q is that of %s, and cannot be sent with every request", name, by.what)
		}
	}
}

// claim takes a parameter for a use. Only an equality and a list of values of the same
// field can share one: a list of one value is that equality.
func (c *checker) claim(part, name string, by use) {
	if name == "" {
		return
	}
	other, ok := c.taken[name]
	switch shared := []string{"eq", "in"}; {
	case !ok:
		by.part = part
		c.taken[name] = by
	case by.spelled && other.spelled && by.field == other.field: // one request says one of them
	case by.field == "" || by.field != other.field || isPointer(name) || !slices.Contains(shared, by.op) || !slices.Contains(shared, other.op):
		c.badf(part, "the parameter %q is that of %s too: one request could not say both", name, other.what)
	}
}

// request checks the method and the body, and the places that parameters have in it.
func (c *checker) request() {
	post := c.Method == http.MethodPost
	switch {
	case c.Method != "" && c.Method != http.MethodGet && !post:
		c.badf("request.method", "listings are read by GET or by POST, not by %.20q", c.Method)
	case post && c.Paging.Style == Link && c.Follow != http.MethodGet && c.Follow != http.MethodPost:
		c.badf("request.method", "a link may be followed by GET, or by POST with the same body: say which, follow: GET or follow: POST")
	case c.Follow != "" && (!post || c.Paging.Style != Link):
		c.badf("request.follow", "follow says how links of a listing by POST are asked for: leave it out")
	case c.Body != nil && !post:
		c.badf("request.body", "a GET has no body: write {method: POST, body: …}")
	}
	if _, err := json.Marshal(c.Body); err != nil {
		c.badf("request.body", "the body is no JSON: %v", err)
		return
	}
	names := map[string]string{}
	for name, by := range c.taken {
		names[name] = by.part
	}
	for name := range c.Params {
		names[name] = "params"
	}
	for name := range c.Deleted {
		names[name] = cmp.Or(names[name], "deleted")
	}
	places := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if isPointer(name) && names[name] != "auth.query" {
			c.place(names[name], name, post, places)
		}
	}
}

// place checks one place in the body, and that no other leads into it.
func (c *checker) place(part, name string, post bool, others map[string][]string) {
	tokens, err := pointer(name)
	switch example := at(c.Body, tokens).(type) {
	case map[string]any:
		err = errors.Join(err, errors.New("the body has an object there, which a value would replace"))
	case []any:
		if part != "paging.sort" && slices.ContainsFunc(example, func(e any) bool { return kindLike(e) == text && e != nil && reflect.TypeOf(e).Kind() != reflect.String }) {
			err = errors.Join(err, errors.New("the body has a list of objects there, which a value would replace"))
		}
	}
	if err == nil {
		_, err = put(c.Body, tokens, "")
	}
	switch {
	case !post:
		c.badf(part, "the parameter %q begins with a slash, as a place in a body does, and a GET has none: write request: {method: POST}", name)
		return
	case err != nil:
		c.badf(part, "the place %q: %v", name, err)
		return
	}
	for _, other := range slices.Sorted(maps.Keys(others)) {
		if into := others[other]; len(into) < len(tokens) && slices.Equal(into, tokens[:len(into)]) {
			c.badf(part, "the place %q leads into %q, which is the value of another parameter", name, other)
		}
	}
	others[name] = tokens
}

package define

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// Subject is the listing to draft from.
type Subject struct {
	// Options are those of a query. Their Auth is how the token is sent if that is known;
	// the zero Auth has several ways tried.
	Options transport.Options
	Path    string     // below the base URL
	Params  url.Values // of the listing's URL
}

// guess is a draft of a listing under examination.
type guess struct {
	Draft
	asker

	token   *keptToken // nil = none
	options transport.Options
	path    string
	params  url.Values // of every request, without what pages
	asked   []string   // parameters of the URL that page, or that the server wants

	key    key
	base   *view    // the first page, as it comes
	small  *view    // a page of few rows, if the server takes a size of pages; else base
	size   int      // rows of small that were asked for
	truth  []string // keys of the rows from the first on, as far as they are known in order
	sample []value  // rows of all answers, each once
	had    map[string]bool

	requests int64 // that were sent in all
	report   *doctor.Report
}

// view is an answer as a page of the listing.
type view struct {
	*answer
	path string // of the rows
	rows []value
	keys []string
}

// Result is a draft and what it took.
type Result struct {
	Draft
	Rows     int            // that were seen
	Requests int64          // that were sent for the guesses, repetitions included
	Report   *doctor.Report // of the draft, on the same server
}

// Listing drafts the definition of a listing from its answers. The doctor then examines
// the draft, and what fails is a comment at the line to look at.
func Listing(ctx context.Context, s Subject) (*Result, error) {
	g := &guess{
		asker: asker{ctx: ctx, answers: map[string]*answer{}}, had: map[string]bool{},
		path: s.Path, params: with(s.Params, "", ""),
	}
	g.Name, g.Path = nameOf(s.Path), s.Path
	g.asked = g.withoutPaging()
	if len(g.params) > 0 {
		g.Params = g.params
		g.becausef("params", "from the URL")
	}
	first, err := g.enter(s.Options)
	if err != nil {
		return nil, explained(err)
	}
	defer func() { _ = g.client.Close() }()
	if err := g.begin(first); err != nil {
		return nil, err
	}
	for _, step := range []func(*guess) error{
		guessLimit, guessPaging, guessFlag, guessTotal, walkOn, guessFields, guessDialect,
	} {
		if err := step(g); err != nil && !errors.Is(err, errEnough) {
			return nil, err
		}
	}
	return g.finish()
}

// nameOf names a resource by the last part of its path that is a word.
func nameOf(path string) string {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	parts = slices.DeleteFunc(parts, func(part string) bool { return strings.ContainsAny(part, "{}") })
	if len(parts) == 0 {
		return "rows"
	}
	name := parts[len(parts)-1]
	if stem, _, dotted := strings.Cut(name, "."); dotted && stem != "" { // orders.json
		name = stem
	}
	return shown(name)
}

// withoutPaging takes the parameters that page out of those of every request, and returns
// their names: they belong to paging.
func (g *guess) withoutPaging() []string {
	var taken []string
	known := slices.Concat(limitNames(), pageNames(), offsetNames(), tokenNames(), afterNames())
	for name := range g.params {
		if slices.Contains(known, name) {
			delete(g.params, name)
			taken = append(taken, name)
		}
	}
	slices.Sort(taken)
	return taken
}

// explained says what to do about a first request that failed.
func explained(err error) error {
	var refused *transport.APIError
	switch {
	case errors.Is(err, transport.ErrRedirect):
		return fmt.Errorf("%w; give the address that it leads to, or --follow-redirects", err)
	case errors.As(err, &refused) && refused.Status == 404:
		return fmt.Errorf("%w; check the URL", err)
	}
	return err
}

// begin finds the rows and their key in the first answer.
func (g *guess) begin(first *answer) error {
	rows, others, err := findRows(first.page, g.Name)
	if err != nil {
		return err
	}
	g.Layout.Rows = rows.path
	if first.repeated {
		g.Answer.LastMember = true
		g.becausef("layout.repeated_members", "an object of the answer has a name twice")
	}
	reason := fmt.Sprintf("the only list of objects, %d in the first answer", len(rows.rows))
	if len(others) > 0 {
		reason = fmt.Sprintf("the longest list of objects, %d; %s has %d", len(rows.rows), shown(others[0].path), len(others[0].rows))
	}
	g.becausef("layout.rows", "%s", reason)
	if g.key, err = findKey(rows.rows, g.Name); err != nil {
		return err
	}
	g.Layout.ID = g.key.path
	g.Fields = []rest.Field{{Field: model.Field{Name: g.key.path, Type: g.key.typ, Collation: model.Binary, Returned: model.ReturnedAlways}}}
	g.base = g.view(first)
	g.small, g.truth = g.base, g.base.keys
	return nil
}

// view reads an answer as a page, and keeps its rows for the fields.
func (g *guess) view(a *answer) *view {
	at, _ := a.page.at(g.Layout.Rows)
	v := &view{answer: a, path: g.Layout.Rows}
	for _, row := range at.items {
		if row.kind == object {
			v.rows = append(v.rows, row)
		}
	}
	v.keys = g.key.keys(v.rows)
	for i, k := range v.keys {
		if !g.had[k] {
			g.had[k] = true
			g.sample = append(g.sample, v.rows[i])
		}
	}
	return v
}

// look requests the listing with parameters.
func (g *guess) look(params url.Values) (*view, error) {
	a, err := g.get(g.path, params)
	if err != nil {
		return nil, err
	}
	return g.view(a), nil
}

// finish puts the fields into the draft and has the doctor examine it.
func (g *guess) finish() (*Result, error) {
	g.requests = g.attempts.n.Load()
	if _, err := g.YAML(); err != nil {
		return nil, fmt.Errorf("the draft has faults: %w", err)
	}
	if err := g.examine(); err != nil {
		return nil, err
	}
	g.head = append([]string{
		fmt.Sprintf("Drafted by muster define from GET %s: %d rows in %d requests.", shown(g.Path), len(g.sample), g.requests),
		"Comments give the reason for each guess; a question mark is what could not be told.",
	}, g.head...)
	return &Result{Draft: g.Draft, Rows: len(g.sample), Requests: g.requests, Report: g.report}, g.secret()
}

// examine has the doctor examine the draft.
func (g *guess) examine() (err error) {
	src, err := rest.New(nil, g.Definition)
	if err != nil {
		return err
	}
	o := g.options
	if g.report, err = doctor.Examine(g.ctx, doctor.Subject{Options: o, Listing: src, Foreign: true}); err != nil {
		return err
	}
	parts := map[string]string{doctor.PageLine: "layout", doctor.PagesLine: "paging", doctor.FieldsLine: "fields", doctor.LayoutLine: "layout"}
	for _, l := range g.report.Lines {
		if part := parts[l.Name]; part != "" && (l.State == doctor.Fail || l.State == doctor.Warn) {
			g.becausef(part, "muster doctor: %s: %s; %s", l.State, l.Detail, l.Do)
		}
	}
	g.headf("muster doctor: %s", g.report.State)
	return nil
}

// secret fails if the draft would hold the token, which a server may repeat in a name.
func (g *guess) secret() error {
	const shortest = 6 // a shorter token is in many texts
	if g.token == nil || len(g.token.token) < shortest {
		return nil
	}
	text, err := g.YAML()
	if err == nil && strings.Contains(string(text), g.token.token) {
		err = errors.New("the server repeats the token in the name of a member, so that the draft would hold it; nothing was written")
	}
	return err
}

// Failed reports what the doctor says about the draft; "" if nothing fails.
func (r *Result) Failed() string {
	if failed := r.Report.Failed(); len(failed) > 0 {
		return display.Clean(strings.Join(failed, ", "))
	}
	return ""
}

package rest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream/wire"
	"github.com/muster-go/muster/transport"
)

// RefusedError is a request that the server answered by 400 although it was
// planned from what the server was said to do. It names the parts of the query
// that rest on such sayings alone, and where each was said.
type RefusedError struct {
	Doubts []Doubt
	Err    error // the API's answer
}

// Doubt is a part of a query that rests on what the server was said to do: of the
// dialect [API], on what its documentation leaves out; of any other, on the definition.
type Doubt struct {
	Part    string // a conjunct, an order or a field, as the language writes it
	Declare string // the capability or the part of the definition that says so
}

// Error returns the API's message and then each doubt.
func (e *RefusedError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	for _, d := range e.Doubts {
		fmt.Fprintf(&b, "\n%s rests on what the server was said to do: %s", d.Part, d.Declare)
	}
	return b.String()
}

// Unwrap returns the API's answer.
func (e *RefusedError) Unwrap() error { return e.Err }

// NextPageError is a page that the server refuses although the page before it named
// it. What names a page, a token above all, may be good for some time only, so that it
// is most often met where a run goes on from a checkpoint that is old.
type NextPageError struct{ Err error } // the server's answer

// Error says that, and the answer.
func (e *NextPageError) Error() string {
	return "the server refuses the page that the one before it named, perhaps because such a name is good for some time only: " + e.Err.Error()
}

// Unwrap returns the server's answer.
func (e *NextPageError) Unwrap() error { return e.Err }

// refusedNext says of a refusal that it is of a page which another had named. A number
// of rows or of a page is no name that a server could forget.
func (s *Source) refusedNext(r paginate.Request, err error) error {
	answer, ok := errors.AsType[*transport.APIError](err)
	if r.Token == "" || !s.listing.follows() || !ok || !slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity}, answer.Status) {
		return err
	}
	return &NextPageError{err}
}

// Refused adds to a 400 what in the scan may have caused it, and returns any other
// error as it is: for a source that fetches the same listing in its own way. declared
// says of an optional field that was asked for what was declared of it; "" is nothing
// that could be wrong.
func (s *Source) Refused(scan plan.Scan, err error, declared func(*model.Field) string) error {
	if !errors.Is(err, transport.ErrBadRequest) {
		return err
	}
	var doubts []Doubt
	for _, c := range scan.Conjuncts {
		for _, said := range s.listing.said(c) {
			doubts = append(doubts, Doubt{"`" + dsl.Format(c.Node) + "`", said + ", which this server may not have"})
		}
	}
	if param := s.listing.Definition.Paging.Sort; param != "" && scan.Sort != "" && s.listing.Dialect != API {
		doubts = append(doubts, Doubt{"the order by " + scan.Sort, "the parameter " + param + ", which may not take that"})
	}
	for name := range strings.SplitSeq(scan.Query.Get(s.listing.Select), ",") {
		if f, ok := s.Schema().Lookup(name); ok {
			if said := declared(f); said != "" {
				doubts = append(doubts, Doubt{"the field " + name, said})
			}
		}
	}
	if len(doubts) == 0 {
		return err
	}
	return &RefusedError{doubts, err}
}

// declaredField is what a definition says of an optional field.
func declaredField(f *model.Field) string {
	if f.Returned == model.ReturnedOnRequest {
		return "the definition says that it is answered on request"
	}
	return "the definition does not say whether it is answered"
}

// said is what a pushed condition rests on.
func (l *listing) said(c plan.Conjunct) (names []string) {
	if l.Dialect != API {
		for _, param := range c.Params {
			names = append(names, "the parameter "+param.Name)
		}
		return slices.Compact(names) // of a list, one name comes several times
	}
	if len(c.Params) > 0 {
		for _, name := range switchesFor(l.Profile, c.Node) {
			names = append(names, "profile switch "+name)
		}
	}
	return names
}

// switchesFor returns the switches without which the condition would be sent in
// other words, or less of it.
func switchesFor(p wire.Profile, n dsl.Node) []string {
	sent, _ := p.Weaken(n)
	var needed []string
	for _, sw := range p.Switches() {
		if !sw.On {
			continue
		}
		without := wire.Profile{Fields: p.Fields}
		for _, other := range p.Switches() {
			if other.On && other.Name != sw.Name {
				without, _ = without.With(other.Name) // the names are the profile's own
			}
		}
		if said, _ := without.Weaken(n); !slices.Equal(said.Params, sent.Params) {
			needed = append(needed, sw.Name)
		}
	}
	return needed
}

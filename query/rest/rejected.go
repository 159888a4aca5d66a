package rest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/transport"
)

// RejectedError reports a 400 that a declared capability may have caused. It names the
// parts of the query that rest on declarations, and the declaration behind each.
type RejectedError struct {
	Assumptions []Assumption
	Err         error // the server's answer
}

// Assumption is a part of a query that rests on a declaration: with a [Syntax], on one
// beyond the server's documentation; otherwise, on the definition.
type Assumption struct {
	Part    string // a conjunct, an order or a field, as the language writes it
	Declare string // the capability, or the part of the definition, that declares it
}

// Error returns the server's message and then each assumption.
func (e *RejectedError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	for _, d := range e.Assumptions {
		fmt.Fprintf(&b, "\n%s rests on what the server was said to do: %s", d.Part, d.Declare)
	}
	return b.String()
}

// Unwrap returns the server's answer.
func (e *RejectedError) Unwrap() error { return e.Err }

// NextPageError reports a page that the server rejects although the page before it named
// it. A page's name, above all a token, may expire, so that this is most often met when a
// run resumes from an old checkpoint.
type NextPageError struct{ Err error } // the server's answer

// Error returns that and the answer.
func (e *NextPageError) Error() string {
	return "the server refuses the page that the one before it named, perhaps because such a name is good for some time only, or must be sent alone (paging.alone: true): " + e.Err.Error()
}

// Unwrap returns the server's answer.
func (e *NextPageError) Unwrap() error { return e.Err }

// rejectedNext marks the rejection of a page that follows another. If that page named it,
// the name may have expired. The number of a page or of rows may lie past the end.
func (s *Source[T]) rejectedNext(r paginate.Request, err error) error {
	answer, ok := errors.AsType[*transport.APIError](err)
	refusals := []int{http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusRequestedRangeNotSatisfiable, http.StatusUnprocessableEntity}
	if r.Token == "" || !ok || !slices.Contains(refusals, answer.Status) {
		return err
	}
	if !s.listing.follows() {
		return &paginate.NoPageError{Err: err, Gone: answer.Status == http.StatusNotFound}
	}
	return &NextPageError{err}
}

// rejected adds to a 400 the assumptions of the scan that may have caused it, and returns
// any other error as it is.
func (s *Source[T]) rejected(scan plan.Scan, err error) error {
	if !errors.Is(err, transport.ErrBadRequest) {
		return err
	}
	var found []Assumption
	for _, c := range scan.Conjuncts {
		for _, name := range s.listing.assumptions(c) {
			found = append(found, Assumption{"`" + dsl.Format(c.Node) + "`", name + ", which this server may not have"})
		}
	}
	if param := s.listing.Definition.Paging.Sort; param != "" && scan.Sort != "" && s.listing.Syntax == nil {
		found = append(found, Assumption{"the order by " + scan.Sort, "the parameter " + param + ", which may not take that"})
	}
	asked := strings.Split(scan.Query.Get(s.listing.Select), ",")
	for _, own := range s.listing.Fields {
		if f, ok := s.schema.Lookup(own.Name); ok && slices.Contains(asked, own.ServerName()) {
			if declared := s.codec.Declared(f); declared != "" {
				found = append(found, Assumption{"the field " + f.Name, declared})
			}
		}
	}
	if len(found) == 0 {
		return err
	}
	return &RejectedError{found, err}
}

// assumptions names the declarations that a pushed condition rests on.
func (l *listing) assumptions(c plan.Conjunct) (names []string) {
	switch {
	case l.Syntax == nil:
		for _, param := range c.Params {
			names = append(names, "the parameter "+param.Name)
		}
		return slices.Compact(names) // a list has one name several times
	case len(c.Params) > 0:
		return l.Syntax.Assumptions(c.Node)
	}
	return nil
}

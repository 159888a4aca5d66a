package shipstream

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// RefusedError is a request that the server answered by 400 although it was
// planned from what the server was said to do. It names the parts of the query
// that rest on undocumented behaviour, and where each was declared.
type RefusedError struct {
	Doubts []Doubt
	Err    error // the API's answer
}

// Doubt is a part of a query that rests on undocumented behaviour.
type Doubt struct {
	Part    string // a conjunct or a field, as the language writes it
	Declare string // the capability that declares the behaviour
}

// Error returns the API's message and then each doubt.
func (e *RefusedError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	for _, d := range e.Doubts {
		fmt.Fprintf(&b, "\n%s rests on what the API does not document: %s", d.Part, d.Declare)
	}
	return b.String()
}

// Unwrap returns the API's answer.
func (e *RefusedError) Unwrap() error { return e.Err }

// refused adds to a 400 what in the scan may have caused it.
func (s *UserSource) refused(scan query.Scan, err error) error {
	if !errors.Is(err, transport.ErrBadRequest) {
		return err
	}
	var doubts []Doubt
	for _, c := range scan.Conjuncts {
		for _, name := range switchesFor(s.Profile(), c.Node) {
			doubts = append(doubts, Doubt{"`" + dsl.Format(c.Node) + "`", "profile switch " + name + ", which this server may not have"})
		}
	}
	for name := range strings.SplitSeq(scan.Query.Get("fields"), ",") {
		if f, ok := s.Schema().Lookup(name); ok && f.Returned == model.ReturnedUnknown {
			doubts = append(doubts, Doubt{"the field " + name, "declare the timestamps as never returned, if this server does not return them"})
		}
	}
	if len(doubts) == 0 {
		return err
	}
	return &RefusedError{doubts, err}
}

// switchesFor returns the switches without which the condition would be sent in
// other words.
func switchesFor(p wire.Profile, n dsl.Node) []string {
	sent, err := p.Encode(n)
	if err != nil {
		return nil
	}
	var needed []string
	for _, sw := range p.Switches() {
		if !sw.On {
			continue
		}
		without := wire.Profile{Fields: p.Fields}
		for _, other := range p.Switches() {
			if other.On && other.Name != sw.Name {
				without, err = without.With(other.Name)
				if err != nil {
					return nil // the names are the profile's own
				}
			}
		}
		if params, err := without.Encode(n); err != nil || !slices.Equal(params, sent) {
			needed = append(needed, sw.Name)
		}
	}
	return needed
}

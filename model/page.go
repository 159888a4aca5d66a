package model

import "iter"

// Meta is what the server says about a page. All of it may be absent.
type Meta struct {
	ProcessingTime float64    // seconds the server took; 0 when it did not say
	CursorStart    Opt[int64] // the cursor_start that asks for the next page
	CursorEnd      Opt[int64] // the cursor_end that asks for the previous page
	Count          Opt[int64] // rows that match before paging, when asked for

	hasProcessingTime bool
	unknown           *unknown
}

// Page is one page of a listing with rows of type T.
//
// Next and Previous are the server's links as received, "" when there is no such
// page. They are not validated: before following one, check that it stays under the base
// URL.
type Page[T any] struct {
	Rows     []T       // empty, never nil, in a decoded page
	Included *Included // never nil in a decoded page
	HasMore  bool      // in the direction of travel; a short page is not the end
	Next     string
	Previous string
	Meta     Meta
	Told     Told // of a decoded page

	unknown *unknown
}

// Unknown yields the members of the page's JSON object that this package does
// not know, in the order received: the name and the raw JSON, which must not be
// modified.
func (p *Page[T]) Unknown() iter.Seq2[string, []byte] { return p.unknown.all() }

// Unresolved returns the references, of rows and of included objects, to objects
// that did not come with the page: each once, in the order met. They are not an
// error; a server includes only what was asked for. It costs a lookup for each
// reference and is meant for reports. Rows whose pointer has no References
// method have none.
func (p *Page[T]) Unresolved() []Ref {
	var missing []Ref
	seen := make(map[Ref]bool)
	check := func(refs iter.Seq[Ref]) {
		for r := range refs {
			if seen[r] {
				continue
			}
			seen[r] = true
			if _, ok := p.Included.Lookup(r); !ok {
				missing = append(missing, r)
			}
		}
	}
	for i := range p.Rows {
		if row, ok := any(&p.Rows[i]).(interface{ References() iter.Seq[Ref] }); ok {
			check(row.References())
		}
	}
	for o := range p.Included.Objects() {
		check(o.References())
	}
	return missing
}

package shipstreamtest

import (
	"net/http"
	"time"
)

// sibling is a small list with the conventions of the list of users.
type sibling struct {
	fields []field
	sorts  []string
	params []string
	rows   []*row // ascending by id
	append func(dst []byte, r *row, q query) ([]byte, *apiError)
}

// listRoles answers GET /v1/system/userRoles/{type}.
func (e *Emulator) listRoles(dst []byte, r *http.Request, typ string, arrived time.Time) ([]byte, int, *apiError) {
	kinds, err := parseKinds(typ)
	if err != nil {
		return nil, 0, err
	}
	s := sibling{fields: []field{idField(), nameField()}, sorts: []string{"id", "name"}, params: []string{"fields"}}
	for _, role := range e.refs.roles {
		if u := e.store.encoder.row(User{ID: role.ID, Name: role.Name, Kind: role.Kind}); kinds.has(u) {
			s.rows = append(s.rows, u)
		}
	}
	s.append = func(dst []byte, r *row, q query) ([]byte, *apiError) {
		keep := &fieldSet{names: []string{"name"}}
		for _, text := range q.all("fields") {
			if text != "permissions" && text != "all" {
				return nil, invalid("query.fields", "%q is not an optional field.", text)
			}
			keep.all = true
		}
		typ := r.kind().roleType()
		return appendObject(dst, typ, r.id, e.refs.byType[typ][r.id], keep), nil
	}
	return e.listSibling(dst, r, s, arrived)
}

// listWarehouses answers GET /v1/inventory/warehouses.
func (e *Emulator) listWarehouses(dst []byte, r *http.Request, arrived time.Time) ([]byte, int, *apiError) {
	s := sibling{fields: []field{idField(), nameField(), activeField()}, sorts: []string{"id", "name"}}
	for _, w := range e.refs.houses {
		s.rows = append(s.rows, e.store.encoder.row(User{ID: w.ID, Name: w.Name, Active: w.Active}))
	}
	s.append = func(dst []byte, r *row, _ query) ([]byte, *apiError) {
		return appendObject(dst, typeWarehouse, r.id, e.refs.byType[typeWarehouse][r.id], &fieldSet{all: true}), nil
	}
	return e.listSibling(dst, r, s, arrived)
}

func (e *Emulator) listSibling(dst []byte, r *http.Request, s sibling, arrived time.Time) ([]byte, int, *apiError) {
	q, err := parseQuery(r.URL.RawQuery, append(pagingKeys(), s.params...)...)
	if err != nil {
		return nil, 0, err
	}
	req := &listRequest{q: q, sel: &selection{}}
	if req.filter, err = e.opts.parseFilters(s.fields, q.all("filter", "filter[]")); err != nil {
		return nil, 0, err
	}
	if req.sort, err = q.parseSort(s.sorts...); err != nil {
		return nil, 0, err
	}
	if req.w, err = q.parseWindow(req.sort); err != nil {
		return nil, 0, err
	}
	if req.count, err = q.parseCount(); err != nil {
		return nil, 0, err
	}
	page, tail := e.page(req, req.filter.only(s.rows), r.URL.Path)
	dst = append(dst, `{"collection":[`...)
	for i, u := range page {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = s.append(dst, u, q); err != nil {
			return nil, 0, err
		}
	}
	tail.took = time.Since(arrived)
	return tail.append(append(dst, `],"included":{}`...)), len(page), nil
}

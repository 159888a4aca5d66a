package shipstreamtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// route finds the endpoint of r and lets it answer.
func (e *Emulator) route(a *answer, r *http.Request, arrived time.Time) {
	endpoint := e.endpoint(r.URL.Path)
	switch {
	case endpoint == nil:
		e.fail(a, failure(http.StatusNotFound, "The resource does not exist."))
		return
	case r.Method != http.MethodGet:
		err := failure(http.StatusMethodNotAllowed, "The method is not allowed.")
		err.header = http.Header{"Allow": {http.MethodGet}}
		e.fail(a, err)
		return
	}
	a.buf = e.buffer()
	body, rows, err := endpoint(*a.buf, r, arrived)
	if err != nil {
		e.fail(a, err)
		return
	}
	*a.buf = body
	a.status, a.body, a.rows = http.StatusOK, body, rows
	a.header["Content-Type"] = []string{"application/json"}
}

// endpoint appends the body of a response to dst and reports its rows.
type endpoint func(dst []byte, r *http.Request, arrived time.Time) ([]byte, int, *apiError)

// endpoint returns nil for a path that is none of the API's.
func (e *Emulator) endpoint(path string) endpoint {
	path, ok := strings.CutPrefix(path, basePath+"/v1/")
	if !ok {
		return nil
	}
	switch parts := strings.Split(path, "/"); {
	case path == "system/status":
		return e.status
	case path == "inventory/warehouses":
		return e.listWarehouses
	case len(parts) == 3 && parts[0] == "system" && parts[1] == "users":
		return func(dst []byte, r *http.Request, arrived time.Time) ([]byte, int, *apiError) {
			return e.listUsers(dst, r, parts[2], arrived)
		}
	case len(parts) == 4 && parts[0] == "system" && parts[1] == "users":
		return func(dst []byte, r *http.Request, _ time.Time) ([]byte, int, *apiError) {
			return e.getUser(dst, r, parts[2], parts[3])
		}
	case len(parts) == 3 && parts[0] == "system" && parts[1] == "userRoles":
		return func(dst []byte, r *http.Request, arrived time.Time) ([]byte, int, *apiError) {
			return e.listRoles(dst, r, parts[2], arrived)
		}
	}
	return nil
}

// status answers GET /v1/system/status.
func (e *Emulator) status(dst []byte, r *http.Request, arrived time.Time) ([]byte, int, *apiError) {
	if _, err := parseQuery(r.URL.RawQuery, "version"); err != nil {
		return nil, 0, err
	}
	dst = append(dst, `{"status":"ok","detail":"All systems operational.","authentication":"valid","instance_id":"emulator","timestamp":`...)
	dst = appendTime(dst, arrived.Unix())
	dst = appendString(append(dst, `,"version":`...), e.opts.APIVersion, false)
	return append(dst, `,"build":"shipstreamtest"}`...), 0, nil
}

// getUser answers GET /v1/system/users/{type}/{id}. A deleted user is not
// found, as it is not listed.
func (e *Emulator) getUser(dst []byte, r *http.Request, typ, idText string) ([]byte, int, *apiError) {
	kinds, err := parseKinds(typ)
	if err != nil {
		return nil, 0, err
	}
	id, convErr := strconv.ParseInt(idText, 10, 64)
	if convErr != nil || id < 1 {
		return nil, 0, invalid("path.id", "%q is not an id.", idText)
	}
	q, err := parseQuery(r.URL.RawQuery, "version", "fields", "fields:roles", "fields:default_warehouse", "fields:merchant")
	if err != nil {
		return nil, 0, err
	}
	sel, err := e.parseSelection(q)
	if err != nil {
		return nil, 0, err
	}
	user := e.store.get(id)
	if user == nil || user.deleted || !kinds.has(user) {
		return nil, 0, failure(http.StatusNotFound, "The user does not exist.")
	}
	dst = appendRow(append(dst, `{"resource":`...), user, sel.opt)
	dst = e.appendIncluded(dst, []*row{user}, sel)
	return append(dst, '}'), 1, nil
}

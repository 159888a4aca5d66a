package orderstest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Order is a row. A nil Note, a zero PaidAt and an empty Price are null.
type Order struct {
	ID       int64
	Code     string // the id where the server has texts for ids; "" otherwise
	Status   string
	Note     *string
	Total    int64
	Express  bool
	PlacedAt time.Time
	PaidAt   time.Time
	Price    string // a decimal number
}

// Options say how the server behaves.
type Options struct {
	Style  string // forward, after, token, offset, page or link
	Times  string // how instants are written, in rows and parameters: "" as RFC 3339 has it, rfc3339nano with several orders a second, unix, unix_ms or date
	Prices string // how prices are written: number or string; "" = orders have none
	Orders int    // how many there are; 0 = 230
	Key    string // what an order's id is called; "" = id
	Codes  bool   // ids are texts, in no order, some of which differ in case alone or are one number; not with forward
	Fault  int    // every so manieth request is answered by 503; 0 = none
	Cap    int    // most orders of a page, whatever was asked; 0 = none
	Break  int    // the request that is answered by 404, as if the listing had gone; 0 = none
	Twice  bool   // a page begins with the last order of the one before, as where one came meanwhile

	// Envelope is how a page's members are laid out: "" side by side, "nested" as
	// data.orders with meta.page.more, meta.page.next and meta.total, or "dotted" as
	// value with @shop.more, @shop.next and @shop.total.
	Envelope string
	// Paths is where fields of an order are: "state.status" for status puts it into an
	// object, which is null or left out where it has nothing else than null.
	Paths map[string]string
	// Direction has the order in sort_by, of one field, and dir, up or down, in place of
	// order; orders that are alike in it come "along" with it by the key, or "ascending".
	Direction string
	// Lists says how a list of statuses comes: "" at commas, "repeat" as several
	// parameters, or "brackets" as several called status[].
	Lists string

	// Admits reports whether a request may be answered; nil admits every one. Others get
	// 401, with all that they had repeated, as careless servers do. A parameter api_key
	// is of account to it alone, and is repeated in links.
	Admits func(r *http.Request) bool
}

// Server is the server with its orders, ascending by id.
type Server struct {
	*httptest.Server
	Orders []Order

	opts     Options
	requests chan int // holds the number of requests
}

// New starts a server; the caller closes it.
func New(o Options) *Server {
	if o.Orders == 0 {
		o.Orders = 230
	}
	if o.Key == "" {
		o.Key = "id"
	}
	s := &Server{opts: o, requests: make(chan int, 1)}
	s.requests <- 0
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	notes := []string{"gift", "Gift", "gift ", "", "100%", "a_b", "é"}
	for i := range o.Orders {
		order := Order{
			ID: int64(3 + 2*i), Status: []string{"open", "packed", "shipped", "cancelled"}[i*i%7%4], Total: int64(i * 37 % 500),
			Express: i%5 == 0, PlacedAt: start.Add(time.Duration(i*13) * time.Hour),
		}
		if o.Codes {
			order.Code = code(i)
		}
		if i%3 > 0 {
			order.Note = &notes[i%len(notes)]
		}
		if i%6 > 0 {
			order.Price = []string{"12.50", "0.05", "-3", "1e2", "7.125", "12.5", "99999999999.9999999"}[i%7]
		}
		if i%4 > 0 {
			order.PaidAt = order.PlacedAt.Add(time.Hour)
		}
		switch o.Times {
		case "date":
			order.PlacedAt, order.PaidAt = order.PlacedAt.Truncate(24*time.Hour), order.PaidAt.Truncate(24*time.Hour)
		case "rfc3339nano":
			fractions := []time.Duration{250 * time.Millisecond, 0, 999_999_999, time.Microsecond, time.Second}
			order.PlacedAt = start.Add(time.Duration(i/5*65)*time.Hour + fractions[i%5])
			if !order.PaidAt.IsZero() {
				order.PaidAt = order.PlacedAt.Add(time.Hour)
			}
		case "unix_ms":
			order.PlacedAt = order.PlacedAt.Add(time.Duration(i*137%1000) * time.Millisecond)
		}
		s.Orders = append(s.Orders, order)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Requests is how many requests were answered.
func (s *Server) Requests() int {
	n := <-s.requests
	s.requests <- n
	return n
}

// Match returns the orders that satisfy every parameter, as a request with them would.
func (s *Server) Match(q url.Values) ([]Order, error) { return s.selected(q) }

// code is the id of the order at i where ids are texts.
func code(i int) string {
	switch i % 20 {
	case 7:
		return strconv.Itoa(i)
	case 8:
		return "0" + code(i-1)
	case 9:
		return strings.Map(func(r rune) rune {
			if unicode.IsUpper(r) {
				return unicode.ToLower(r)
			}
			return unicode.ToUpper(r)
		}, code(i-3))
	}
	sum := sha256.Sum256([]byte(strconv.Itoa(i)))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	n := <-s.requests + 1
	s.requests <- n
	if s.opts.Fault > 0 && n%s.opts.Fault == 0 {
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	if s.opts.Admits != nil && !s.opts.Admits(r) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]string{"title": "Unauthorized", "detail": fmt.Sprint("not admitted: ", r.URL, r.Header)}) //nolint:errchkjson // the client has gone: nothing to do
		return
	}
	if n == s.opts.Break {
		http.NotFound(w, r)
		return
	}
	q := r.URL.Query()
	rows, err := s.selected(q)
	if err == nil {
		var keys string
		if keys, err = s.order(q); err == nil {
			err = s.sort(rows, keys)
		}
	}
	limit, limitErr := strconv.Atoi(q.Get("limit"))
	if err != nil || limitErr != nil || limit < 1 || limit > 100 || r.URL.Path != "/shop/orders" {
		http.Error(w, fmt.Sprint("bad request: ", err), http.StatusBadRequest)
		return
	}
	s.page(w, q, rows, limit)
}

// page answers with one page as the style has it.
func (s *Server) page(w http.ResponseWriter, q url.Values, rows []Order, limit int) {
	if s.opts.Cap > 0 {
		limit = min(limit, s.opts.Cap)
	}
	skip, total := 0, len(rows)
	switch s.opts.Style {
	case "forward":
		after, _ := strconv.ParseInt(q.Get("after_id"), 10, 64) // "" is 0
		skip = slices.IndexFunc(rows, func(o Order) bool { return o.ID > after })
	case "after":
		if key := q.Get("starting_after"); key != "" {
			skip = 1 + slices.IndexFunc(rows, func(o Order) bool { return fmt.Sprint(s.key(o)) == key })
			if skip == 0 {
				http.Error(w, "no such order: "+key, http.StatusNotFound)
				return
			}
		}
	case "offset":
		skip, _ = strconv.Atoi(q.Get("skip")) // "" is 0
	case "page":
		if number, _ := strconv.Atoi(q.Get("number")); number > 0 { // "" is 0
			skip = (number - 1) * limit
		}
	case "token", "link":
		if token := q.Get("page"); token != "" {
			if n, err := strconv.ParseInt(token, 36, 32); err == nil {
				skip = int(n) / 7
			}
		}
	}
	if skip < 0 {
		skip = len(rows)
	}
	if s.opts.Twice && skip > 0 {
		skip, limit = skip-1, limit+1
	}
	rows = rows[min(skip, len(rows)):]
	more := len(rows) > limit
	rows = rows[:min(limit, len(rows))]
	next := strconv.FormatInt(int64(skip+limit)*7, 36)
	var token any
	switch {
	case s.opts.Style == "token" && more:
		token = next
	case s.opts.Style == "link" && more:
		q.Set("page", next)
		query := strings.ReplaceAll(q.Encode(), "%2C", ",") // as many servers do, and relative as some do
		w.Header().Set("Link", `</shop/orders>; rel="first"; title="a, \"b\"; c", <?`+query+`>; rel="nofollow next"`)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.envelope(s.encode(rows), more, token, total)) //nolint:errchkjson // the client has gone: nothing to do
}

// envelope is the body of a page; a nil token is that of the last.
func (s *Server) envelope(rows []map[string]any, more bool, token any, total int) map[string]any {
	switch s.opts.Envelope {
	case "nested":
		page := map[string]any{"more": more, "next": token}
		return map[string]any{"data": map[string]any{"orders": rows}, "meta": map[string]any{"page": page, "total": total}}
	case "dotted":
		return map[string]any{"value": rows, "@shop.more": more, "@shop.next": token, "@shop.total": total}
	}
	body := map[string]any{"orders": rows, "more": more}
	if token != nil {
		body["next_page"] = token
	}
	return body
}

func (s *Server) encode(rows []Order) []map[string]any {
	out := make([]map[string]any, len(rows))
	for i, o := range rows {
		values := map[string]any{
			s.opts.Key: s.key(o), "status": o.Status, "total": o.Total, "express": o.Express, "placed_at": s.written(o.PlacedAt), "note": nil, "paid_at": nil,
		}
		if o.Note != nil {
			values["note"] = *o.Note
		}
		if !o.PaidAt.IsZero() {
			values["paid_at"] = s.written(o.PaidAt)
		}
		switch {
		case s.opts.Prices != "" && o.Price == "":
			values["price"] = nil
		case s.opts.Prices == "number":
			values["price"] = json.RawMessage(o.Price)
		case s.opts.Prices == "string":
			values["price"] = o.Price
		}
		out[i] = s.placed(values, o.ID)
	}
	return out
}

// key is an order's id.
func (s *Server) key(o Order) any {
	if s.opts.Codes {
		return o.Code
	}
	return o.ID
}

// placed is the row in which each value is at its path; which of three ways there are to
// say that an object has nothing is chosen by the id.
func (s *Server) placed(values map[string]any, id int64) map[string]any {
	row := map[string]any{}
	names := slices.Sorted(maps.Keys(values))
	for _, name := range names {
		if value := values[name]; value != nil {
			put(row, s.path(name), value)
		}
	}
	for _, name := range names {
		value := values[name]
		outer, _, leads := strings.Cut(s.path(name), ".")
		switch _, known := row[outer]; {
		case value != nil:
		case !leads || known || id%3 == 0:
			put(row, s.path(name), nil)
		case id%3 == 1:
			row[outer] = nil
		}
	}
	return row
}

// path is where a field is in a row, and what it is sorted by as.
func (s *Server) path(name string) string { return cmp.Or(s.opts.Paths[name], name) }

// put sets what is at a path of an object.
func put(object map[string]any, path string, value any) {
	outer, inner, leads := strings.Cut(path, ".")
	if !leads {
		object[path] = value
		return
	}
	in, ok := object[outer].(map[string]any)
	if !ok {
		in = map[string]any{"lang": "en"} // which nobody asked for
		object[outer] = in
	}
	put(in, inner, value)
}

// selected is the orders that satisfy every parameter.
func (s *Server) selected(q url.Values) ([]Order, error) {
	rows := slices.Clone(s.Orders)
	for name, values := range q {
		if name == "status" && s.opts.Lists == "repeat" || name == "status[]" && s.opts.Lists == "brackets" {
			rows = slices.DeleteFunc(rows, func(o Order) bool { return !slices.Contains(values, o.Status) })
			continue
		}
		keep, err := s.condition(name, values[0])
		if err != nil || len(values) > 1 {
			return nil, fmt.Errorf("%s=%q: %w", name, values, err)
		}
		rows = slices.DeleteFunc(rows, func(o Order) bool { return !keep(o) })
	}
	return rows, nil
}

// condition is what a parameter asks of an order.
func (s *Server) condition(name, value string) (func(Order) bool, error) {
	number := func(keep func(o Order, n int64) bool) (func(Order) bool, error) {
		n, err := strconv.ParseInt(value, 10, 64)
		return func(o Order) bool { return keep(o, n) }, err
	}
	instant := func(keep func(o Order, t time.Time) bool) (func(Order) bool, error) {
		t, err := s.read(value)
		return func(o Order) bool { return keep(o, t) }, err
	}
	if op, ok := strings.CutSuffix(name, "_price"); ok {
		return priced(op, value)
	}
	switch name {
	case "limit", "order", "sort_by", "dir", "after_id", "starting_after", "skip", "page", "number", "api_key":
		if named := name == "sort_by" || name == "dir"; (name == "order" || named) && named == (s.opts.Direction == "") {
			break
		}
		return func(Order) bool { return true }, nil
	case "id", "id_below":
		if s.opts.Codes {
			return func(o Order) bool { return o.Code == value && name == "id" || o.Code < value && name == "id_below" }, nil
		}
		return number(func(o Order, n int64) bool { return o.ID == n && name == "id" || o.ID < n && name == "id_below" })
	case "status":
		if s.opts.Lists != "" {
			return func(o Order) bool { return o.Status == value }, nil
		}
		return func(o Order) bool { return slices.Contains(strings.Split(value, ","), o.Status) }, nil
	case "not_status":
		return func(o Order) bool { return o.Status != value }, nil
	case "note_prefix":
		return func(o Order) bool { return o.Note != nil && strings.HasPrefix(*o.Note, value) }, nil
	case "has_note":
		return func(o Order) bool { return (o.Note != nil) == (value == "true") }, nil
	case "express":
		return func(o Order) bool { return o.Express == (value == "true") }, nil
	case "min_total":
		return number(func(o Order, n int64) bool { return o.Total >= n })
	case "max_total":
		return number(func(o Order, n int64) bool { return o.Total <= n })
	case "placed", "not_placed":
		var at []time.Time
		for text := range strings.SplitSeq(value, ",") {
			t, err := s.read(text)
			if err != nil {
				return nil, err
			}
			at = append(at, t)
		}
		return func(o Order) bool { return slices.ContainsFunc(at, o.PlacedAt.Equal) == (name == "placed") }, nil
	case "placed_from":
		return instant(func(o Order, t time.Time) bool { return !o.PlacedAt.Before(t) })
	case "placed_until":
		return instant(func(o Order, t time.Time) bool { return !o.PlacedAt.After(t) })
	case "placed_after":
		return instant(func(o Order, t time.Time) bool { return o.PlacedAt.After(t) })
	case "placed_before":
		return instant(func(o Order, t time.Time) bool { return o.PlacedAt.Before(t) })
	case "paid_since":
		return instant(func(o Order, t time.Time) bool { return !o.PaidAt.IsZero() && !o.PaidAt.Before(t) })
	}
	return nil, fmt.Errorf("no such parameter")
}

// order is what rows are sorted by, as a list.
func (s *Server) order(q url.Values) (string, error) {
	field, direction := q.Get("sort_by"), q.Get("dir")
	key := s.path(s.opts.Key)
	switch {
	case s.opts.Direction == "":
		return q.Get("order"), nil
	case field == "" && direction == "":
		return "", nil
	case strings.ContainsAny(field, ",-") || direction != "up" && direction != "down":
		return "", fmt.Errorf("no order %q %q", field, direction)
	case direction == "up":
		return field + "," + key, nil
	case s.opts.Direction == "along":
		return "-" + field + ",-" + key, nil
	}
	return "-" + field + "," + key, nil
}

func (s *Server) sort(rows []Order, keys string) error {
	if keys == "" {
		return nil
	}
	compare := map[string]func(a, b Order) int{
		s.path(s.opts.Key):  func(a, b Order) int { return cmp.Or(strings.Compare(a.Code, b.Code), int(a.ID-b.ID)) },
		s.path("total"):     func(a, b Order) int { return int(a.Total - b.Total) },
		s.path("placed_at"): func(a, b Order) int { return a.PlacedAt.Compare(b.PlacedAt) },
		s.path("price"):     comparePrices,
	}
	for _, key := range slices.Backward(strings.Split(keys, ",")) {
		name, descending := strings.CutPrefix(key, "-")
		by := compare[name]
		if by == nil {
			return fmt.Errorf("no order %q", key)
		}
		slices.SortStableFunc(rows, func(a, b Order) int {
			if descending {
				return by(b, a)
			}
			return by(a, b)
		})
	}
	return nil
}

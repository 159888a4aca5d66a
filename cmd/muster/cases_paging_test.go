//go:build unix

package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// pagingCases are listings that do not end as they should.
func pagingCases() []situation {
	return []situation{
		{
			name:       "bugs/01 a next page for ever",
			definition: things("rows: items, id: id, next: next", "id: id", "style: token", "style: link", ", token: token", ""),
			answer: func(w http.ResponseWriter, r *http.Request) {
				after, _ := strconv.Atoi(r.FormValue("after"))
				w.Header().Set("Link", fmt.Sprintf(`<http://%s/things?after=%d>; rel="next"`, r.Host, after+1))
				body := "[]"
				if after < 2 {
					body = rows(2*after+1, 2*after+2)
				}
				_, _ = w.Write([]byte(body))
			},
			check: func(s *stage) {
				s.fails(s.ask("query", "-q", "--format", "csv"), "pages are empty")
				if n := s.asked(); n > 200 {
					s.Errorf("%d requests for two pages", n)
				}
			},
		},
		{
			name:       "bugs/02 the end is a flag beside a next page",
			definition: things("next: next", "next: next, done: end", "style: token", "style: link", ", token: token", ""),
			answer: func(w http.ResponseWriter, r *http.Request) {
				start, _ := strconv.Atoi(r.FormValue("start"))
				items := "[]"
				if start < 2 {
					items = rows(2*start+1, 2*start+2)
				}
				_, _ = fmt.Fprintf(w, `{"items":%s,"end":%t,"next":"/things?start=%d"}`, items, start >= 1, min(start+1, 2))
			},
			check: func(s *stage) {
				s.succeeds(s.ask("export", "-q", "-o", "out.ndjson"))
				s.holds(4)
			},
		},
		{
			name:       "bugs/08 a row on two pages",
			definition: things(),
			answer:     pages(`{"items":[{"id":1,"name":"old"},{"id":2,"name":"b"}],"next":"1"}`, `{"items":[{"id":1,"name":"new"},{"id":3,"name":"c"}],"next":null}`),
			check: func(s *stage) {
				for _, name := range []string{"out.ndjson", "out.csv", "out.json", "out.parquet", "out.sqlite"} {
					o := s.ask("export", "-o", name)
					s.succeeds(o)
					if !strings.Contains(o.stderr, " 3 rows") {
						s.Errorf("%s: %s", name, o.stderr)
					}
					s.succeeds(s.ask("verify", name))
				}
				s.holds(3)
			},
		},
		{
			name:       "bugs/13 a page past the end is refused",
			definition: things("next: next", "total: total", "style: token", "style: page", "token: token", "page: page"),
			answer: func(w http.ResponseWriter, r *http.Request) {
				n := 1
				_, _ = fmt.Sscan(r.FormValue("page"), &n)
				if n > 3 {
					http.Error(w, `{"detail":"Invalid page."}`, http.StatusNotFound)
					return
				}
				_, _ = fmt.Fprintf(w, `{"items":%s,"total":5}`, rows(2*n-1, min(2*n, 5)))
			},
			check: func(s *stage) {
				s.succeeds(s.ask("export", "-q", "-o", "out.ndjson"))
				s.holds(5)
				if n := s.asked(); n != 3 {
					s.Errorf("%d requests, want 3: the total is reached", n)
				}
			},
		},
		{
			name:       "bugs/15 the token is the only parameter",
			definition: things("token: token}", "token: token, alone: true}"),
			answer: func(w http.ResponseWriter, r *http.Request) {
				if r.FormValue("token") != "" && len(r.Form) > 1 {
					http.Error(w, `{"message":"the token stands alone"}`, http.StatusBadRequest)
					return
				}
				pages(`{"items":`+rows(1, 2)+`,"next":"1"}`, `{"items":`+rows(3, 4)+`,"next":"2"}`, `{"items":`+rows(5, 6)+`,"next":null}`)(w, r)
			},
			check: func(s *stage) { s.selects("", "1 2 3 4 5 6") },
		},
		{
			name:       "bugs/16 fewer rows than the total",
			definition: things("next: next", "total: total", "style: token, max: 2", "style: offset, max: 10", "token: token", "skip: skip"),
			answer: func(w http.ResponseWriter, r *http.Request) {
				skip, _ := strconv.Atoi(r.FormValue("skip"))
				items := "[]"
				if skip < 20 {
					items = rows(skip+1, skip+10)
				}
				_, _ = fmt.Fprintf(w, `{"items":%s,"total":50}`, items)
			},
			check: func(s *stage) {
				o := s.ask("export", "-o", "out.ndjson")
				if !strings.Contains(o.stderr, "50") {
					s.Errorf("nothing is said of the total:\n%s", o.stderr)
				}
				s.fails(s.ask("export", "-o", "strict.ndjson", "--strict"), "50")
			},
		},
		{
			name:       "bugs/16 a next page that is misspelt",
			definition: things("next: next", "next: nxet, total: total"),
			answer:     pages(`{"items":`+rows(1, 2)+`,"next":"1","total":4}`, `{"items":`+rows(3, 4)+`,"next":null,"total":4}`),
			check: func(s *stage) {
				o := s.ask("export", "-o", "out.ndjson")
				if !strings.Contains(o.stderr, "4 rows") && !strings.Contains(o.stderr, "nxet") {
					s.Errorf("nothing is said of the rows that are missing:\n%s", o.stderr)
				}
				s.fails(s.ask("query", "-q", "--strict"))
			},
		},
		{
			name:       "bugs/17 the token is in a header",
			definition: things("next: next", "next: {header: X-Next-Token}"),
			answer: func(w http.ResponseWriter, r *http.Request) {
				i := 0
				_, _ = fmt.Sscan(r.FormValue("token"), &i)
				if i < 2 {
					w.Header().Set("X-Next-Token", strconv.Itoa(i+1))
				}
				_, _ = fmt.Fprintf(w, `{"items":%s}`, rows(2*i+1, 2*i+2))
			},
			check: func(s *stage) { s.selects("", "1 2 3 4 5 6") },
		},
	}
}

// holds fails the test unless out.ndjson has so many rows.
func (s *stage) holds(rows int) {
	s.Helper()
	if got := strings.Count(s.read("out.ndjson"), "\n"); got != rows {
		s.Errorf("out.ndjson has %d rows, want %d", got, rows)
	}
}

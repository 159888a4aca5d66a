//go:build unix

package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// answerCases are answers that are not as JSON over HTTP should be.
func answerCases() []situation {
	return []situation{
		{
			name:       "bugs/03 rows that are null, and missing at the end",
			definition: things(),
			answer: pages(`{"items":`+rows(1, 2)+`,"next":"1"}`, `{"items":null,"next":"2"}`,
				`{"items":`+rows(3, 4)+`,"next":"3"}`, `{"next":null}`),
			check: func(s *stage) { s.selects("", "1 2 3 4") },
		},
		{
			name:       "bugs/03 rows that no page has",
			definition: things(),
			answer:     pages(`{"data":` + rows(1, 2) + `,"next":null}`),
			check:      func(s *stage) { s.fails(s.ask("query"), "items", "data") },
		},
		{
			name:       "bugs/06 paths that end in a slash",
			definition: things("path: /things", "path: /things/", "style: token", "style: link", ", token: token", ""),
			answer: func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/things/" {
					http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
					return
				}
				cursor, _ := strconv.Atoi(r.FormValue("cursor"))
				next := "null"
				if cursor < 2 {
					next = fmt.Sprintf(`"http://%s/things/?cursor=%d"`, r.Host, cursor+1)
				}
				_, _ = fmt.Fprintf(w, `{"items":%s,"next":%s}`, rows(2*cursor+1, 2*cursor+2), next)
			},
			check: func(s *stage) {
				s.succeeds(s.ask("check", "id > 1"))
				s.selects("", "1 2 3 4 5 6")
			},
		},
		{
			name:       "bugs/10 a failure inside a 200",
			definition: things(),
			answer:     pages(`{"ok":true,"items":`+rows(1, 2)+`,"next":"1"}`, `{"ok":false,"error":"ratelimited","items":[]}`),
			check: func(s *stage) {
				s.fails(s.ask("export", "-q", "-o", "out.ndjson"), "ratelimited")
				if s.read("out.ndjson") != "" {
					s.Error("a file that is not whole has its final name")
				}
			},
		},
		{
			name:       "bugs/19 a byte order mark",
			definition: things(),
			answer:     pages("\ufeff" + `{"items":` + rows(1, 2) + `,"next":null}`),
			check:      func(s *stage) { s.selects("", "1 2") },
		},
		{
			name:       "bugs/05 a reset without Retry-After",
			definition: things(),
			answer:     refusesFor(2 * time.Second),
			check: func(s *stage) {
				o := s.ask("export", "-o", "out.ndjson")
				s.succeeds(o)
				s.holds(6)
				if n := s.asked(); n > 5 {
					s.Errorf("%d requests for three pages and one refusal", n)
				}
			},
		},
		{
			name:       "bugs/18 a slow page",
			definition: things(),
			answer: func(w http.ResponseWriter, r *http.Request) {
				select {
				case <-time.After(300 * time.Millisecond):
				case <-r.Context().Done():
				}
				pages(`{"items":`+rows(1, 2)+`,"next":null}`)(w, r)
			},
			check: func(s *stage) {
				s.fails(s.ask("query", "-q", "--attempt-timeout", "20ms", "--max-outage", "200ms"))
				s.succeeds(s.ask("query", "-q", "--attempt-timeout", "20s"))
			},
		},
	}
}

// refusesFor serves three pages, the second one only after a time that a header names.
func refusesFor(wait time.Duration) http.HandlerFunc {
	var until atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		until.CompareAndSwap(0, time.Now().Add(wait).Unix()+1)
		if r.FormValue("token") == "1" && time.Now().Unix() < until.Load() {
			for _, name := range []string{"X-Rate-Limit", "X-RateLimit"} {
				w.Header().Set(name+"-Remaining", "0")
				w.Header().Set(name+"-Reset", strconv.FormatInt(until.Load(), 10))
			}
			http.Error(w, `{"error":"too many"}`, http.StatusTooManyRequests)
			return
		}
		var bodies []string
		for i, next := range []string{`"1"`, `"2"`, "null"} {
			bodies = append(bodies, `{"items":`+rows(2*i+1, 2*i+2)+`,"next":`+next+`}`)
		}
		pages(bodies...)(w, r)
	}
}

// valueCases are values that servers write in their own way.
func valueCases() []situation {
	instants := func(texts ...string) http.HandlerFunc {
		var items []string
		for i, text := range texts {
			items = append(items, fmt.Sprintf(`{"id":%d,"at":%q}`, i+1, text))
		}
		return pages(`{"items":[` + strings.Join(items, ",") + `],"next":null}`)
	}
	at := func(more string) string {
		return things("{name: name, type: string, collation: binary, nullable: true}", "{name: at, type: datetime, "+more+"}")
	}
	return []situation{
		{
			name:       "bugs/11 a fraction of a second",
			definition: at("format: rfc3339nano"),
			answer:     instants("2024-01-31T12:00:00.250Z", "2024-01-31T12:00:00.750Z", "2024-01-31T12:00:00.800Z", "2024-01-31T12:00:01.100Z"),
			check: func(s *stage) {
				s.selects("at > 2024-01-31T12:00:00.750Z", "3 4")
				s.selects("at >= 2024-01-31T12:00:00.750Z", "2 3 4")
				s.selects("at = 2024-01-31T12:00:00.750Z", "2")
				s.selects("at > 2024-01-31T12:00:00Z", "1 2 3 4")
			},
		},
		{
			name: "bugs/14 instants and nulls of foreign spelling",
			definition: at(`format: {layouts: ["2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", unix], zone: UTC}, ` +
				`nulls: ["", "0000-00-00", "0000-00-00 00:00:00"], nullable: true`),
			answer: instants("2024-01-31T13:00:00.000+0100", "2024-01-31T12:00:00", "2024-01-31 12:00:00", "1706702400", "0000-00-00 00:00:00", ""),
			check: func(s *stage) {
				s.selects("at = 2024-01-31T12:00:00Z", "1 2 3 4")
				s.selects("at is null", "5 6")
			},
		},
		{
			name:       "bugs/12 columns alike but for case",
			definition: things() + "  - {name: Name, type: string, collation: binary, nullable: true}\n",
			answer:     pages(`{"items":[{"id":1,"name":"a","Name":"A"}],"next":null}`),
			check: func(s *stage) {
				if o := s.ask("export", "-q", "-o", "out.sqlite"); o.code != 0 {
					s.fails(o, "name", "Name")
					if n := s.asked(); n != 0 {
						s.Errorf("%d requests before it is refused", n)
					}
					return
				}
				s.succeeds(s.ask("verify", "out.sqlite"))
			},
		},
		{
			name:       "bugs/21 a value longer than a file's name",
			definition: things(),
			answer:     pages(`{"items":[{"id":1,"name":"` + strings.Repeat("x", 300) + `"},{"id":2,"name":"n2"}],"next":null}`),
			check: func(s *stage) {
				s.succeeds(s.ask("export", "-o", "out", "--format", "ndjson", "--partition-by", "name"))
				s.succeeds(s.ask("verify", "out"))
			},
		},
	}
}

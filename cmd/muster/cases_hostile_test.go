//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// escapes is what a terminal would obey: OSC, CSI, C1 and a turned line.
const escapes = "\x1b]0;PWNED\x07\x1b[31m\u009b2J\u202e"

// userPage is a page of users, whose ids ascend, in either order.
func userPage(users ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		users := slices.Clone(users)
		if r.FormValue("sort") == "-id" {
			slices.Reverse(users)
		}
		_, _ = fmt.Fprintf(w, `{"collection":[%s],"included":{},"has_more":false,"meta":{"count":%d}}`, strings.Join(users, ","), len(users))
	}
}

func userNamed(id int, name string) string {
	return fmt.Sprintf(`{"type":"OrganizationUser","id":%d,"name":%s,"email":"e","username":"u%d","is_active":true}`, id, quoteJSON(name), id)
}

// quoteJSON quotes a text as JSON.
func quoteJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

// shows fails the test if a terminal would obey what a command printed.
func (s *stage) shows(o outcome) {
	s.Helper()
	if strings.ContainsAny(o.stdout+o.stderr, "\x1b\x07\u009b\u202e") {
		s.Errorf("a terminal would obey\n%q\n%q", o.stdout, o.stderr)
	}
}

// wireCases are servers that mean harm.
func wireCases() []situation {
	return []situation{
		{
			name: "hostile/01 another protocol",
			answer: func(w http.ResponseWriter, r *http.Request) {
				connection, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					return
				}
				_, _ = connection.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"))
				<-r.Context().Done() // it stays open, and silent
				_ = connection.Close()
			},
			check: func(s *stage) { s.fails(s.ask("count", "--max-outage", "1s"), "101") },
		},
		{
			name:   "hostile/03 escapes in a chart",
			answer: userPage(userNamed(1, escapes), userNamed(2, "b")),
			check: func(s *stage) {
				o := s.ask("stats", "--by", "name", "--format", "chart")
				s.succeeds(o)
				s.shows(o)
			},
		},
		{
			name:   "hostile/04 escapes in the error of a body",
			answer: userPage(fmt.Sprintf(`{"type":"OrganizationUser","id":1,"name":"a",%[1]s:1,%[1]s:2}`, quoteJSON(escapes))),
			check: func(s *stage) {
				for _, args := range [][]string{{"query"}, {"doctor"}, {"stats", "--by", "name"}, {"export", "-o", "-"}} {
					o := s.ask(args...)
					s.shows(o)
					if args[0] != "doctor" {
						s.fails(o, "duplicate")
					}
				}
			},
		},
		{
			name: "hostile/06 the token in a malformed header",
			answer: func(w http.ResponseWriter, r *http.Request) {
				connection, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					return
				}
				_, _ = fmt.Fprintf(connection, "HTTP/1.1 200 OK\r\nAuthorization %s\r\nContent-Length: 0\r\n\r\n", r.Header.Get("Authorization"))
				_ = connection.Close()
			},
			check: func(s *stage) {
				o := s.ask("count", "--max-outage", "1s")
				s.fails(o, "no answer")
				if strings.Contains(o.stdout+o.stderr, "demo") {
					s.Errorf("the token is shown:\n%s", o.stderr)
				}
			},
		},
		{
			name:   "hostile/14 a pattern and a text that almost match",
			heavy:  true,
			answer: userPage(userNamed(1, strings.Repeat("a", 2_000_000))),
			check: func(s *stage) {
				part := strings.Repeat("a", 40_000)
				for _, filter := range []string{"name contains '" + part + "b'", "name like '%" + part + "b%'", "name like '%" + part + "_b%'"} {
					o := s.ask("query", "-q", filter)
					s.succeeds(o)
					if o.stdout != "" {
						s.Error("a row without the text is selected")
					}
				}
			},
		},
	}
}

package rest

import (
	"testing"
)

// TestNextLink: every form that RFC 8288 allows, and what is none.
func TestNextLink(t *testing.T) {
	for header, want := range map[string]string{
		`</a?page=2>; rel="next"`:                               "/a?page=2",
		`</a?page=2>;rel=next`:                                  "/a?page=2",
		`</a?order=total,id&page=2>; rel="next"`:                "/a?order=total,id&page=2",
		`</a;v=1,2>; title="a, b; \"c\""; rel="next last"`:      "/a;v=1,2",
		`</1>; rel="first", </2>; REL = "prefetch Next" , </3>`: "/2",
		`</1>; rel="prev"; rel="next"`:                          "",
		`</1>; title="rel=\"next\""`:                            "",
		`</1>; anchor; rel=next`:                                "/1",
		`, ,</1>; rel="next"`:                                   "/1",
		`<?page=2>; rel="next"; title*=UTF-8''n%c3%a4`:          "?page=2",
		`</1>; rel="nextish"`:                                   "",
		`</1`:                                                   "",
		`</1>; rel="next`:                                       "/1",
		`</1>; title="\`:                                        "",
		`/1; rel=next`:                                          "",
		``:                                                      "",
	} {
		if got := nextLink([]string{header}); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
	if got := nextLink([]string{`</1>; rel="prev"`, `</2>; rel="next"`}); got != "/2" {
		t.Errorf("of two headers: %q", got)
	}
}

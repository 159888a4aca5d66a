package rest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/transport"
)

// TestBodyRoom: a list of values that no URL could hold is one body; beside parameters in
// the URL both bounds hold, and past the body's the list is in parts.
func TestBodyRoom(t *testing.T) {
	t.Parallel()
	list := func(n, length int) string {
		values := make([]string, n)
		for i := range values {
			values[i] = fmt.Sprintf("'%0*d'", length, i)
		}
		return "name in (" + strings.Join(values, ", ") + ")"
	}
	d := things(rest.Token, func(d *rest.Definition) {
		d.Method, d.Fields[1].Params = http.MethodPost, map[string]string{"in": "/names", "start": "prefix"}
	})
	elastic := things(rest.Token, func(d *rest.Definition) {
		preset, _ := expression.Preset("elasticsearch")
		d.Method, d.Expression, d.Fields[1].Fold = http.MethodPost, &preset, expression.FoldNone
	})
	for _, test := range []struct {
		d      rest.Definition
		filter string
		scans  int
		pushed bool
	}{
		{d, list(1000, 20), 1, true},
		{elastic, list(1000, 20), 1, true},
		{d, "name starts with '" + strings.Repeat("é", 1000) + "'", 1, true},
		{d, "name starts with '" + strings.Repeat("é", 2000) + "'", 1, false}, // 12 000 bytes in a URL
		{d, "name starts with '" + strings.Repeat("a", 6000) + "' and " + list(500, 400), 1, false},
	} {
		src, err := rest.New(nil, test.d)
		if err != nil {
			t.Fatal(err)
		}
		p, err := query.Prepare(src, test.filter)
		if err != nil {
			t.Fatal(err)
		}
		if pushed := !strings.Contains(p.String(), "would exceed"); len(p.Scans) != test.scans || pushed != test.pushed {
			t.Errorf("%.60s: %d scans, pushed %v\n%.2000s", test.filter, len(p.Scans), pushed, p)
		}
		request, err := src.Request(p.Scans[0], paginate.Request{Limit: 10})
		if line := request.Query.Encode(); err != nil || len(line) > 8<<10 || len(request.Body) > 1<<20 {
			t.Errorf("%.60s: a line of %d bytes and a body of %d, %v", test.filter, len(line), len(request.Body), err)
		}
	}
}

// TestLinksByPost: links of a listing by POST are followed as the definition says, with
// their own parameters, and by POST with the body.
func TestLinksByPost(t *testing.T) {
	t.Parallel()
	for follow, want := range map[string][]string{
		http.MethodPost: {`POST ?limit=10 {"only":7}`, `POST ?page=2 {"only":7}`, `POST ?page=3 {"only":7}`},
		http.MethodGet:  {`POST ?limit=10 {"only":7}`, "GET ?page=2 ", "GET ?page=3 "},
	} {
		var got []string
		client := handledClient(t, func(w http.ResponseWriter, r *http.Request) {
			text, _ := io.ReadAll(r.Body)
			got = append(got, r.Method+" ?"+r.URL.RawQuery+" "+string(text))
			if n := len(got) + 1; n <= 3 {
				w.Header().Set("Link", fmt.Sprintf("<?page=%d>; rel=next", n))
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"items": from(len(got), 1)})
		}, transport.Options{})
		src, err := rest.New(client, things(rest.Link, func(d *rest.Definition) {
			d.Method, d.Follow, d.Layout.Next, d.Fields[0].Params = http.MethodPost, follow, "", map[string]string{"eq": "/only"}
		}))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := query.Run(t.Context(), src, "id = 7")
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range rows.All() {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: asked for %q, want %q", follow, got, want)
		}
	}
}

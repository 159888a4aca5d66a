package rest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/transport"
)

// TestVerifiedExpression: a row that comes though it does not satisfy its part of an
// expression ends the run. The error names the part, and what the row has.
func TestVerifiedExpression(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"rows": [{"id": 1, "age": 6, "name": "Ada"}, {"id": 2, "age": null, "name": "Ada"}, {"id": 3, "age": 7, "name": "ada"}]}`)
	}))
	t.Cleanup(server.Close)
	client, err := transport.New(transport.Options{BaseURL: server.URL, Rate: -1, Backoff: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	for _, c := range []struct{ expression, filter, want string }{
		{"{nulls: {ne: false}}", "age != 5 and name = 'Ada'", "row 2 does not satisfy age != 5, and the server returned it for $filter=age ne 5: age is null; declare that the server cannot answer the condition, so that it is evaluated locally"},
		{"{nulls: {ne: true}}", "name in ('Ada', 'Bob')", "row 3 does not satisfy name in ('Ada', 'Bob'), and the server returned it for $filter=name eq 'Ada' or name eq 'Bob': name is ada; declare that the server cannot answer the condition, so that it is evaluated locally"},
		{"{text: {fold: case}}", "name = 'Ada'", ""}, // it is checked here
	} {
		d, err := yaml.Read([]byte(`
resource: people
path: /people
dialect: odata
layout: {rows: rows, next: next}
paging: {style: link}
expression: ` + c.expression + `
fields:
  - {name: id, type: int}
  - {name: age, type: int, nullable: true}
  - {name: name, type: string, collation: binary}
`))
		if err != nil {
			t.Fatal(err)
		}
		src, err := rest.New(client, d)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := query.Run(t.Context(), src, c.filter, query.VerifyPushdown(10))
		if err != nil {
			t.Fatal(err)
		}
		for _, err = range rows.All() {
			if err != nil {
				break
			}
		}
		wrong := (*query.PushdownError)(nil)
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &wrong) || wrong.Error() != c.want) {
			t.Errorf("%s: got %v, want %q", c.filter, err, c.want)
		}
	}
}

package shipstream_test

import (
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// TestSelectBesideResidual: what a filter reads behind a reference is taken out of no row that
// shows something else behind it.
func TestSelectBesideResidual(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 60, Rate: -1})
	defer server.Close()
	client, err := shipstream.NewClient(transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token()), Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	users := shipstream.Users(client, shipstream.AnyUser)
	lines := func(filter, selected string, opts ...query.Option) map[int64]string {
		rows, err := query.Collect(t.Context(), users, filter, append(opts, query.Select(selected))...)
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[int64]string, len(rows))
		for i := range rows {
			line, err := rows[i].AppendJSONFields(nil, []string{selected})
			if err != nil {
				t.Fatal(err)
			}
			out[rows[i].ID] = string(line)
		}
		return out
	}
	schema := users.Schema()
	tried := 0
	for i := range schema.Len() {
		read := schema.Field(i)
		if read.Through == "" {
			continue
		}
		filter := read.Name + " is not null" // is nothing that the server is asked
		if read.Through == "roles" {
			filter = "any roles (name like '%')"
		}
		for j := range schema.Len() {
			selected := schema.Field(j)
			if selected.Outermost() != read.Outermost() {
				continue
			}
			tried++
			want := lines("", selected.Name)
			for id, got := range lines(filter, selected.Name) {
				if got != want[id] {
					t.Errorf("%s selecting %s: user %d is %s, want %s", filter, selected.Name, id, got, want[id])
				}
			}
		}
	}
	if tried < 9 {
		t.Errorf("%d pairs", tried)
	}
}

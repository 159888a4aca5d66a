package shipstream_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// TestUsersByDefinition: the users' definition, with rows of no type, gives the
// same rows as the source that knows them: hidden fields, references, deleted
// users, sorts that outgrow their memory and counts included.
func TestUsersByDefinition(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{Users: 700})
	caps := shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedOnRequest})
	typed := shipstream.Users(client, shipstream.AnyUser, caps)
	defined, err := rest.New(client, shipstream.UsersDefinition(shipstream.AnyUser, caps))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		filter  string
		columns []string
		order   string
		opts    []query.Option
	}{
		{"is_active and id > 50", nil, "", nil},
		{"roles.name starts with 'P'", nil, "", nil}, // roles are asked for and hidden
		{"roles.id in (1, 2)", []string{"roles.name", "default_warehouse.name", "created_at"}, "", nil},
		{"", []string{"roles"}, "", []query.Option{query.WithDeleted(query.DeletedInclude)}},
		{"merchant.code is not null", []string{"merchant.is_active"}, "", []query.Option{query.WithDeleted(query.DeletedOnly)}},
		{"", []string{"roles.name", "merchant.name"}, "-name,last_login_at", nil},
		{"email contains 'a'", nil, "email", []query.Option{query.Limit(20)}},
	} {
		t.Run(test.filter, func(t *testing.T) {
			opts := append(slices.Clone(test.opts), query.OrderBy(test.order), query.Select(test.columns...))
			want := written(t, typed, test.filter, opts, test.columns)
			got := written(t, defined, test.filter, append(opts, query.SortMemory(16<<10)), test.columns)
			if len(want) == 0 {
				t.Error("no row satisfies the filter, so that nothing is compared")
			}
			if test.order == "" {
				slices.Sort(want)
				slices.Sort(got)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("(-typed +defined):\n%s", diff)
			}
		})
	}
}

// TestSmallByDefinition: roles and warehouses that know their type are those of the
// definitions, whole, hidden and sorted in a file.
func TestSmallByDefinition(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{Users: 30})
	sameAsDefined(t, client, shipstream.Roles(client, shipstream.OrganizationUsers), []smallQuery{
		{filter: "id > 2"},
		{filter: "name contains 'e'", columns: []string{"permissions"}},
		{filter: "permissions is not null and name is not null"}, // asked for and hidden
		{filter: "name contains 'r'", columns: []string{"permissions"}, order: "-name"},
	})
	sameAsDefined(t, client, shipstream.Warehouses(client), []smallQuery{
		{filter: "is_active"},
		{filter: "name contains 'a' or not is_active"},
		{order: "-is_active,name"},
	})
}

type smallQuery struct {
	filter, order string
	columns       []string
}

func sameAsDefined[T any, P jsonRow[T]](t *testing.T, client *transport.Client, typed *shipstream.Listing[T], queries []smallQuery) {
	t.Helper()
	defined, err := rest.New(client, typed.Definition())
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queries {
		opts := []query.Option{query.Select(q.columns...), query.OrderBy(cmp.Or(q.order, "id")), query.SortMemory(1)}
		want := written(t, defined, q.filter, opts, nil)
		got := written[T, P](t, typed, q.filter, opts, nil)
		if len(want) == 0 {
			t.Errorf("%+v: no row satisfies the filter, so that nothing is compared", q)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-defined +typed):\n%s", q, diff)
		}
	}
}

// TestCountByDefinition: the server counts, with one request.
func TestCountByDefinition(t *testing.T) {
	server, client := serve(t, shipstreamtest.Options{Users: 700})
	defined, err := rest.New(client, shipstream.UsersDefinition(shipstream.AnyUser))
	if err != nil {
		t.Fatal(err)
	}
	const filter = "is_active and id between 20 and 400"
	plan, err := query.Prepare(defined, filter)
	if err != nil {
		t.Fatal(err)
	}
	got, err := query.CountPlan(t.Context(), defined, plan)
	if requests := len(server.Requests()); err != nil || requests != 1 {
		t.Errorf("counted with %d requests, %v", requests, err)
	}
	if want := len(written(t, shipstream.Users(client, shipstream.AnyUser), filter, nil, nil)); got != int64(want) || want == 0 {
		t.Errorf("counted %d rows of %d", got, want)
	}
}

// jsonRow is a pointer to a row that writes itself.
type jsonRow[T any] interface {
	*T
	AppendJSON(dst []byte) []byte
}

// fieldsRow is one that writes some of its fields.
type fieldsRow interface {
	AppendJSONFields(dst []byte, fields []string) ([]byte, error)
}

// written is the answer as JSON, with those columns; nil for whole rows.
func written[T any, P jsonRow[T]](t *testing.T, src query.Source[T], filter string, opts []query.Option, columns []string) (rows []string) {
	t.Helper()
	answer, err := query.Run(t.Context(), src, filter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range answer.All() {
		if err != nil {
			t.Fatal(err)
		}
		text := P(&row).AppendJSON(nil)
		if columns != nil {
			some, ok := any(&row).(fieldsRow)
			if !ok {
				t.Fatalf("%T does not write some of its fields", row)
			}
			if text, err = some.AppendJSONFields(nil, columns); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, string(text))
	}
	return rows
}

// TestDefinitionsConform: every listing of the API keeps every promise of a source.
func TestDefinitionsConform(t *testing.T) {
	_, client := serve(t, shipstreamtest.Options{Users: 60})
	for _, d := range []rest.Definition{
		shipstream.UsersDefinition(shipstream.AnyUser), shipstream.RolesDefinition(shipstream.AnyUser), shipstream.WarehousesDefinition(),
	} {
		t.Run(d.Name, func(t *testing.T) {
			src, err := rest.New(client, d)
			if err != nil {
				t.Fatal(err)
			}
			if err := querytest.TestSource(t.Context(), src); err != nil {
				t.Error(err)
			}
		})
	}
}

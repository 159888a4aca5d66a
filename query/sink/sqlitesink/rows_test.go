package sqlitesink_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// orders are rows with a reference, a list of references and a key of another name.
func orders(t *testing.T) (*model.Schema, *model.DynamicDecoder) {
	t.Helper()
	always := func(name string, typ model.Type, through string) model.Field {
		return model.Field{Name: name, Type: typ, Nullable: name != "number", Returned: model.ReturnedAlways, Through: through}
	}
	schema, err := model.NewSchema("orders",
		always("number", model.TypeInt, ""), always("note", model.TypeString, ""), always("paid_at", model.TypeDateTime, ""), always("open", model.TypeBool, ""),
		always("shop", model.TypeRef, ""), always("shop.name", model.TypeString, "shop"),
		always("lines", model.TypeRefs, ""), always("lines.sku", model.TypeString, "lines"), always("lines.units", model.TypeInt, "lines"),
		always("tags", model.TypeRefs, ""))
	if err != nil {
		t.Fatal(err)
	}
	layout := model.DefaultLayout()
	layout.ID = "number"
	decoder, err := model.NewDynamicDecoder(schema, layout)
	if err != nil {
		t.Fatal(err)
	}
	return schema, decoder
}

// export writes pages into the database, each with a commit of its own, and
// completes it.
func export(t *testing.T, path string, pages ...string) {
	t.Helper()
	schema, decoder := orders(t)
	fields := make([]*model.Field, schema.Len())
	for i := range fields {
		fields[i] = schema.Field(i)
	}
	to, err := sqlitesink.New(path, schema, "number", fields, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Options{Mode: sink.ModeNew})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close() //nolint:errcheck // a failed commit has been told
	if _, err := to.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, body := range pages {
		page, err := decoder.Decode([]byte(`{"collection":` + body + `,"included":{"Shop":[{"id":1,"name":"East"}],"Line":[{"id":5,"sku":"x","units":2},{"id":6,"sku":"y"}]},"has_more":false}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Write(t.Context(), page.Rows); err != nil {
			t.Fatal(err)
		}
		if err := to.Commit(t.Context(), []byte(`"on"`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// rowsOf is a query's answer, a line a row.
func rowsOf(t *testing.T, path, query string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // Err has what it would say
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for found.Next() {
		cells, into := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, strings.Trim(fmt.Sprint(cells), "[]"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestRows: rows of any schema are a table, their lists tables of their own; a later
// export replaces what has changed and removes what is gone.
func TestRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.sqlite")
	const shop = `"shop":{"type":"Shop","id":1}`
	export(t, path,
		`[{"number":7,"note":"it's","paid_at":"2026-01-02T03:04:05Z","open":true,`+shop+`,"lines":[{"type":"Line","id":6},{"type":"Line","id":5}],"tags":[{"type":"Tag","id":9}]}]`,
		`[{"number":8,"note":null,"open":false,"shop":null,"lines":[{"type":"Line","id":5}]},{"number":9}]`)
	check := func(query string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, rowsOf(t, path, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	check("SELECT * FROM orders", "7 it's 2026-01-02T03:04:05Z 1 1 East", "8 <nil> <nil> 0 <nil> <nil>", "9 <nil> <nil> <nil> <nil> <nil>")
	check("SELECT orders_number, position, id, sku, units FROM orders_lines", "7 0 6 y <nil>", "7 1 5 x 2", "8 0 5 x 2")
	check("SELECT * FROM orders_tags", "7 0 9")
	check(`SELECT complete, rows, "table" FROM muster_export`, "1 3 orders")

	export(t, path, `[{"number":9,"note":"late"},{"number":7,"lines":[{"type":"Line","id":5}]}]`)
	check("SELECT number, note FROM orders", "7 <nil>", "9 late")
	check("SELECT orders_number, position, id FROM orders_lines", "7 0 5")
	check("SELECT * FROM orders_tags")
	var keys []int64
	for key, err := range sqlitesink.IDs[int64](t.Context(), path) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	if !slices.Equal(keys, []int64{7, 9}) {
		t.Errorf("the keys are %v", keys)
	}

	users, err := usersink.SQLite(path, shipstream.UserSchema(), nil, sqlitesink.Options{Mode: sink.ModeRestart})
	if err != nil {
		t.Fatal(err)
	}
	defer users.Close() //nolint:errcheck // nothing is written
	if _, err := users.Resume(t.Context()); err == nil || !strings.Contains(err.Error(), "has orders in it, not users") {
		t.Errorf("users go into the orders' database: %v", err)
	}
}

// TestTextKeys: the key may be a text, of which no two are the same to the database
// that are not the same bytes, and lists have it as well.
func TestTextKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parcels.sqlite")
	always := func(name string, typ model.Type) model.Field {
		return model.Field{Name: name, Type: typ, Nullable: name != "code", Returned: model.ReturnedAlways}
	}
	schema, err := model.NewSchema("parcels", always("code", model.TypeString), always("kg", model.TypeInt), always("tags", model.TypeRefs))
	if err != nil {
		t.Fatal(err)
	}
	fields := []*model.Field{schema.Field(0), schema.Field(1), schema.Field(2)}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "code"})
	if err != nil {
		t.Fatal(err)
	}
	export := func(body string) {
		t.Helper()
		page, err := decoder.Decode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		to, err := sqlitesink.New(path, schema, "code", fields, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(to.Write(t.Context(), page.Rows), to.Commit(t.Context(), nil), to.Close()); err != nil {
			t.Fatal(err)
		}
	}
	check := func(query string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, rowsOf(t, path, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	export(`[{"code":"7","kg":1,"tags":[{"type":"Tag","id":9},{"type":"Tag","id":4}]},{"code":"007","kg":2},{"code":"a","kg":3,"tags":[{"type":"Tag","id":9}]},{"code":"A","kg":4}]`)
	check("SELECT code, typeof(code), kg FROM parcels ORDER BY code", "007 text 2", "7 text 1", "A text 4", "a text 3")
	check("SELECT parcels_code, typeof(parcels_code), position, id FROM parcels_tags", "7 text 0 9", "7 text 1 4", "a text 0 9")
	export(`[{"code":"7","kg":5,"tags":[{"type":"Tag","id":4}]},{"code":"A","kg":6,"tags":[]}]`)
	check("SELECT code, kg FROM parcels ORDER BY code", "7 5", "A 6")
	check("SELECT parcels_code, position, id FROM parcels_tags", "7 0 4")

	numbers, err := model.NewSchema("parcels", always("code", model.TypeInt), always("kg", model.TypeInt), always("tags", model.TypeRefs))
	if err != nil {
		t.Fatal(err)
	}
	to, err := sqlitesink.New(path, numbers, "code", fields, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Resume(t.Context()); !errors.Is(err, sink.ErrReplace) || !strings.Contains(err.Error(), "its type of code is `TEXT`, not `INTEGER`") {
		t.Errorf("with keys of another type: %v", err)
	}
	if err := to.Close(); err != nil {
		t.Error(err)
	}

	for _, test := range []struct{ key, want string }{
		{"number", "number is not a field of parcels"}, {"tags", "tags is neither an integer nor a text"},
	} {
		_, err := sqlitesink.New(path, schema, test.key, fields, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Options{})
		if !errors.Is(err, sink.ErrLayout) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("with the key %s: %v", test.key, err)
		}
	}
}

// TestPaths: a path into an object is a column of that name, the key's as well.
func TestPaths(t *testing.T) {
	schema, err := model.NewSchema(
		"orders",
		model.Field{Name: "meta.id", Type: model.TypeInt},
		model.Field{Name: "address.city", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "sale.tags", Type: model.TypeRefs},
	)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "meta.id"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode([]byte(`[{"meta":{"id":7},"address":{"city":"Bonn"},"sale":{"tags":[{"type":"Tag","id":9}]}},{"meta":{"id":8},"address":null}]`))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "orders.sqlite")
	fields := []*model.Field{schema.Field(0), schema.Field(1), schema.Field(2)}
	to, err := sqlitesink.New(path, schema, "meta.id", fields, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(to.Write(t.Context(), page.Rows), to.Commit(t.Context(), nil), to.Close()); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		`SELECT "meta.id", coalesce("address.city", '-') FROM orders ORDER BY 1`: {"7 Bonn", "8 -"},
		`SELECT "orders_meta.id", position, id FROM "orders_sale.tags"`:          {"7 0 9"},
	} {
		if diff := cmp.Diff(want, rowsOf(t, path, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	for id, err := range sqlitesink.IDs[int64](t.Context(), path) {
		if err != nil || id != 7 && id != 8 {
			t.Errorf("%d, %v", id, err)
		}
	}
}

// TestListsInText: a list of references is its ids, though no path leads to them.
func TestListsInText(t *testing.T) {
	schema, decoder := orders(t)
	page, err := decoder.Decode([]byte(`{"collection":[{"number":7,"tags":[{"type":"Tag","id":9},{"type":"Tag","id":4}]}],"has_more":false}`))
	if err != nil {
		t.Fatal(err)
	}
	number, _ := schema.Lookup("number")
	tags, _ := schema.Lookup("tags")
	var text strings.Builder
	out := sink.NewStream(&text, sink.CSV(schema, []*model.Field{number, tags}, func(r *model.DynamicRow) model.Record { return r }))
	if err := errors.Join(out.Write(t.Context(), page.Rows), out.Close()); err != nil || !strings.Contains(text.String(), "9") || !strings.Contains(text.String(), "4") {
		t.Errorf("%v\n%s", err, text.String())
	}
}

func ExampleNew() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	schema, err := model.NewSchema("orders",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "status", Type: model.TypeString, Collation: model.CI, Returned: model.ReturnedAlways})
	if err != nil {
		panic(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		panic(err)
	}
	page, err := decoder.Decode([]byte(`[{"id":3,"status":"open"}]`))
	if err != nil {
		panic(err)
	}
	name, ctx := filepath.Join(folder, "orders.sqlite"), context.Background()
	fields := []*model.Field{schema.Field(0), schema.Field(1)}
	to, err := sqlitesink.New(name, schema, "id", fields, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Options{})
	if err != nil {
		panic(err)
	}
	if _, err := to.Resume(ctx); err != nil {
		panic(err)
	}
	fmt.Println(to.Write(ctx, page.Rows), to.Commit(ctx, []byte(`"all"`)), to.Commit(ctx, nil), to.Close())
	for id, err := range sqlitesink.IDs[int64](ctx, name) {
		fmt.Println(id, err)
	}
	// Output:
	// <nil> <nil> <nil> <nil>
	// 3 <nil>
}

func ExampleIDs() {
	for _, err := range sqlitesink.IDs[int64](context.Background(), "no such file") {
		fmt.Println(err != nil)
	}
	// Output: true
}

// Orders whose labels are objects of their own, each of which is written once.
func ExampleNewShared() {
	schema, err := model.NewSchema("orders", model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "labels", Type: model.TypeRefs, Returned: model.ReturnedAlways})
	if err != nil {
		panic(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		panic(err)
	}
	page, err := decoder.Decode([]byte(`[{"id":3,"labels":[{"type":"Label","id":1}]},{"id":4,"labels":[{"type":"Label","id":1},{"type":"Label","id":2}]}]`))
	if err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	name, ctx := filepath.Join(folder, "orders.sqlite"), context.Background()
	to, err := sqlitesink.NewShared(name, schema, "id", nil, func(r *model.DynamicRow) model.Record { return r }, sqlitesink.Shared[model.DynamicRow]{
		Objects: "labels", Columns: []string{"name"}, Links: "order_labels", Row: "order", Object: "label",
		Refs: func(r *model.DynamicRow) []model.Ref { return slices.Collect(r.References()) },
		Values: func(_ *model.DynamicRow, ref model.Ref) ([]any, bool) {
			return []any{fmt.Sprint("label ", ref.ID)}, true
		},
	}, sqlitesink.Options{})
	if err != nil {
		panic(err)
	}
	_, err = to.Resume(ctx)
	fmt.Println(err, to.Write(ctx, page.Rows), to.Commit(ctx, nil), to.Close())

	db, err := sql.Open("sqlite", name)
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }()
	var labels, links int
	err = db.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM labels), (SELECT count(*) FROM order_labels)").Scan(&labels, &links)
	fmt.Println(labels, links, err)
	// Output:
	// <nil> <nil> <nil> <nil>
	// 2 3 <nil>
}

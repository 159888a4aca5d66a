package sink_test

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// parcels are rows with lists of their own, of what they refer to, and of what each of
// several references refers to.
func parcels(t *testing.T) (*model.Schema, []*model.Field, []model.DynamicRow) {
	t.Helper()
	schema, err := model.NewSchema(
		"parcels",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "sizes", Type: model.TypeList, Of: model.TypeInt, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "seen", Type: model.TypeList, Of: model.TypeDateTime, Format: model.FormatUnix, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "prices", Type: model.TypeList, Of: model.TypeDecimal, Nullable: true, Returned: model.ReturnedAlways},
		model.Field{Name: "roles", Type: model.TypeRefs, Returned: model.ReturnedAlways},
		model.Field{Name: "roles.rights", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true, Returned: model.ReturnedAlways, Through: "roles"},
		model.Field{Name: "box", Type: model.TypeRef, Returned: model.ReturnedAlways, Nullable: true},
		model.Field{Name: "box.flags", Type: model.TypeList, Of: model.TypeBool, Nullable: true, Returned: model.ReturnedAlways, Through: "box"},
	)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id", Rows: "rows", Included: "refs"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := decoder.Decode([]byte(`{"rows":[
		{"id":1,"tags":["a","=1+1",null],"sizes":[1,2],"seen":[0,60],"prices":[1.50,"-2"],
			"roles":[{"type":"Role","id":1},{"type":"Role","id":2},{"type":"Role","id":3},{"type":"Role","id":1}],"box":{"type":"Box","id":1}},
		{"id":2,"tags":[],"sizes":[null],"seen":null,"prices":[]},
		{"id":3,"tags":null,"roles":[{"type":"Role","id":3}],"box":{"type":"Box","id":2}}],
		"refs":{"Role":[{"id":1,"rights":["w","w/s"]},{"id":2,"rights":[]},{"id":3,"rights":null}],"Box":[{"id":1,"flags":[true,null]},{"id":2,"flags":[]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]*model.Field, schema.Len())
	for i := range fields {
		fields[i] = schema.Field(i)
	}
	return schema, fields, page.Rows
}

// TestListText: NDJSON has a list as it came, CSV and a table have its JSON. Lists behind several
// references are a list of lists in each.
func TestListText(t *testing.T) {
	t.Parallel()
	schema, fields, rows := parcels(t)
	ndjson, csv, table := new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer)
	selected := []string{"tags", "seen", "roles.rights", "box.flags"}
	for text, w := range map[*bytes.Buffer]sink.Writer[model.DynamicRow]{
		ndjson: sink.NewStream(ndjson, sink.NDJSON("", func(dst []byte, r *model.DynamicRow) ([]byte, error) { return r.AppendJSONFields(dst, selected) })),
		csv:    sink.NewStream(csv, sink.CSV(schema, fields, goodsRecord)),
		table:  sink.NewTable(table, schema, fields[:3], goodsRecord, sink.TableOptions{}),
	} {
		if err := w.Write(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil || text.Len() == 0 {
			t.Fatal(err, text.Len())
		}
	}
	for got, want := range map[*bytes.Buffer]string{
		ndjson: `{"id":1,"tags":["a","=1+1",null],"seen":[0,60],"roles.rights":[["w","w/s"],[],null,["w","w/s"]],"box.flags":[true,null]}` + "\n" +
			`{"id":2,"tags":[],"seen":null,"roles.rights":null,"box.flags":null}` + "\n" + `{"id":3,"tags":null,"seen":null,"roles.rights":[null],"box.flags":[]}` + "\n",
		csv: "id,tags,sizes,seen,prices,roles,roles.rights,box,box.flags\n" +
			`1,"[""a"",""=1+1"",null]","[1,2]","[""1970-01-01T00:00:00Z"",""1970-01-01T00:01:00Z""]","[1.5,-2]",1; 2; 3; 1,"[[""w"",""w/s""],[],null,[""w"",""w/s""]]",1,"[true,null]"` + "\n" +
			"2,[],[null],,[],,,,\n3,,,,,3,[null],2,[]\n",
		table: "id  tags               sizes\n──  ─────────────────  ──────\n 1  [\"a\",\"=1+1\",null]  [1,2]\n 2  []                 [null]\n 3  null               null\n",
	} {
		if diff := cmp.Diff(want, got.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestListColumns: Parquet has lists, null apart from empty; SQLite has JSON that its
// functions read.
func TestListColumns(t *testing.T) {
	t.Parallel()
	schema, fields, rows := parcels(t)
	name, database := inColumns(t, schema, fields, rows)
	type rights struct {
		List []struct {
			Element *struct {
				List []struct {
					Element *string `parquet:"element,optional"`
				} `parquet:"list"`
			} `parquet:"element,optional"`
		} `parquet:"list"`
	}
	type row struct {
		ID     int64     `parquet:"id"`
		Tags   []*string `parquet:"tags,optional,list"`
		Sizes  []*int64  `parquet:"sizes,optional,list"`
		Seen   []*int64  `parquet:"seen,optional,list"`
		Prices []*string `parquet:"prices,optional,list"`
		Flags  []*bool   `parquet:"box.flags,optional,list"`
		Rights rights    `parquet:"roles.rights"`
	}
	read, err := parquet.ReadFile[row](name)
	if err != nil {
		t.Fatal(err)
	}
	var said [][]string
	for _, r := range read {
		var all []string
		for _, role := range r.Rights.List {
			if role.Element == nil {
				all = append(all, "null")
				continue
			}
			text := "["
			for _, right := range role.Element.List {
				text += *right.Element + ","
			}
			all = append(all, text+"]")
		}
		said = append(said, all)
	}
	if diff := cmp.Diff([][]string{{"[w,w/s,]", "[]", "null", "[w,w/s,]"}, nil, {"null"}}, said); diff != "" {
		t.Errorf("lists of lists in Parquet (-want +got):\n%s", diff)
	}
	for i := range read {
		read[i].Rights = rights{}
	}
	want := []row{
		{1, []*string{new("a"), new("=1+1"), nil}, []*int64{new(int64(1)), new(int64(2))}, []*int64{new(int64(0)), new(int64(60000))}, []*string{new("1.5"), new("-2")}, []*bool{new(true), nil}, rights{}},
		{2, []*string{}, []*int64{nil}, nil, []*string{}, nil, rights{}},
		{3, nil, nil, nil, nil, []*bool{}, rights{}},
	}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("Parquet (-want +got):\n%s", diff)
	}
	db, err := sql.Open("sqlite", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	for query, want := range map[string]string{
		`SELECT group_concat(id || ' ' || typeof(tags) || ' ' || ifnull(tags, ''), '; ') FROM parcels`: `1 text ["a","=1+1",null]; 2 text []; 3 null `,
		`SELECT group_concat(p.id || ' ' || t.value, '; ') FROM parcels p, json_each(p.sizes) t`:       "1 1; 1 2",
		`SELECT group_concat(ifnull(rights, 'null'), '; ') FROM parcels_roles`:                         `["w","w/s"]; []; null; ["w","w/s"]; null`,
		`SELECT group_concat(ifnull(box_flags, 'null'), '; ') FROM parcels`:                            `[true,null]; null; []`,
	} {
		var text string
		if err := db.QueryRowContext(t.Context(), query).Scan(&text); err != nil || text != want {
			t.Errorf("%s: %q, %v, want %q", query, text, err, want)
		}
	}
}

// TestListTables: on request SQLite has a row for each element, and an update brings them
// up to date.
func TestListTables(t *testing.T) {
	t.Parallel()
	schema, fields, rows := parcels(t)
	database := filepath.Join(t.TempDir(), "parcels.sqlite")
	for round, part := range [][]model.DynamicRow{rows, rows[1:]} {
		lite, err := sqlitesink.New(database, schema, "id", fields, goodsRecord, sqlitesink.Options{ListTables: true, AcceptDeletes: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := lite.SinkCapabilities().Identity["lists"]; got != "tables" {
			t.Errorf("the identity has lists: %q", got)
		}
		if _, err := lite.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{lite.Write(t.Context(), part), lite.Commit(t.Context(), nil), lite.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		db, err := sql.Open("sqlite", database)
		if err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string][]string{
			`SELECT group_concat(parcels_id || ' ' || position || ' ' || ifnull(value, 'null'), '; ') FROM parcels_tags`:       {"1 0 a; 1 1 =1+1; 1 2 null", ""},
			`SELECT group_concat(parcels_id || ' ' || typeof(value) || ' ' || ifnull(value, 'null'), '; ') FROM parcels_sizes`: {"1 integer 1; 1 integer 2; 2 null null", "2 null null"},
			`SELECT group_concat(value, '; ') FROM parcels_prices`:                                                             {"1.5; -2", ""},
			`SELECT group_concat(value, '; ') FROM parcels_seen`:                                                               {"1970-01-01T00:00:00Z; 1970-01-01T00:01:00Z", ""},
			`SELECT group_concat(parcels_id || ' ' || ifnull(value, 'null'), '; ') FROM "parcels_box.flags"`:                   {"1 1; 1 null", ""},
			`SELECT group_concat(parcels_id || ' ' || roles_position || ' ' || position || ' ' || value, '; ') FROM "parcels_roles.rights"`: {
				"1 0 0 w; 1 0 1 w/s; 1 3 0 w; 1 3 1 w/s", "",
			},
			`SELECT group_concat(ifnull(tags, 'null'), '; ') FROM parcels`: {`["a","=1+1",null]; []; null`, "[]; null"},
		} {
			var text sql.NullString
			if err := db.QueryRowContext(t.Context(), query).Scan(&text); err != nil || text.String != want[round] {
				t.Errorf("%s: %q, %v, want %q", query, text.String, err, want[round])
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

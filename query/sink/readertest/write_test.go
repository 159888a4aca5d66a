package readertest_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

var update = flag.Bool("update", false, "write the golden exports again")

const golden = "testdata/golden"

// page is users with what tends to be read otherwise than it was written: null and
// empty, numbers past 2⁵³, text that is markup to some format, a role that did not
// come with the page, the same one for two, years far off.
const page = `{"collection":[
{"type":"OrganizationUser","id":1,"name":"=1+1","email":"a@example.com","username":"say \"hi\", x; y","is_active":true,
 "roles":[{"type":"OrganizationUserRole","id":3},{"type":"OrganizationUserRole","id":9}],"login_via_badge":true,
 "default_warehouse":{"type":"Warehouse","id":4},"created_at":"2017-07-21T17:32:28Z","last_login_at":"2024-02-29T23:59:59+02:00"},
{"type":"ClientUser","id":2,"name":"","email":null,"username":"line\nend\ttab","is_active":false,"roles":[],
 "merchant":{"type":"Merchant","id":7},"created_at":null,"last_login_at":"0001-01-01T00:00:00Z"},
{"type":"ClientUser","id":9007199254740993,"name":null,"email":"","username":"null","is_active":null,
 "roles":[{"type":"ClientUserRole","id":3}],"merchant":null,"created_at":"9999-12-31T23:59:59Z","last_login_at":null},
{"type":"OrganizationUser","id":4,"name":"Zoë 山田 🙂","email":"\u0000\u001f","username":"\\.","is_active":true,
 "roles":[{"type":"OrganizationUserRole","id":3}],"login_via_badge":null,"default_warehouse":null,"created_at":"1969-12-31T23:59:59Z"}],
"included":{"OrganizationUserRole":[{"type":"OrganizationUserRole","id":3,"name":"Pickers","permissions":["a","b/c"]}],
 "ClientUserRole":[{"type":"ClientUserRole","id":3,"name":null,"permissions":[]}],
 "Warehouse":[{"type":"Warehouse","id":4,"name":"North"}]},
"has_more":false}`

// columns are those of the exports that have columns.
var columns = []string{
	"id", "type", "name", "email", "username", "is_active", "created_at", "last_login_at", "login_via_badge",
	"default_warehouse", "default_warehouse.name", "merchant", "roles", "roles.name",
}

func record(u *shipstream.User) model.Record { return u }

func users(t *testing.T) []shipstream.User {
	t.Helper()
	p, err := shipstream.DecodeUsers([]byte(page))
	if err != nil {
		t.Fatal(err)
	}
	return p.Rows
}

func fields(t *testing.T) []*model.Field {
	t.Helper()
	out := make([]*model.Field, len(columns))
	for i, name := range columns {
		field, ok := shipstream.UserSchema().Lookup(name)
		if !ok {
			t.Fatalf("no field %s", name)
		}
		out[i] = field
	}
	return out
}

// sinkOf is the sink that an export of that name goes to.
func sinkOf(t *testing.T, path string) query.Sink[shipstream.User] {
	t.Helper()
	encode := func(dst []byte, u *shipstream.User) ([]byte, error) { return u.AppendJSON(dst), nil }
	form, name := compression.FromName(path)
	var encoding sink.Encoding[shipstream.User]
	var err error
	switch filepath.Ext(name) {
	case ".ndjson":
		encoding = sink.Text(sink.NDJSON("", encode), form)
	case ".json":
		encoding = sink.Text(sink.JSON("", encode), form)
	case ".csv":
		encoding = sink.Text(sink.CSV(shipstream.UserSchema(), fields(t), record), form)
	case ".parquet":
		encoding, err = parquetsink.New(shipstream.UserSchema(), fields(t), record)
	case ".sqlite":
		to, err := usersink.SQLite(path, shipstream.UserSchema(), fields(t), sqlitesink.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	if err != nil {
		t.Fatal(err)
	}
	return sink.NewFile(path, encoding, sink.FileOptions{})
}

// export writes rows in several commits.
func export(t *testing.T, path string, rows []shipstream.User, each int) {
	t.Helper()
	to, ctx := sinkOf(t, path), t.Context()
	_, err := to.Resume(ctx)
	for len(rows) > 0 && err == nil {
		n := min(each, len(rows))
		err = errors.Join(to.Write(ctx, rows[:n]), to.Commit(ctx, []byte(`"some"`)))
		rows = rows[n:]
	}
	if err := errors.Join(err, to.Commit(ctx, nil), to.Close()); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// eachExport reads the golden export of that name and the one of today.
func eachExport(t *testing.T, name string, read func(t *testing.T, path string)) {
	t.Helper()
	if *update {
		path := filepath.Join(golden, name)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		export(t, path, users(t), 2)
	}
	today := filepath.Join(t.TempDir(), name)
	export(t, today, users(t), 2)
	for what, path := range map[string]string{"golden": filepath.Join(golden, name), "today": today} {
		t.Run(what+" "+name, func(t *testing.T) { read(t, path) })
	}
	if form, _ := compression.FromName(name); form == nil && !strings.HasSuffix(name, ".parquet") && !strings.HasSuffix(name, ".sqlite") {
		same(t, filepath.Join(golden, name), today)
	}
}

// same fails where text that lies there is not what is written today.
func same(t *testing.T, before, today string) {
	t.Helper()
	was, err := os.ReadFile(before)
	if err != nil {
		t.Fatal(err)
	}
	is, err := os.ReadFile(today)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(was, is) {
		t.Errorf("%s is written otherwise now; run with -update and read the difference\n%s", before, is)
	}
}

package sink_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

func record(u *shipstream.User) model.Record { return u }

func encode(dst []byte, u *shipstream.User) ([]byte, error) { return u.AppendJSON(dst), nil }

// fields resolves names, in order.
func fields(tb testing.TB, names ...string) []*model.Field {
	tb.Helper()
	var out []*model.Field
	for _, name := range names {
		f, ok := shipstream.UserSchema().Lookup(name)
		if !ok {
			tb.Fatalf("no field %s", name)
		}
		out = append(out, f)
	}
	return out
}

// page is rows with what tends to go wrong in columns.
func page(tb testing.TB) []shipstream.User {
	tb.Helper()
	p, err := shipstream.DecodeUsers([]byte(`{"collection":[
		{"type":"OrganizationUser","id":1,"name":"=1+1","email":null,"username":"a,\"b\"","is_active":true,
		 "roles":[{"type":"OrganizationUserRole","id":3},{"type":"OrganizationUserRole","id":9}]},
		{"type":"ClientUser","id":20,"name":"山田\u0007太郎","email":"","username":"line\nbreak","is_active":false,"roles":[]}],
		"included":{"OrganizationUserRole":[{"type":"OrganizationUserRole","id":3,"name":"Pickers","permissions":[]}]},
		"has_more":false,"meta":{}}`))
	if err != nil {
		tb.Fatal(err)
	}
	return p.Rows
}

// write sends the rows in two batches and closes.
func write(tb testing.TB, w sink.Writer[shipstream.User], rows []shipstream.User) {
	tb.Helper()
	for _, batch := range [][]shipstream.User{rows[:1], rows[1:]} {
		if err := w.Write(tb.Context(), batch); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

func TestNDJSON(t *testing.T) {
	var b bytes.Buffer
	write(t, sink.NewStream(&b, sink.NDJSON("", encode)), page(t))
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 2 || !json.Valid([]byte(lines[0])) || !json.Valid([]byte(lines[1])) {
		t.Errorf("%q", b.String())
	}
}

func TestJSON(t *testing.T) {
	for n := range 3 {
		var b bytes.Buffer
		w := sink.NewStream(&b, sink.JSON("", encode))
		for _, u := range page(t)[:n] {
			if err := w.Write(t.Context(), []shipstream.User{u}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var got []map[string]any
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || len(got) != n {
			t.Errorf("%d rows: %q: %v", n, b.String(), err)
		}
	}
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	write(t, sink.NewStream(&b, sink.CSV(shipstream.UserSchema(), fields(t, "id", "name", "email", "username", "is_active", "roles", "roles.name"), record)), page(t))
	got, err := csv.NewReader(&b).ReadAll()
	want := [][]string{
		{"id", "name", "email", "username", "is_active", "roles", "roles.name"},
		{"1", "'=1+1", "", `a,"b"`, "true", "3; 9", "Pickers; "},
		{"20", "山田\u0007太郎", "", "line\nbreak", "false", "", ""},
	}
	if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestCSVFormulas: text that a spreadsheet would run is defused, numbers are
// not, and RawCells leaves all as it is.
func TestCSVFormulas(t *testing.T) {
	for _, name := range []string{"=A1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\t=1", "＝A1", "＋1", "－1", "＠x", "plain", "", "'", "é=1", "\xff=1"} {
		u := shipstream.User{ID: -5, Name: model.Some(name)}
		for _, raw := range []bool{false, true} {
			want := name
			if !raw && strings.IndexFunc(name, func(r rune) bool { return strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) }) == 0 {
				want = "'" + name
			}
			if got := csvRow(t, u, raw, "id", "name"); got[0] != "-5" || got[1] != want {
				t.Errorf("raw %v: %q became %q, want %q", raw, name, got, want)
			}
		}
	}
}

// TestCSVFormulasInLists: what counts is how the joined cell begins, whatever
// stands in which role.
func TestCSVFormulasInLists(t *testing.T) {
	for _, tt := range []struct{ first, second, want string }{
		{`"=1+1"`, `"b"`, "'=1+1; b"},
		{`"a"`, `"=1+1"`, "a; =1+1"},
		{`""`, `"=1+1"`, "; =1+1"},
		{`null`, `"@x"`, "; @x"},
		{`"\t=1"`, `null`, "'\t=1; "},
		{`"\r"`, `""`, "'\r; "},
		{`"-"`, `"-"`, "'-; -"},
	} {
		p, err := shipstream.DecodeUsers([]byte(`{"collection":[{"type":"ClientUser","id":1,"roles":[{"type":"ClientUserRole","id":3},{"type":"ClientUserRole","id":9}]}],
			"included":{"ClientUserRole":[{"type":"ClientUserRole","id":3,"name":` + tt.first + `},{"type":"ClientUserRole","id":9,"name":` + tt.second + `}]},"has_more":false}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range []bool{false, true} {
			want := tt.want
			if raw {
				want = strings.TrimPrefix(want, "'")
			}
			if got := csvRow(t, p.Rows[0], raw, "roles.name", "roles"); got[0] != want || got[1] != "3; 9" {
				t.Errorf("raw %v: %s and %s became %q, want %q", raw, tt.first, tt.second, got, want)
			}
		}
	}
}

// csvRow is what encoding/csv reads of a user that is written.
func csvRow(t *testing.T, u shipstream.User, raw bool, columns ...string) []string {
	t.Helper()
	var opts []sink.CSVOption
	if raw {
		opts = append(opts, sink.RawCells())
	}
	var b bytes.Buffer
	w := sink.NewStream(&b, sink.CSV(shipstream.UserSchema(), fields(t, columns...), record, opts...))
	if err := errors.Join(w.Write(t.Context(), []shipstream.User{u}), w.Close()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 2 || !slices.Equal(rows[0], columns) {
		t.Fatalf("%q, %v", rows, err)
	}
	return rows[1]
}

func TestTable(t *testing.T) {
	var b bytes.Buffer
	write(t, sink.NewTable(&b, shipstream.UserSchema(), fields(t, "id", "name", "email", "roles.name"), record, sink.TableOptions{}), page(t))
	want := "" +
		"id  name       email  roles.name\n" +
		"──  ─────────  ─────  ─────────────\n" +
		" 1  =1+1       null   Pickers, null\n" +
		"20  山田␇太郎  \"\"     null\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTableStreams: widths are fixed by the first rows, and a later, wider cell is
// cut rather than let break the columns.
func TestTableStreams(t *testing.T) {
	var b bytes.Buffer
	w := sink.NewTable(&b, shipstream.UserSchema(), fields(t, "name", "email"), record, sink.TableOptions{})
	for i := range 250 {
		name := "short"
		if i == 200 {
			name = "much longer than any before"
		}
		if err := w.Write(t.Context(), []shipstream.User{{Name: model.Some(name), Email: model.Some(strconv.Itoa(i))}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if len(lines) != 253 || lines[202] != "much…  200" {
		t.Errorf("%d lines, the long one %q", len(lines), lines[202])
	}
	for _, line := range lines[2:252] {
		if at := display.Width(line[:strings.LastIndexByte(line, ' ')+1]); at != 7 {
			t.Fatalf("the second column stands at %d in %q", at, line)
		}
	}
}

// TestTableNull: null, an empty text and the text "null" are three things.
func TestTableNull(t *testing.T) {
	users := []shipstream.User{{ID: 1}, {ID: 2, Name: model.Some("")}, {ID: 3, Name: model.Some("null")}}
	var b, styled bytes.Buffer
	write(t, sink.NewTable(&b, shipstream.UserSchema(), fields(t, "id", "name"), record, sink.TableOptions{}), users)
	if got, want := b.String(), "id  name\n──  ──────\n 1  null\n 2  \"\"\n 3  \"null\"\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	write(t, sink.NewTable(&styled, shipstream.UserSchema(), fields(t, "id", "name"), record, sink.TableOptions{Styled: true}), users[:1])
	if got, want := styled.String(), "\x1b[1mid\x1b[0m  \x1b[1mname\x1b[0m\n\x1b[2m──\x1b[0m  \x1b[2m────\x1b[0m\n 1  \x1b[2mnull\x1b[0m\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestTableFits: at any width no line is wider, wide characters and all, and what
// can be kept whole is.
func TestTableFits(t *testing.T) {
	users := []shipstream.User{
		{ID: 1234567, Name: model.Some("山田太郎山田太郎山田太郎"), Email: model.Some("someone.with.a.long.name@example.com"), IsActive: model.Some(true)},
		{ID: 12, Name: model.Some("O\u202eliver\x1b[2J")},
	}
	for width := 1; width < 100; width++ {
		var b bytes.Buffer
		write(t, sink.NewTable(&b, shipstream.UserSchema(), fields(t, "id", "name", "email", "is_active"), record, sink.TableOptions{Width: width}), users)
		for line := range strings.Lines(b.String()) {
			if got := display.Width(strings.TrimSuffix(line, "\n")); got > width {
				t.Fatalf("width %d: %d cells in %q", width, got, line)
			}
			if strings.ContainsAny(line, "\u202e\x1b") {
				t.Fatalf("%q reached the terminal", line)
			}
		}
		if width == 60 && !strings.Contains(b.String(), "1234567  山田太郎山田太郎山…  someone.with.a.lon…  true") {
			t.Errorf("got\n%s", b.String())
		}
	}
}

// TestEmptyOutput: no rows are still a header, an array, or nothing.
func TestEmptyOutput(t *testing.T) {
	for name, test := range map[string]struct {
		make func(b *bytes.Buffer) sink.Writer[shipstream.User]
		want string
	}{
		"ndjson": {func(b *bytes.Buffer) sink.Writer[shipstream.User] { return sink.NewStream(b, sink.NDJSON("", encode)) }, ""},
		"json":   {func(b *bytes.Buffer) sink.Writer[shipstream.User] { return sink.NewStream(b, sink.JSON("", encode)) }, "[]\n"},
		"csv": {func(b *bytes.Buffer) sink.Writer[shipstream.User] {
			return sink.NewStream(b, sink.CSV(shipstream.UserSchema(), fields(t, "id", "name"), record))
		}, "id,name\n"},
		"table": {func(b *bytes.Buffer) sink.Writer[shipstream.User] {
			return sink.NewTable(b, shipstream.UserSchema(), fields(t, "id", "name"), record, sink.TableOptions{})
		}, "id  name\n──  ────\n"},
	} {
		var b bytes.Buffer
		if err := test.make(&b).Close(); err != nil || b.String() != test.want {
			t.Errorf("%s: %q, %v", name, b.String(), err)
		}
	}
}

// brokenPipe fails every write.
type brokenPipe struct{}

var errBroken = errors.New("broken pipe")

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

// TestWriteErrors: the stream's error comes out of Write or, at the latest, Close.
func TestWriteErrors(t *testing.T) {
	all := fields(t, "id", "name")
	for name, w := range map[string]sink.Writer[shipstream.User]{
		"ndjson": sink.NewStream(brokenPipe{}, sink.NDJSON("", encode)),
		"json":   sink.NewStream(brokenPipe{}, sink.JSON("", encode)),
		"csv":    sink.NewStream(brokenPipe{}, sink.CSV(shipstream.UserSchema(), all, record)),
		"table":  sink.NewTable(brokenPipe{}, shipstream.UserSchema(), all, record, sink.TableOptions{}),
	} {
		if err := errors.Join(w.Write(t.Context(), page(t)), w.Close()); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The apostrophe that keeps a spreadsheet from running a name is in the way of a
// program that reads the file.
func ExampleRawCells() {
	schema := shipstream.UserSchema()
	name, _ := schema.Lookup("name")
	for _, opts := range [][]sink.CSVOption{nil, {sink.RawCells()}} {
		w := sink.NewStream(os.Stdout, sink.CSV(schema, []*model.Field{name}, record, opts...))
		_ = w.Write(context.Background(), []shipstream.User{{ID: 1, Name: model.Some("=SUM(A1:A9)")}})
		_ = w.Close()
	}
	// Output:
	// name
	// '=SUM(A1:A9)
	// name
	// =SUM(A1:A9)
}

func ExampleTableOptions() {
	schema := shipstream.UserSchema()
	username, _ := schema.Lookup("username")
	name, _ := schema.Lookup("name")
	w := sink.NewTable(os.Stdout, schema, []*model.Field{username, name}, record, sink.TableOptions{Width: 20, Whole: "username"})
	_ = w.Write(context.Background(), []shipstream.User{{Username: model.Some("ada.lovelace"), Name: model.Some("Ada King, Countess of Lovelace")}})
	_ = w.Close()
	// Output:
	// username      name
	// ────────────  ──────
	// ada.lovelace  Ada K…
}

func ExampleNewTable() {
	schema := shipstream.UserSchema()
	id, _ := schema.Lookup("id")
	name, _ := schema.Lookup("name")
	w := sink.NewTable(os.Stdout, schema, []*model.Field{id, name}, record, sink.TableOptions{})
	_ = w.Write(context.Background(), []shipstream.User{{ID: 1, Name: model.Some("Ada")}, {ID: 2}})
	_ = w.Close()
	// Output:
	// id  name
	// ──  ────
	//  1  Ada
	//  2  null
}

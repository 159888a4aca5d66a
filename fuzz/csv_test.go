package fuzz

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// csvSeeds are what tends to go wrong in a cell.
var csvSeeds = []string{
	"", " ", "a", ",", `"`, `""`, "a,b", `say "hi"`, "\n", "\r", "\r\n", "a\nb", "a\r", "\ra", "\t", "\t=1", "=1+1", "+1", "-1", "@SUM(A1)", "\n=1",
	"'", "'=1", `\.`, ` leading`, "trailing ", "\u00a0=1", "＝1+1", "＠x", "\ufeff=1", "#comment", "a; b", "; ", "null", "\x00", "Zoë 山田", "\u2028",
}

// FuzzCSV writes rows of any text as CSV and reads them back with encoding/csv:
// under the same header come the same cells, whatever the columns are, and
// unless they are asked for raw none is one that a spreadsheet would run.
func FuzzCSV(f *testing.F) {
	for i, s := range csvSeeds {
		f.Add(s, csvSeeds[(i*7+3)%len(csvSeeds)], csvSeeds[(i*5+1)%len(csvSeeds)], i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, name, first, second string, raw bool) {
		users := []shipstream.User{csvUser(1, name, first, second), {ID: 2}}
		for _, columns := range [][]string{{"id", "name", "roles.name", "roles"}, {"roles.name"}, {"name"}} {
			want := [][]string{columns}
			for i := range users {
				want = append(want, csvCells(&users[i], columns, raw))
			}
			if got := csvRead(t, users, columns, raw); !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("columns %q, raw %v: got %q, want %q", columns, raw, got, want)
			}
		}
	})
}

// csvUser is a user with two roles of those names.
func csvUser(id int64, name, first, second string) shipstream.User {
	page, err := shipstream.DecodeUsers([]byte(`{"collection":[{"id":1,"roles":[{"type":"ClientUserRole","id":3},{"type":"ClientUserRole","id":9}]}],
		"included":{"ClientUserRole":[{"type":"ClientUserRole","id":3},{"type":"ClientUserRole","id":9}]},"has_more":false}`))
	if err != nil {
		panic(err) // the text is this file's own
	}
	u := page.Rows[0]
	u.ID, u.Name = id, model.Some(name)
	roles, _ := u.Roles.Get()
	for i, text := range []string{first, second} {
		role, _ := model.LookupAs[*shipstream.Role](u.Included(), roles[i])
		role.Name = model.Some(text)
	}
	return u
}

// csvRead writes the users and reads what was written.
func csvRead(t *testing.T, users []shipstream.User, columns []string, raw bool) [][]string {
	t.Helper()
	var fields []*model.Field
	for _, name := range columns {
		field, _ := shipstream.UserSchema().Lookup(name)
		fields = append(fields, field)
	}
	var opts []sink.CSVOption
	if raw {
		opts = append(opts, sink.RawCells())
	}
	var b bytes.Buffer
	w := sink.NewStream(&b, sink.CSV(shipstream.UserSchema(), fields, func(u *shipstream.User) model.Record { return u }, opts...))
	if err := errors.Join(w.Write(t.Context(), users), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatalf("%v in %q", err, b.String())
	}
	return got
}

// csvCells is what encoding/csv is to read of a user. It takes every line end
// inside a cell for "\n", as RFC 4180 does not but says nothing against.
func csvCells(u *shipstream.User, columns []string, raw bool) []string {
	cells := make([]string, len(columns))
	for i, name := range columns {
		switch roles, _ := u.Roles.Get(); {
		case name == "id":
			cells[i] = map[int64]string{1: "1", 2: "2"}[u.ID]
		case name == "name":
			cells[i], _ = u.Name.Get()
		case name == "roles" && len(roles) > 0:
			cells[i] = "3; 9"
		case name == "roles.name" && len(roles) > 0:
			for j, ref := range roles {
				role, _ := model.LookupAs[*shipstream.Role](u.Included(), ref)
				text, _ := role.Name.Get()
				cells[i] += []string{"", "; "}[j] + text
			}
		}
		if text := name == "name" || name == "roles.name"; text && !raw && runsAsFormula(cells[i]) {
			cells[i] = "'" + cells[i]
		}
		cells[i] = strings.ReplaceAll(cells[i], "\r\n", "\n")
	}
	return cells
}

// runsAsFormula is OWASP's list of beginnings, the full-width forms included.
func runsAsFormula(cell string) bool {
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(cell, start) {
			return true
		}
	}
	return false
}

package shipstream_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usertest"
)

// TestInto: rows that are decoded into the array of an earlier page are those of an array of
// their own, also where the page is read twice because its members nest deeply.
func TestInto(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 40) + "1" + strings.Repeat("]", 40)
	pages := []string{
		`{"collection":[{"id":1,"type":"ClientUser","name":"a","email":"a@b.c","x_extra":1,"roles":[{"type":"R","id":3}]},{"id":2,"name":"b","x_extra":2}],"has_more":true}`,
		`{"collection":[{"id":3,"x_extra":[5]},{"id":4,"name":"c","y":{}},{"id":5}],"debug":` + deep + `,"has_more":true}`,
		`{"collection":[{"id":6}],"has_more":false}`,
	}
	var room []shipstream.User
	var rawRoom []model.RawRow
	for _, body := range append(pages, pages...) {
		want, err := shipstream.DecodeUsers([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := shipstream.DecodeUsers([]byte(body), model.Into(room))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Rows, got.Rows, usertest.EquateUsers()); diff != "" {
			t.Errorf("%s: (-own array +another's)\n%s", body, diff)
		}
		for i := range want.Rows {
			if a, b := want.Rows[i].AppendJSON(nil), got.Rows[i].AppendJSON(nil); !bytes.Equal(a, b) {
				t.Errorf("it writes %s, want %s", b, a)
			}
		}
		raw, err := model.DecodeRaw([]byte(body), model.Into(rawRoom))
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range raw.Rows {
			if row.ID != want.Rows[i].ID {
				t.Errorf("the raw row %s has the id %d", row.JSON, row.ID)
			}
		}
		room, rawRoom = got.Rows, raw.Rows
	}
}

package shipstream_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// TestDecodePage: pages of what users refer to are read as those of users are: the
// careful way where it must be, keeping what is not known, and naming the place of a
// fault.
func TestDecodePage(t *testing.T) {
	const row = `{"type":"ClientUserRole","id":3,"name":"Own\u0065rs","permissions":["a/b"],"new":[1,2]}`
	roles, err := model.DecodePage[shipstream.Role]([]byte(pageOf(row, `{"type":"ClientUserRole","id":4}`)))
	if err != nil {
		t.Fatal(err)
	}
	if r := &roles.Rows[0]; r.Name.Or("") != "Owners" || string(r.AppendJSON(nil)) != strings.Replace(row, `\u0065`, "e", 1) {
		t.Errorf("read %s", r.AppendJSON(nil))
	}
	brands, err := model.DecodePage[shipstream.Brand]([]byte(pageOf(`{"type":"Brand","id":5,"code":"b"}`)), model.MaxRows(1))
	if err != nil || brands.Rows[0].Code.Or("") != "b" {
		t.Errorf("%+v, %v", brands, err)
	}
	named, err := model.DecodePage[struct{ Name string }]([]byte(pageOf(row)))
	if err != nil || named.Rows[0].Name != "Owners" {
		t.Errorf("%+v, %v", named, err)
	}
	for body, want := range map[string]string{
		pageOf(`{"name":"x"}`):                    "decode /collection/0 at byte 15: unexpected JSON: the object has no id",
		pageOf(`{"id":3,"is_active":"true"}`):     "decode /collection/0/is_active (id 3) at byte 35: unexpected JSON: want true or false or null, got a string",
		pageOf(`{"id":3}`, `{"id":4}`):            "decode /collection/1 (id 4) at byte 24: unexpected JSON: a row beyond the 1 that were asked for",
		`{"collection":[{"id":3}],"included":{}}`: "decode body at byte 0: unexpected JSON: the object has no has_more",
	} {
		if page, err := model.DecodePage[shipstream.Warehouse]([]byte(body), model.MaxRows(1)); page != nil || err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", body, err, want)
		}
	}
}

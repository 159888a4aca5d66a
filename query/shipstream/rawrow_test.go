package shipstream_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usertest"
)

// TestRawRowsAgree: a raw row is what typed decoding reads, and comes out as the
// server wrote it.
func TestRawRowsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(usertest.Pages().Draw(t, "page"))
		if err != nil {
			t.Fatal(err)
		}
		typed, err := shipstream.DecodeUsers(body)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := model.DecodeRaw(body)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(raw); err != nil || !bytes.Equal(again, body) {
			t.Fatalf("%v\n%s\n%s", err, body, again)
		}
		for i := range typed.Rows {
			var u shipstream.User
			if err := u.UnmarshalJSON(raw.Rows[i].JSON); err != nil || raw.Rows[i].ID != u.ID {
				t.Fatal(raw.Rows[i].ID, u.ID, err)
			}
			if diff := cmp.Diff(typed.Rows[i], u, usertest.EquateUsers()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

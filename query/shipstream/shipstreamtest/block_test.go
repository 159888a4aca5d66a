package shipstreamtest_test

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// Users that are made anew from the seed are those that were let go, byte for
// byte, in every layout, whoever asks for them and in whatever order.
func TestUsersAreMadeAnewAsTheyWere(t *testing.T) {
	t.Parallel()
	const users = 5_000
	for _, layout := range []shipstreamtest.Layout{
		shipstreamtest.Dense, shipstreamtest.Sparse, shipstreamtest.Islands, shipstreamtest.PowTop, shipstreamtest.PowLow,
	} {
		t.Run(string(layout), func(t *testing.T) {
			t.Parallel()
			o := shipstreamtest.Options{Users: users, IDs: layout, Seed: 7, Journal: -1, ASCII: layout == shipstreamtest.Sparse}
			kept := start(t, o)
			o.Resident = 2048 // two blocks of six
			let := start(t, o)
			if !reflect.DeepEqual(kept.Users(), let.Users()) { // cmp would take most of the test's time
				t.Fatal("the users differ")
			}
			ids, err := kept.Match("any", nil)
			if err != nil {
				t.Fatal(err)
			}
			var readers sync.WaitGroup
			for reader := range 4 {
				readers.Go(func() {
					for i := range 10 {
						id := ids[(i*7919+reader*104_729)%len(ids)]
						path := list("any", "fields", "all", "fields:roles", "all", "limit", "300", "cursor_start", strconv.FormatInt(id, 10))
						if a, b := bodyOf(t, kept, path), bodyOf(t, let, path); !bytes.Equal(a, b) {
							t.Errorf("%s differs:\n%.300s\n%.300s", path, a, b)
							return
						}
					}
				})
			}
			readers.Wait()
			for _, params := range [][]string{
				{"sort", "email,-created_at", "limit", "1000"}, {"sort", "-username"}, {"filter", `name{start:"a"}`, "count", "1"}, {"deleted", "true", "limit", "900"},
			} {
				path := list("any", params...)
				if a, b := bodyOf(t, kept, path), bodyOf(t, let, path); !bytes.Equal(a, b) {
					t.Errorf("%s differs", path)
				}
			}
		})
	}
}

// What was changed stays as it was changed, however often the rest is made anew.
func TestChangedUsersAreKept(t *testing.T) {
	t.Parallel()
	tr := start(t, shipstreamtest.Options{Users: 5000, Deleted: -1, Resident: 1024})
	if err := tr.UpdateUser(17, func(u *shipstreamtest.User) { u.Name = "Changed" }); err != nil {
		t.Fatal(err)
	}
	if err := tr.AddUsers(shipstreamtest.User{ID: 9000, Name: "Added"}); err != nil {
		t.Fatal(err)
	}
	tr.DeleteUsers(18)
	tr.RemoveUsers(19)
	var want []shipstreamtest.User
	for range 2 {
		got := tr.Users() // makes every block
		if want != nil && !reflect.DeepEqual(want, got) {
			t.Error("the users differ")
		}
		want = got
	}
	at := func(id int64) shipstreamtest.User {
		u, _ := tr.User(id)
		return u
	}
	if len(want) != 5000 || at(17).Name != "Changed" || at(9000).Name != "Added" || !at(18).Deleted || at(19).ID != 0 {
		t.Errorf("%d users, %+v %+v %+v %+v", len(want), at(17), at(9000), at(18), at(19))
	}
	if got := get(t, tr, list("any", "filter", "name:Changed")).ids(); !slices.Equal(got, []int64{17}) {
		t.Errorf("found %v", got)
	}
}

var processingTime = regexp.MustCompile(`"processing_time":[0-9.]+`)

// bodyOf returns a page without the time that it took.
func bodyOf(t *testing.T, c caller, path string) []byte {
	t.Helper()
	status, _, body := fetch(t, c, path)
	if status != 200 {
		t.Errorf("%s: %d %s", path, status, body)
	}
	return processingTime.ReplaceAll(body, nil)
}

package shipstream_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/muster-go/muster/model/valuetest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usertest"
)

// TestRoundTripUsers: decode after encode is the identity on users.
func TestRoundTripUsers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := usertest.Users().Draw(t, "user")
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got shipstream.User
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(want, got, usertest.EquateUsers()); diff != "" {
			t.Fatal(diff)
		}
		for i := range shipstream.UserSchema().Len() {
			if want.Value(i) != got.Value(i) || want.Len(i) != got.Len(i) {
				t.Fatalf("%s: %v, want %v", shipstream.UserSchema().Field(i).Name, got.Value(i), want.Value(i))
			}
		}
	})
}

// TestRoundTripPages: decode after encode is the identity on pages, and rows
// answer as records alike, through what came with the page too.
func TestRoundTripPages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := usertest.Pages().Draw(t, "page")
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := shipstream.DecodeUsers(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		again, err := json.Marshal(got)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%v\n%s\n%s", err, text, again)
		}
		if diff := cmp.Diff(want.Unresolved(), got.Unresolved()); diff != "" {
			t.Fatal(diff)
		}
		for n := range want.Rows {
			w, g := &want.Rows[n], &got.Rows[n]
			for i := range shipstream.UserSchema().Len() {
				for j := range w.Len(i) {
					if w.At(i, j) != g.At(i, j) {
						t.Fatalf("%s: %v, want %v", shipstream.UserSchema().Field(i).Name, g.At(i, j), w.At(i, j))
					}
				}
			}
		}
	})
}

// TestDateTimesAgree holds the decoder's reading of date-times to the time
// package's, on texts that are dates or nearly so.
func TestDateTimesAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ",
			rapid.SampledFrom([]int{0, 1, 1900, 2000, 2023, 2024, 9999}).Draw(t, "year"), rapid.IntRange(0, 13).Draw(t, "month"),
			rapid.IntRange(0, 32).Draw(t, "day"), rapid.SampledFrom([]int{0, 1, 9, 10, 23, 24}).Draw(t, "hour"),
			rapid.SampledFrom([]int{0, 59, 60}).Draw(t, "minute"), rapid.SampledFrom([]int{0, 59, 60}).Draw(t, "second"))
		var want time.Time
		wantErr := want.UnmarshalText([]byte(text))
		var u shipstream.User
		err := json.Unmarshal(fmt.Appendf(nil, `{"id":1,"created_at":%q}`, text), &u)
		if (err == nil) != (wantErr == nil) || err == nil && !u.CreatedAt.Or(time.Time{}).Equal(want) {
			t.Fatalf("%s: %v, %v, want %v, %v", text, u.CreatedAt, err, want, wantErr)
		}
	})
}

// TestRoundTripForeign decodes JSON that encoding/json wrote from plain maps,
// with members that are not known anywhere, and wants the same JSON again.
func TestRoundTripForeign(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		row := func(t *rapid.T) map[string]any {
			m := foreignMembers().Draw(t, "unknown")
			m["type"] = "T" + valuetest.Strings().Draw(t, "type") // an empty type is the same as none
			m["id"] = rapid.Int64Range(1, 1<<50).Draw(t, "id")
			maybe(t, m, "name", valuetest.Strings())
			maybe(t, m, "email", valuetest.Strings())
			maybe(t, m, "is_active", rapid.Bool())
			maybe(t, m, "default_warehouse", foreignRefs())
			maybe(t, m, "roles", rapid.SliceOfN(foreignRefs(), 0, 3))
			return m
		}
		page := foreignMembers().Draw(t, "page")
		page["collection"] = rapid.SliceOfN(rapid.Custom(row), 0, 4).Draw(t, "rows")
		page["included"] = map[string]any{
			"Drone":     rapid.SliceOfN(foreignValues(2), 0, 3).Draw(t, "drones"),
			"Cargo":     foreignValues(2).Draw(t, "cargo"),
			"Warehouse": rapid.SliceOfN(foreignRefs(), 0, 3).Draw(t, "warehouses"),
		}
		page["has_more"] = rapid.Bool().Draw(t, "has_more")
		page["meta"] = foreignMembers().Draw(t, "meta")
		text, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := shipstream.DecodeUsers(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		again, err := json.Marshal(decoded)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(again, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s\n%s\n%s", diff, text, again)
		}
	})
}

func maybe[T any](t *rapid.T, m map[string]any, name string, g *rapid.Generator[T]) {
	switch rapid.IntRange(0, 2).Draw(t, name+" state") {
	case 0:
		m[name] = nil
	case 1:
		m[name] = g.Draw(t, name)
	}
}

// foreignRefs generates references with further members.
func foreignRefs() *rapid.Generator[map[string]any] {
	return rapid.Custom(func(t *rapid.T) map[string]any {
		m := foreignMembers().Draw(t, "members")
		m["type"] = "Warehouse"
		m["id"] = rapid.Int64Range(1, 3).Draw(t, "id") // narrow, so that a row has two of one reference
		return m
	})
}

// foreignMembers generates members whose names the API does not use.
func foreignMembers() *rapid.Generator[map[string]any] {
	name := rapid.Map(valuetest.Strings(), func(s string) string { return "x" + s })
	return rapid.MapOfN(name, foreignValues(2), 0, 3)
}

// foreignValues generates any JSON value of at most the given depth.
func foreignValues(depth int) *rapid.Generator[any] {
	flat := rapid.OneOf(
		rapid.Just[any](nil),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(valuetest.Strings(), func(s string) any { return s }),
		rapid.Map(rapid.Float64Range(-1e9, 1e9), func(f float64) any { return f }),
	)
	if depth == 0 {
		return flat
	}
	return rapid.OneOf(flat, flat,
		rapid.Map(rapid.SliceOfN(foreignValues(depth-1), 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(valuetest.Strings(), foreignValues(depth-1), 0, 3), func(m map[string]any) any { return m }),
	)
}

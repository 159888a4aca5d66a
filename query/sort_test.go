package query_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestSpilledSort: a sort that uses a temporary file delivers the rows of one in memory,
// with their references and unknown members, and removes the file.
func TestSpilledSort(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	_, src := source(t, shipstreamtest.Options{
		Users: 1500, Deleted: 300, IDs: shipstreamtest.Sparse,
		Rows: append(tricky(), shipstreamtest.User{ID: 999_001, Name: "new", Extra: `"shift":{"hours":[1,2]}`}),
	}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest})
	for _, order := range []string{"name", "-name,email", "last_login_at", "-is_active,-id"} {
		opts := []query.Option{
			query.OrderBy(order), query.PageSize(100), query.WithDeleted(query.DeletedInclude),
			query.Select("name", "roles.name", "default_warehouse", "last_login_at"),
		}
		want, err := collect(t.Context(), src, "", opts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, memory := range []int64{1, 60_000, 500_000} {
			got, err := collect(t.Context(), src, "", append(opts, query.SortMemory(memory))...)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(want) || len(got) < 1800 {
				t.Fatalf("by %s in %d bytes: %d rows, want %d", order, memory, len(got), len(want))
			}
			for i := range want {
				if g, w := got[i].AppendJSON(nil), want[i].AppendJSON(nil); !slices.Equal(g, w) {
					t.Fatalf("by %s in %d bytes: row %d is %s, want %s", order, memory, i, g, w)
				}
				for ref := range want[i].References() {
					_, known := want[i].Included().Lookup(ref)
					if _, found := got[i].Included().Lookup(ref); known && !found {
						t.Fatalf("by %s: %v of row %d is lost", order, ref, i)
					}
				}
			}
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "muster-sort-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSpilledSortStops: a break ends a spilled sort, also with a limit beyond that of a
// top k.
func TestSpilledSortStops(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	_, src := source(t, shipstreamtest.Options{Users: 900}, shipstream.Capabilities{})
	rows, err := query.Run(t.Context(), src, "", query.OrderBy("name"), query.SortMemory(1), query.PageSize(100), query.Limit(100_000))
	if err != nil {
		t.Fatal(err)
	}
	if rows.Plan().Sort != plan.SortLocal {
		t.Errorf("sorted by %v", rows.Plan().Sort)
	}
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "muster-sort-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestSpilledSortFails: if the temporary file cannot be made, the run fails with one clear
// error before any row.
func TestSpilledSortFails(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "gone"))
	_, src := source(t, shipstreamtest.Options{Users: 300}, shipstream.Capabilities{})
	users, err := collect(t.Context(), src, "", query.OrderBy("name"), query.SortMemory(1), query.PageSize(100))
	if !errors.Is(err, query.ErrSortFile) || !errors.Is(err, os.ErrNotExist) || len(users) > 0 {
		t.Errorf("%d rows, %v", len(users), err)
	}
}

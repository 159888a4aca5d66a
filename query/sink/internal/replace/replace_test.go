package replace_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query/sink/internal/replace"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	was := map[string]string{"filter": "id < 7", "question": "id < $", "limit": "0", "sort": "", "format": "csv", "server": "a"}
	for name, test := range map[string]struct {
		change map[string]string
		want   []string
	}{
		"nothing":                  {nil, nil},
		"another filter":           {map[string]string{"filter": "id < 8", "question": "id < 8"}, []string{"filter"}},
		"the same relative filter": {map[string]string{"filter": "id < 8"}, nil},
		"a filter with parameters": {map[string]string{"filter": "id < 8", "question": ""}, []string{"filter"}},
		"the same in other words":  {map[string]string{"question": "id<7"}, nil},
		"another format":           {map[string]string{"format": "json"}, nil},
		"another order":            {map[string]string{"sort": "-id"}, nil},
		"the last five":            {map[string]string{"sort": "-id", "limit": "5"}, []string{"limit", "sort"}},
		"another server":           {map[string]string{"server": "b"}, []string{"server"}},
	} {
		now := maps.Clone(was)
		maps.Copy(now, test.change)
		var got []string
		for _, d := range replace.Differences(was, now) {
			got = append(got, d.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	if diff := replace.Differences(nil, was); diff != nil {
		t.Errorf("an earlier build recorded nothing, and it differs: %v", diff)
	}
}

func TestMany(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		gone, total int64
		want        bool
	}{{50, 50, false}, {51, 51, true}, {51, 509, true}, {51, 510, false}, {1000, 10_000, false}, {1001, 10_000, true}, {-5, 100, false}, {0, 0, false}} {
		if got := replace.Many(test.gone, test.total); got != test.want {
			t.Errorf("%d of %d: %v", test.gone, test.total, got)
		}
	}
}

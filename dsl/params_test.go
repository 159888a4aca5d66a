package dsl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func TestParameters(t *testing.T) {
	t.Parallel()
	type (
		name  string
		stamp time.Time
	)
	at := time.Date(2024, 1, 31, 10, 0, 0, 500, time.FixedZone("", 3600))
	five := 5
	var noIDs []int64
	for _, tc := range []struct {
		text, want string
		args       []any
	}{
		{"id = $1", "id = 5", []any{5}},
		{"id = $1", "id = 5", []any{&five}},
		{"id = $1", "id = 5", []any{uint16(5)}},
		{"id = $1", "id = 5", []any{dsl.Text("5")}},
		{"id = $1", "id = 5", []any{model.Int(5)}},
		{"id = $2 or id = $1 or id = $2", "id = 6 or id = 5 or id = 6", []any{5, 6}},
		{"name = $1", "name = 'a'' or ''1''=''1'", []any{"a' or '1'='1"}},
		{"name = $1", "name = 'x'", []any{name("x")}},
		{"name = $1", "name = '5'", []any{dsl.Text("5")}},
		{"name like $1", "name like 'x%'", []any{"x%"}},
		{"active = $1", "active = false", []any{false}},
		{"active = $1", "active = true", []any{dsl.Text("TRUE")}},
		{"created_at > $1", "created_at > 2024-01-31T09:00:00.0000005Z", []any{at}},
		{"created_at < $1", "created_at < 2024-01-31T09:00:00.0000005Z", []any{stamp(at)}},
		{"created_at < $1", "created_at < 2024-01-31T00:00:00Z", []any{"2024-01-31"}},
		{"created_at < $1", "created_at < 2024-05-31T00:00:00Z", []any{dsl.Text("today")}},
		{"created_at < $1", "created_at < 2024-01-31T09:00:00.0000005Z", []any{model.DateTime(at)}},
		{"id in ($1)", "id in (1, 2)", []any{[]int{1, 2}}},
		{"id not in ($1)", "id not in (1, 2)", []any{[2]uint8Like{1, 2}}},
		{"id in ($1)", "id in (1)", []any{1}},
		{"id in ($1, $2)", "id in (1, 2)", []any{1, 2}},
		{"id in ($1)", "false", []any{[]int{}}},
		{"id in ($1)", "false", []any{noIDs}},
		{"id not in ($1)", "not false", []any{noIDs}},
		{"created_at in ($1)", "created_at in (2024-01-31T09:00:00.0000005Z)", []any{[]time.Time{at}}},
		{"created_at in ($1)", "created_at in (2024-01-31T09:00:00.0000005Z, 2024-01-31T09:00:00Z)", []any{[]time.Time{at, at.Truncate(time.Second)}}},
		{"name in ($1)", "name in ('a', 'b')", []any{[]any{"a", name("b")}}},
	} {
		got := dsl.Format(checkText(t, tc.text, dsl.Args(tc.args...), dsl.Now(time.Date(2024, 5, 31, 1, 2, 3, 0, time.UTC))).Root)
		if got != tc.want {
			t.Errorf("%s with %v is %s, want %s", tc.text, tc.args, got, tc.want)
		}
	}
}

// uint8Like is an integer to reflection, not a byte.
type uint8Like int8

func TestNamedParameters(t *testing.T) {
	t.Parallel()
	c := checkText(t, "name = :who and id > :low and id < $1", dsl.Named(map[string]any{"who": "x", "low": 1}), dsl.Named(map[string]any{"low": 2}), dsl.Args(9))
	if got, want := dsl.Format(c.Root), "name = 'x' and id > 2 and id < 9"; got != want {
		t.Errorf("checked %s, want %s", got, want)
	}
}

// TestUnusedParameters: every bound value has to be used.
func TestUnusedParameters(t *testing.T) {
	t.Parallel()
	f, err := dsl.Parse("id = $1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = dsl.Check(f, modeltest.Schema(), dsl.Args(1, 2), dsl.Named(map[string]any{"x": 1}))
	var list dsl.TypeErrors
	if !errors.As(err, &list) || len(list) != 2 {
		t.Fatalf("Check = %v, want two type errors", err)
	}
	const want = "type error at line 1, column 8: the value bound to $2 is not used\n  id = $1\n         ^\n  hint: use it or leave it out"
	if got := list[0].Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !strings.Contains(list[1].Error(), ":x") || list[1].Range != (dsl.Span{Start: 7, End: 7}) {
		t.Errorf("the second is %v at %v", list[1], list[1].Range)
	}
}

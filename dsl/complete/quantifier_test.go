package complete_test

import (
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// TestCompleteElements completes conditions on elements: in a block the names are relative.
func TestCompleteElements(t *testing.T) {
	t.Parallel()
	const (
		lists    = "labels ratings visits answers samples owner tags"
		element  = "id name rate weight marks not true false"
		texts    = "= != < <= > >= in,not in between,not between like,not like starts with,not starts with ends with,not ends with contains,not contains matches,not matches is null,is not null"
		compared = "= != < <= > >="
	)
	for _, tc := range []struct{ text, rng, want string }{
		{"an|", "[an]", "answers any"},
		{"al|", "[al]", "all"},
		{"not co|", "not [co]", "code concat( coalesce( count("},
		{"any |", "any []", lists},
		{"All |", "All []", lists},
		{"id = 1 and (no |", "id = 1 and (no []", lists},
		{"any ta|gs", "any [tags]", "tags"},
		{"any tags.|", "any [tags.]", "tags.marks"},
		{"any tags . |", "any tags . []", "marks"},
		{"any `tags|", "any [`tags]", "tags"},
		{"any na|", "any [na]", ""},
		{"`any` |", "`any` []", texts + " on,not on is true,is not true,is false,is not false is empty,is not empty"},
		{"any tags |", "any tags []", "("},
		{"any tags (|", "any tags ([]", element},
		{"any tags(n|", "any tags([n]", "name not now no"},
		{"any tags (id = 1 |", "any tags (id = 1 []", "and or )"},
		{"any tags (id = 1 and |", "any tags (id = 1 and []", element},
		{"any tags ((id = 1) |", "any tags ((id = 1) []", "and or )"},
		{"any tags (id in (1 |", "any tags (id in (1 []", ", )"},
		{"any tags (id in (1) |", "any tags (id in (1) []", "and or )"},
		{"any tags (length(name |", "any tags (length(name []", ")"},
		{"any tags ((length(name) + 1) * 2 > 3 |", "any tags ((length(name) + 1) * 2 > 3 []", "and or )"},
		{"any tags (id = 1) |", "any tags (id = 1) []", "and or"},
		{"(any tags (id = 1) |", "(any tags (id = 1) []", "and or )"},
		{"any tags (id = 1) and na|", "any tags (id = 1) and [na]", "name"},
		{"any labels (|", "any labels ([]", "this not true false"},
		{"any labels (this |", "any labels (this []", texts},
		{"any visits (this > n|", "any visits (this > [n]", "now,now - 1h,now - 7d"},
		{"any tags (any marks (this |", "any tags (any marks (this []", texts},
		{"any tags (any marks (this > 1) |", "any tags (any marks (this > 1) []", "and or )"},
		{"any tags (any |", "any tags (any []", "marks"},
		{"any labels (an|", "any labels ([an]", ""},
		{"any nope (|", "any nope ([]", "not true false"},
		{"count(|", "count([]", lists},
		{"Count ( v|", "Count ( [v]", "visits"},
		{"count(tags |", "count(tags []", "where )"},
		{"count(tags w|", "count(tags [w]", "where"},
		{"count(tags where |", "count(tags where []", element},
		{"count(tags where id = 1 |", "count(tags where id = 1 []", "and or )"},
		{"count(tags where id = 1) |", "count(tags where id = 1) []", compared},
		{"count(tags) |", "count(tags) []", compared},
		{"count(tags) !|", "count(tags) [!]", "!="},
		{"count(tags) > |", "count(tags) > []", ""},
		{"count(tags) > 2 |", "count(tags) > 2 []", "and or"},
		{"(count(tags) > -2 |", "(count(tags) > -2 []", "and or )"},
		{"count(tags) > 2 and na|", "count(tags) > 2 and [na]", "name"},
		// A mistake before the cursor.
		{"any ) and na|", "any ) and [na]", "name"},
		{"any tags ) and na|", "any tags ) and [na]", "name"},
		{"count(tags = 1) and na|", "count(tags = 1) and [na]", "name"},
		{"count() |", "count() []", compared},
		{"count(tags) ) or na|", "count(tags) ) or [na]", "name"},
		{"count(tags where id) = ) or na|", "count(tags where id) = ) or [na]", "name"},
	} {
		hold(t, tc.text, tc.rng, tc.want)
	}
}

// TestCompleteElementsOfFields keeps fields that are called like a quantifier.
func TestCompleteElementsOfFields(t *testing.T) {
	t.Parallel()
	schema := func(fields ...model.Field) *model.Schema {
		s, err := model.NewSchema("things", fields...)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	flag, list := model.Field{Name: "any", Type: model.TypeBool}, model.Field{Name: "xs", Type: model.TypeList, Of: model.TypeInt}
	for _, tc := range []struct {
		schema            *model.Schema
		text, first, last string
	}{
		{schema(flag), "any ", "=", "or"},
		{schema(flag, list), "any ", "=", "or"},
		{schema(list), "any ", "xs", "xs"},
		{schema(list), "count(", "xs", "xs"},
		{schema(list), "LENGTH('a') ", "=", ">="},
		{schema(flag, list), "COALESCE(any, true) ", "=", "or"},
	} {
		found := dsl.Complete(tc.schema, tc.text, len(tc.text)).Candidates
		if len(found) == 0 || found[0].Text != tc.first || found[len(found)-1].Text != tc.last {
			t.Errorf("%s: %v", tc.text, found)
		}
	}
}

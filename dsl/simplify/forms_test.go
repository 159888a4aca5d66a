package simplify_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestForms holds the form of rewritten trees, which TestOneField leaves open: what is
// merged, in which order and at which place, and what stays.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		filter string
		fold   string // "" = the filter
		simple string // "" = fold
		never  string // the text and the reason of the warning that no row matches; "" = none
	}{
		{filter: `size = 1 and size = 1`, fold: `size = 1`},
		{filter: `size > 1 and size > 3`, fold: `size > 3`},
		{filter: `size > 1 and size < 5`},
		{filter: `size >= 1 and size <= 5`},
		{filter: `size >= 1 and size <= 5 and size != 3`, fold: `size between 1 and 5 and size != 3`},
		{filter: `size > 1 and size < 5 and size != 3`, fold: `size in (2, 4)`},
		{filter: `size >= 1 and size <= 5 and size != 3 and size != 4`, fold: `size between 1 and 5 and size not in (3, 4)`},
		{filter: `size > 1 or size > 3`, fold: `size > 1`},
		{filter: `size < 1 or size > 5`},
		{filter: `size <= 4 or size >= 5`, fold: `size not between 1 and 0`, simple: `size is not null`},
		{filter: `size <= 4 or size >= 6`, fold: `size != 5`},
		{filter: `size = 1 or size = 2`, fold: `size in (1, 2)`},
		{filter: `size = 1 or size = 2 or size = 3`, fold: `size in (1, 2, 3)`},
		{filter: `size = 1 or size between 2 and 4`},
		{filter: `size = 1 or size in (2, 3) or size = 7`, fold: `size in (1, 2, 3, 7)`},
		{filter: `size = 1 or size > 4`},
		{filter: `size in (1, 2, 3) and size != 2`, fold: `size in (1, 3)`},
		{filter: `size in (1, 2, 3) and size > 1`, fold: `size in (2, 3)`},
		{filter: `size in (1, 2, 3) and size in (2, 3, 4)`, fold: `size in (2, 3)`},
		{filter: `size in (1, 2) and size in (3, 4)`, fold: `size between 1 and 0`, simple: `false`, never: `size in (1, 2) and size in (3, 4): no size fits all of these conditions`},
		{filter: `size not in (1, 2) and size != 3`},
		{filter: `size not in (1, 2) or size = 1`, fold: `size != 2`},
		{filter: `size != 1 and size != 2`, fold: `size not in (1, 2)`},
		{filter: `size != 1 or size != 2`, fold: `size not between 1 and 0`, simple: `size is not null`},
		{filter: `size != 1 or size = 1`, fold: `size not between 1 and 0`, simple: `size is not null`},
		{filter: `size = 1 and size = 2`, fold: `size between 1 and 0`, simple: `false`, never: `size = 1 and size = 2: no size fits all of these conditions`},
		{filter: `size = 1 and size is not null`, simple: `size = 1`},
		{filter: `size = 1 and size is null`, simple: `false`, never: `size = 1 and size is null`},
		{filter: `size = 1 or size is not null`, simple: `size is not null`},
		{filter: `size is null or size is not null`, fold: `true`},
		{filter: `size is null and size is not null`, fold: `false`, never: `size is null and size is not null`},
		{filter: `size != 1 or size = 1 or size is null`, fold: `size not between 1 and 0 or size is null`, simple: `true`},
		{filter: `size > 1 or size <= 1 or name = 'x'`, fold: `size not between 1 and 0 or name = 'x'`, simple: `size is not null or name = 'x'`},
		{filter: `size between 5 and 1`, simple: `false`},
		{filter: `not size between 5 and 1`, fold: `size not between 5 and 1`, simple: `size is not null`},
		{filter: `size between 5 and 1 and name = 'x'`, simple: `false`},
		{filter: `size between 5 and 1 or name = 'x'`, simple: `name = 'x'`},
		{filter: `size between 1 and 1`, fold: `size = 1`},
		{filter: `size in (1)`, fold: `size = 1`},
		{filter: `size in (2, 1, 2)`, fold: `size in (1, 2)`},
		{filter: `size in (3, 1, 2)`},
		{filter: `size in (1, 2, 3)`},
		{filter: `note = 'a' and note = 'A'`, fold: `note = 'a'`},
		{filter: `note = 'a' or note = 'A'`, fold: `note = 'a'`},
		{filter: `sku = 'a' or sku = 'A'`, fold: `sku in ('A', 'a')`},
		{filter: `brand = 'k' and brand = '\u212a'`, fold: `brand = 'k'`},
		{filter: `brand in ('s', 'É', 'S', '\u017f', 'é')`, fold: `brand in ('s', 'É')`},
		{filter: `brand = 'ß' or brand = 'ss'`, fold: `brand in ('ss', 'ß')`},
		{filter: `sku > 'a' and sku < 'b'`},
		{filter: `sku >= 'a' and sku <= 'b'`},
		{filter: `sku > 'a' or sku = 'a'`, fold: `sku >= 'a'`},
		{filter: `sku >= 'a' and sku <= 'c' and sku != 'b'`, fold: `sku between 'a' and 'c' and sku != 'b'`},
		{filter: `price > 1 and price < 2`},
		{filter: `price >= 1 or price < 1`, fold: `price not between 1 and 0`, simple: `price is not null`},
		{filter: `flag = true and flag = false`, simple: `false`, never: `flag = true and flag = false: no flag fits all of these conditions`},
		{filter: `flag = true or flag = false`, simple: `flag is not null`},
		{filter: `flag and not flag`, fold: `flag = true and flag != true`, simple: `false`, never: `flag and not flag: no flag fits all of these conditions`},
		{filter: `flag or not flag`, fold: `flag = true or flag != true`, simple: `flag is not null`},
		{filter: `note like 'a%' and note like 'a%'`, fold: `note like 'a%'`},
		{filter: `note like 'a%' and not note like 'a%'`, fold: `note between '1' and '0'`, simple: `false`, never: `note like 'a%' and not note like 'a%'`},
		{filter: `note like 'a%' or not note like 'a%'`, fold: `note not between '1' and '0'`, simple: `note is not null`},
		{filter: `note contains 'a' and note contains 'b'`},
		{filter: `tags.id = 1 and tags.id = 2`},
		{filter: `tags.id = 1 and not tags.id = 1`, fold: `false`, never: `tags.id = 1 and not tags.id = 1`},
		{filter: `tags.id = 1 or not tags.id = 1`, fold: `true`},
		{filter: `tags.id between 5 and 1`, fold: `false`},
		{filter: `tags.id between 1 and 1`, fold: `tags.id = 1`},
		{filter: `name = 'a' and true`, fold: `name = 'a'`},
		{filter: `name = 'a' and false`, fold: `false`, never: `name = 'a' and false`},
		{filter: `name = 'a' or true`, fold: `true`},
		{filter: `name = 'a' or false`, fold: `name = 'a'`},
		{filter: `size > 3 and (size < 1 and name = 'x' or size = 2) and size < 2`, fold: `size between 1 and 0 and (size < 1 and name = 'x' or size = 2)`, simple: `false`, never: `size > 3 and (size < 1 and name = 'x' or size = 2) and size < 2: no size fits all of these conditions`},
		{filter: `size = 1 and size > 5 and name = 'x' and sku = 'a' and sku = 'b'`, fold: `size between 1 and 0 and name = 'x' and sku between '1' and '0'`, simple: `false`, never: "size = 1 and size > 5: no size fits all of these conditions\nsku = 'a' and sku = 'b': no sku fits all of these conditions"},
		{filter: `size = 1 and sku > 'a' and (price < 3 or price > 5)`},
		{filter: `not (name = 'a' and size > 1)`, simple: `name != 'a' or size <= 1`},
		{filter: `not (size between 1 and 5)`, fold: `size not between 1 and 5`, simple: `size < 1 or size > 5`},
		{filter: `not not size = 1`, fold: `size = 1`},
		{filter: `(size = 1 or size = 2) and (size = 2 or size = 3)`, fold: `size = 2`},
		{filter: `(size = 1 and name = 'a') or (size = 1 and name = 'a')`, fold: `size = 1 and name = 'a'`},
		{filter: `size > 1 and name = 'a' and size > 3 and name = 'a'`, fold: `size > 3 and name = 'a'`},
		{filter: `size > 1 and name = 'a' and size < 1`, fold: `size between 1 and 0 and name = 'a'`, simple: `false`, never: `size > 1 and name = 'a' and size < 1: no size fits all of these conditions`},
		{filter: `size > 3 and sku = 'a' and size < 5 and sku != 'b'`, fold: `size = 4 and sku = 'a'`},
		{filter: `size < 9223372036854775807 and size > -9223372036854775808`},
		{filter: `size > 9223372036854775806 or size <= 9223372036854775806`, fold: `size not between 1 and 0`, simple: `size is not null`},
		{filter: `seen_at >= 2024-01-01 and seen_at < 2024-02-01`, fold: `seen_at >= 2024-01-01T00:00:00Z and seen_at < 2024-02-01T00:00:00Z`},
		{filter: `seen_at < 2024-01-01 or seen_at > 2024-02-01`, fold: `seen_at < 2024-01-01T00:00:00Z or seen_at > 2024-02-01T00:00:00Z`},
		{filter: `created_at is null`},
		{filter: `created_at is not null and created_at > 2024-01-01`, fold: `created_at is not null and created_at > 2024-01-01T00:00:00Z`, simple: `created_at > 2024-01-01T00:00:00Z`},
		{filter: `owner.id = 1 and owner.id is null`},
		{filter: `owner.name is not null and owner.name = 'x'`},
		{filter: `size in (1, 1, 2)`, fold: `size in (1, 2)`},
		{filter: `size > 1 and size > 2 and size < 9`, fold: `size between 3 and 8`},
		{filter: `size between 1 and 2 or size between 3 and 4 or size between 5 and 6`, fold: `size between 1 and 6`},
		{filter: `size = 1 or size between 2 and 4 or size = 5`, fold: `size between 1 and 5`},
		{filter: `flag is true and flag is null`, simple: `false`, never: `flag is true and flag is null`},
		{filter: `flag is not true and flag is null`},
		{filter: `flag is true or flag is not null`, simple: `flag is not null`},
		{filter: `sku > 'a' and sku > 'b' and sku < 'c'`, fold: `sku > 'b' and sku < 'c'`},
	} {
		f, err := dsl.Parse(test.filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		fold := cmp.Or(test.fold, test.filter)
		if got := dsl.Format(dsl.Fold(c.Root)); got != fold {
			t.Errorf("%s\nfolds to %s\nwant     %s", test.filter, got, fold)
		}
		if got, want := dsl.Format(dsl.Simplify(c.Root)), cmp.Or(test.simple, fold); got != want {
			t.Errorf("%s\nsimplifies to %s\nwant          %s", test.filter, got, want)
		}
		var never []string
		for _, w := range c.Warnings {
			if reason, ok := strings.CutPrefix(w.Msg, "this is never true"); ok {
				never = append(never, test.filter[w.Range.Start:w.Range.End]+reason)
			}
		}
		if got := strings.Join(never, "\n"); got != test.never {
			t.Errorf("%s\nwarns of %q\nwant     %q", test.filter, got, test.never)
		}
	}
}

package complete_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestComplete marks the cursor by | and the range that is replaced by [ ].
func TestComplete(t *testing.T) {
	t.Parallel()
	const (
		fields    = "id name note code sku size active flag created_at seen_at secret price owner tags"
		condition = fields + " not true false"
		texts     = "= != < <= > >= in,not in between,not between like,not like starts with,not starts with ends with,not ends with contains,not contains matches,not matches is null,is not null"
	)
	for _, tc := range []struct{ text, rng, want string }{
		{"|", "[]", condition},
		{"na|", "[na]", "name"},
		{"n|", "[n]", "name note not"},
		{"N|", "[N]", "name note not"},
		{"na|me = 'x'", "[name]", "name"},
		{"not |", "not []", condition},
		{"(|", "([]", condition},
		{"id = 1 and |", "id = 1 and []", condition},
		{"id = 1 || s|", "id = 1 || [s]", "sku size seen_at secret"},
		{"tags.|", "[tags.]", "tags.id tags.name tags.rate tags.weight"},
		{"tags.n|", "[tags.n]", "tags.name"},
		{"tags . n|", "tags . [n]", "name"},
		{"`|na` = 1", "[`na`]", condition},
		{"`na|", "[`na]", "name"},
		{"name |", "name []", texts},
		{"name n|", "name [n]", "not in,not between,not like,not starts with,not ends with,not contains,not matches"},
		{"name st|", "name [st]", "starts with"},
		{"name starts |", "name starts []", "with"},
		{"name not |", "name not []", "in between like,starts with,ends with,contains matches"},
		{"name not l|", "name not [l]", "like"},
		{"id |", "id []", "= != < <= > >= in,not in between,not between is null,is not null"},
		{"created_at o|", "created_at [o]", "on"},
		{"active |", "active []", "= != in,not in is true,is not true,is false,is not false,is null,is not null and or"},
		{"active is |", "active is []", "null true false,not null,not true,not false"},
		{"id is |", "id is []", "null,not null"},
		{"id is not |", "id is not []", "null"},
		{"owner |", "owner []", "is null,is not null"},
		{"active = |", "active = []", "true false"},
		{"active = t|", "active = [t]", "true"},
		{"active in (true, |", "active in (true, []", "true false"},
		{"active in |", "active in []", "("},
		{"id in (1|", "id in ([1]", ""},
		{"id in (1 |", "id in (1 []", ", )"},
		{"id between 1 |", "id between 1 []", "and"},
		{"created_at between today |", "created_at between today []", "- + and"},
		{"created_at between today and |", "created_at between today and []", "today now,now - 1h,now - 7d"},
		{"created_at between today and now |", "created_at between today and now []", "- + and or"},
		{"created_at > n|", "created_at > [n]", "now,now - 1h,now - 7d"},
		{"created_at > now - 7|", "created_at > now - [7]", "7s 7min 7h 7d 7w 7mo 7y"},
		{"created_at > now - 7m|", "created_at > now - [7m]", "7min 7mo"},
		{"created_at on |", "created_at on []", ""},
		{"id = 1 |", "id = 1 []", "and or"},
		{"(id = 1 |", "(id = 1 []", "and or )"},
		{"(id = 1) |", "(id = 1) []", "and or"},
		{"id = 1 a|", "id = 1 [a]", "and"},
		{"nope |", "nope []", texts + " on,not on is true,is not true,is false,is not false"},
		{"name = 'a|", "name = 'a[]", ""},
		{"name = 'a' |", "name = 'a' []", "and or"},
		{"id = 1 -- x|", "id = 1 -- x[]", ""},
		{"id = 1 -- x\nand |", "id = 1 -- x\nand []", condition},
		{"id = :p|", "id = :p[]", ""},
		// An unfinished token.
		{`name = '\u00|`, `name = '\u00[]`, ""},
		{`name = "a\|`, `name = "a\[]`, ""},
		{`name = '\q b|`, `name = '\q b[]`, ""},
		{`name = '\q''b' |`, `name = '\q''b' []`, "and or"},
		{"created_at > 2024|", "created_at > [2024]", ""},
		{"created_at > 2024-|", "created_at > [2024-]", ""},
		{"created_at > 2024-0|", "created_at > [2024-0]", ""},
		{"created_at > 2024-01-|", "created_at > [2024-01-]", ""},
		{"created_at > 2024-01-01T|", "created_at > [2024-01-01T]", ""},
		{"created_at > 2024-01-01T10:|", "created_at > [2024-01-01T10:]", ""},
		{"created_at > 2024-01-01T10:00:00+|", "created_at > [2024-01-01T10:00:00+]", ""},
		{"created_at > 2024-01- |", "created_at > 2024-01- []", "and or"},
		{"created_at > 2024-01--x\n|", "created_at > 2024-01--x\n[]", "and or"},
		{"id = $|", "id = $[]", ""},
		{"id = :|", "id = :[]", ""},
		{"id = 1 &|", "id = 1 &[]", ""},
		{"id !|", "id [!]", "!="},
		{"id !|= 1", "id [!=]", "!="},
		{"id !|name", "id [!]", "!="},
		{"name !|", "name [!]", "!= !~"},
		{"nope !|", "nope [!]", "!= !~"},
		{"active !|", "active [!]", "!="},
		{"owner !|", "owner [!]", ""},
		{"id ! |", "id ! []", ""},
		{"id = 1 !|", "id = 1 [!]", ""},
		{"!|", "![]", condition},
		{"id = 1 and !n|", "id = 1 and ![n]", "name note not"},
		// A mistake before the cursor.
		{"%% and na|", "%% and [na]", "name"},
		{"id = = and na|", "id = = and [na]", "name"},
		{")) or tags.w|", ")) or [tags.w]", "tags.weight"},
		{"name like and |", "name like and []", condition},
	} {
		cursor := strings.IndexByte(tc.text, '|')
		if rest := tc.text[cursor+1:]; strings.HasPrefix(rest, "| ") { // the operator || before the mark
			cursor = strings.LastIndexByte(tc.text, '|')
		}
		text := tc.text[:cursor] + tc.text[cursor+1:]
		got := dsl.Complete(modeltest.Schema(), text, cursor)
		if rng := text[:got.Range.Start] + "[" + text[got.Range.Start:got.Range.End] + "]"; rng != tc.rng {
			t.Errorf("%s replaces %s, want %s", tc.text, rng, tc.rng)
		}
		found := make([]string, len(got.Candidates))
		for i, c := range got.Candidates {
			found[i] = c.Text
		}
		if got, want := strings.Join(found, " "), strings.ReplaceAll(strings.ReplaceAll(tc.want, ", )", "\x00 )"), ",", " "); got != strings.ReplaceAll(want, "\x00", ",") {
			t.Errorf("%s\n got %s\nwant %s", tc.text, got, want)
		}
	}
}

// TestCompleteTakesAnyCursor moves the cursor through every text of the corpus,
// and beyond both ends.
func TestCompleteTakesAnyCursor(t *testing.T) {
	t.Parallel()
	const text = "名 = '渡\x00' and `x` not in ($1, :p) or \"\xff -- \n created_at > now - 9d"
	for cursor := -2; cursor < len(text)+3; cursor++ {
		got := dsl.Complete(modeltest.Schema(), text, cursor)
		at := min(max(cursor, 0), len(text))
		if got.Range.Start < 0 || got.Range.Start > at || got.Range.End < at || got.Range.End > len(text) {
			t.Errorf("at %d the range is %v", cursor, got.Range)
		}
	}
}

// TestCompleteIsLinear completes after one path of very many parts: four times the text
// takes some four times the memory, not sixteen times. bench holds the time.
func TestCompleteIsLinear(t *testing.T) {
	const size = 8_000
	complete := func(text string) (allocated uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := dsl.Complete(modeltest.Schema(), text, len(text))
		runtime.ReadMemStats(&after)
		for _, c := range got.Candidates {
			if c.Kind == dsl.KindField && !strings.HasSuffix(text, "a = 1 and ") {
				t.Errorf("%d bytes of …%s: %s is proposed", len(text), text[len(text)-10:], c.Text)
			}
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, part := range []string{"a.", "a . ", "`a`.", "tags."} {
		for _, end := range []string{"", "a", "a ", "a !", "a = ", "a = 1 ", "a = 1 and ", "`a", " . ", ". ", "'", "$", "2024-"} {
			short, long := complete(strings.Repeat(part, size/len(part))+end), complete(strings.Repeat(part, 4*size/len(part))+end)
			if long > 8*short+64<<10 {
				t.Errorf("%q and %q: %d bytes for a text, %d for four times the text", part, end, short, long)
			}
		}
	}
	for _, n := range []int{250_000, 400_000} { // near the limit of a text, and beyond
		complete(strings.Repeat("`a`.", n/4) + "a")
	}
}

package judgetest_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestSettled holds what was asked, and is now answered, about strings: a reader
// finds the language's rule here, and every judge and both evaluators are held to
// it. What a judge says differently stands beside it, with the reason.
func TestSettled(t *testing.T) {
	cases := []struct {
		value, operator, operand string
		ci, binary               bool
		differs                  string // the judge that says otherwise under binary
		why                      string
	}{
		{"a", "=", "A", true, false, "", "ci ignores case"},
		{"e", "=", "é", true, false, "", "and accents"},
		{"e\u0301", "=", "é", false, false, "", "but a combining accent is a character"},
		{"ß", "=", "s", true, false, "", "nothing expands"},
		{"ß", "=", "ss", false, false, "", "so it is one s, and not two"},
		{"Ø", "=", "o", false, false, "", "a stroke is no accent"},
		{"İ", "=", "i", true, false, "", "dots are accents"},
		{"🙂", "=", "🙃", true, false, "", "all beyond the basic plane weighs the same"},
		{"🙂", "=", "\ufffd", true, false, "", "as much as the replacement character"},
		{"a", "=", "a  ", true, false, "", "ci pads the shorter with spaces"},
		{"", "=", "  ", true, false, "", "the empty string too"},
		{"a", "=", "a\t", false, false, "", "with spaces alone"},
		{"a", ">", "a\t", true, false, "", "it pads and does not trim: a tab is below a space"},
		{"", ">", "\t", true, false, "", "so something is below the empty string"},
		{"a", "<", "a!", true, true, "", ""},
		{"a ", "like", "a", false, false, "", "LIKE never pads"},
		{"a", "like", "a ", false, false, "", ""},
		{"É", "like", "e", true, false, "", "it compares weights"},
		{"🙂", "like", "🙃", true, false, "", ""},
		{"a🙂b", "like", "a_b", true, true, "", "_ is a character, not a byte"},
		{"100%", "like", `100\%`, true, true, "", "the backslash escapes"},
		{"1000", "like", `100\%`, false, false, "", ""},
		{"ab", "like", `a\b`, true, true, "", "before any other character it is dropped"},
		{`a\b`, "like", `a\b`, false, false, "", ""},
		{`a\`, "like", `a\\`, true, true, "", "doubled it is one"},
		{`a\`, "like", `a\`, true, true, "SQLite", "alone at the end it stands for itself; SQLite's LIKE then matches nothing"},
		{`a%`, "like", `a%\`, false, false, "", ""},
	}
	t.Parallel()
	for name, call := range judges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := call(t)
			emulator := &emulated{Transport: newEmulator(j.collation, false, trickyUsers(1))}
			defer emulator.Close()
			for _, c := range cases {
				want := c.binary
				if j.collation == model.CI {
					want = c.ci
				}
				verdict := want != (c.differs == j.name)
				t.Run(fmt.Sprintf("%+q %s %+q", c.value, c.operator, c.operand), func(t *testing.T) {
					if got := j.says(t, c.value, c.operator, c.operand); got != verdict {
						t.Errorf("the judge says %v, the language's rule is %v (%s)", got, want, c.why)
					}
					if got := languageSays(t, j.collation, c.value, c.operator, c.operand); got != want {
						t.Errorf("the evaluator says %v (%s)", got, c.why)
					}
					if got := emulator.says(t, c.value, c.operator, c.operand); got != want {
						t.Errorf("the emulator says %v (%s)", got, c.why)
					}
				})
			}
		})
	}
}

func (j *judge) says(t *testing.T, value, operator, operand string) bool {
	t.Helper()
	u := &shipstream.User{ID: 1, Name: model.Some(value)}
	j.load(t.Context(), t, &world{users: []*shipstream.User{u}})
	c := clause{sql: "u.name " + operator + " ?", args: []any{operand}}
	if operator == "like" {
		c = clause{sql: "u.name LIKE ? ESCAPE ?", args: []any{operand, `\`}}
	}
	return len(j.matching(t.Context(), t, c)) == 1
}

func languageSays(t *testing.T, c model.Collation, value, operator, operand string) bool {
	t.Helper()
	f, err := dsl.Parse("name " + operator + " $1")
	if err != nil {
		t.Fatal(err)
	}
	checked, err := dsl.Check(f, collated(c), dsl.Args(operand))
	if err != nil {
		t.Fatal(err)
	}
	p, err := dsl.Compile(checked.Root, checked.Schema)
	if err != nil {
		t.Fatal(err)
	}
	return p.Match(&shipstream.User{Name: model.Some(value)})
}

func (e *emulated) says(t *testing.T, value, operator, operand string) bool {
	t.Helper()
	if err := e.UpdateUser(1, func(u *shipstreamtest.User) { u.Name = value }); err != nil {
		t.Fatal(err)
	}
	op := map[string]string{"=": "eq", "<": "lt", ">": "gt", "like": "like"}[operator]
	ids, err := e.Match("any", url.Values{"filter": {"name{" + op + ":" + jsonText(operand) + "}"}})
	if err != nil {
		t.Fatal(err)
	}
	return len(ids) == 1
}

// TestTextMeansItsSQL reads filters as they are written and holds them to SQL
// that a person wrote, so that parsing and checking are judged as well.
func TestTextMeansItsSQL(t *testing.T) {
	paris := time.FixedZone("UTC+2", 2*60*60)
	const roles = "SELECT user_id FROM role_of JOIN roles ON roles.type = role_of.type AND roles.id = role_of.role_id WHERE "
	cases := []struct {
		text string
		sql  string
		zone *time.Location
	}{
		{text: ``, sql: `TRUE`},
		{text: `not true or false`, sql: `NOT TRUE OR FALSE`},
		{text: `is_active`, sql: `u.is_active`},
		{text: `not is_active`, sql: `NOT u.is_active`},
		{text: `!is_active || login_via_badge && email is null`, sql: `NOT u.is_active OR u.login_via_badge AND u.email IS NULL`},
		{text: `is_active is not true`, sql: `u.is_active IS NOT TRUE`},
		{text: `is_active is not false`, sql: `u.is_active IS NOT FALSE`},
		{text: `is_active in (true, false)`, sql: `u.is_active IN (TRUE, FALSE)`},
		{text: `email is null`, sql: `u.email IS NULL`},
		{text: `email is not null`, sql: `u.email IS NOT NULL`},
		{text: `email != 'a'`, sql: `u.email <> 'a'`},
		{text: `email <> 'a' and not (email = 'b')`, sql: `u.email <> 'a' AND NOT u.email = 'b'`},
		{text: `email not in ('a', 'b', 'é')`, sql: `u.email NOT IN ('a', 'b', 'é')`},
		{text: `email not between 'a' and 'z'`, sql: `u.email NOT BETWEEN 'a' AND 'z'`},
		{text: `email between 'z' and 'a'`, sql: `u.email BETWEEN 'z' AND 'a'`},
		{text: `not email between 'z' and 'a'`, sql: `NOT u.email BETWEEN 'z' AND 'a'`},
		{text: `name like 'a%'`, sql: `u.name LIKE 'a%'`},
		{text: `name not like '%\%%'`, sql: `u.name NOT LIKE '%|%%' ESCAPE '|'`},
		{text: `name starts with '_'`, sql: `u.name LIKE '|_%' ESCAPE '|'`},
		{text: `name not ends with 'b'`, sql: `u.name NOT LIKE '%b'`},
		{text: `name contains '%'`, sql: `INSTR(u.name, '%') > 0`},
		{text: `name = 'O''Brien' or name = "'"`, sql: `u.name = 'O''Brien' OR u.name = ''''`},
		{text: `name = '\u0001' or name = '\t'`, sql: `u.name = CHAR(1) OR u.name = CHAR(9)`},
		{text: `id between 3 and 9 or id in (20, 22) or id < -1`, sql: `u.id BETWEEN 3 AND 9 OR u.id IN (20, 22) OR u.id < -1`},
		{text: `id > 5 and id < 9 or not id <= 100`, sql: `(u.id > 5 AND u.id < 9) OR NOT u.id <= 100`},

		{text: `created_at > 2024-01-01`, sql: `u.created_on > '2024-01-01 00:00:00'`},
		{text: `created_at = 2024-01-01`, sql: `u.created_on = '2024-01-01 00:00:00'`},
		{text: `created_at on 2024-01-01`, sql: `DATE(u.created_on) = '2024-01-01'`},
		{text: `created_at not on 2024-01-01`, sql: `DATE(u.created_on) <> '2024-01-01'`},
		{text: `created_at between 2023-12-31 and 2024-01-01`, sql: `u.created_on BETWEEN '2023-12-31 00:00:00' AND '2024-01-01 00:00:00'`},
		{text: `created_at > '2024-01-01T00:00:00.5Z'`, sql: `u.created_on > '2024-01-01 00:00:00.5'`},
		{text: `created_at >= 2024-01-01T00:00:00.5Z`, sql: `u.created_on >= '2024-01-01 00:00:00.5'`},
		{text: `created_at < 2024-01-01T00:00:01.5Z`, sql: `u.created_on < '2024-01-01 00:00:01.5'`},
		{text: `created_at <= 2024-01-01T00:00:00.5Z`, sql: `u.created_on <= '2024-01-01 00:00:00.5'`},
		{text: `not created_at = 2024-01-01T00:00:00.5Z`, sql: `NOT u.created_on = '2024-01-01 00:00:00.5'`},
		{text: `created_at not between 2024-01-01T00:00:00.5Z and 2024-01-01T00:00:01.5Z`, sql: `u.created_on NOT BETWEEN '2024-01-01 00:00:00.5' AND '2024-01-01 00:00:01.5'`},
		{text: `created_at in (2024-01-01, 2024-01-01T00:00:00.5Z)`, sql: `u.created_on IN ('2024-01-01 00:00:00', '2024-01-01 00:00:00.5')`},
		{text: `created_at on 2024-01-01`, sql: `u.created_on >= '2023-12-31 22:00:00' AND u.created_on < '2024-01-01 22:00:00'`, zone: paris},
		{text: `created_at >= 2024-01-01T02:00`, sql: `u.created_on >= '2024-01-01 00:00:00'`, zone: paris},
		{text: `created_at >= 2024-01-01T00:00+02:00`, sql: `u.created_on >= '2023-12-31 22:00:00'`},
		{text: `last_login_at > now - 90d`, sql: `u.last_login_on > '2023-08-16 22:13:20'`},
		{text: `last_login_at < today`, sql: `u.last_login_on < '2023-11-14 00:00:00'`},
		{text: `last_login_at >= today + 1mo - 1s`, sql: `u.last_login_on >= '2023-12-13 23:59:59'`},

		{text: `default_warehouse is null`, sql: `u.default_warehouse IS NULL`},
		{text: `merchant is not null`, sql: `u.merchant IS NOT NULL`},
		{text: `roles.id = 3`, sql: `u.id IN (SELECT user_id FROM role_of WHERE role_id = 3)`},
		{text: `roles.id != 3`, sql: `u.id NOT IN (SELECT user_id FROM role_of WHERE role_id = 3)`},
		{text: `not roles.id < 3`, sql: `u.id NOT IN (SELECT user_id FROM role_of WHERE role_id < 3)`},
		{text: `roles.name > 'm'`, sql: `u.id IN (` + roles + `roles.name > 'm')`},
		{text: `not roles.name > 'm'`, sql: `u.id NOT IN (` + roles + `roles.name > 'm')`},
		{text: `roles.name like '%a%' and roles.name not like '%b%'`, sql: `u.id IN (` + roles + `roles.name LIKE '%a%') AND u.id NOT IN (` + roles + `roles.name LIKE '%b%')`},
		{text: `default_warehouse.is_active`, sql: `u.default_warehouse IN (SELECT id FROM default_warehouse WHERE is_active) AND u.default_warehouse IS NOT NULL`},
		{text: `not default_warehouse.is_active`, sql: `u.default_warehouse IS NULL OR u.default_warehouse NOT IN (SELECT id FROM default_warehouse WHERE is_active)`},
		{text: `default_warehouse.name is null`, sql: `u.default_warehouse IS NOT NULL AND u.default_warehouse NOT IN (SELECT id FROM default_warehouse WHERE name IS NOT NULL)`},
		{text: `merchant.code between 'a' and 's'`, sql: `u.merchant IS NOT NULL AND u.merchant IN (SELECT id FROM merchant WHERE code BETWEEN 'a' AND 's')`},
	}
	t.Parallel()
	for name, call := range judges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := call(t)
			w := newWorld(newSequence(3), largeWorld)
			j.load(t.Context(), t, w)
			for _, c := range cases {
				t.Run(c.text, func(t *testing.T) {
					f, err := dsl.Parse(c.text)
					if err != nil {
						t.Fatal(err)
					}
					checked, err := dsl.Check(f, collated(j.collation), dsl.Now(time.Unix(1_700_000_000, 0)), dsl.Zone(c.zone))
					if err != nil {
						t.Fatal(err)
					}
					written := clause{sql: c.sql}
					holdTo(t, j, w, written, j.verdict(t.Context(), t, w, written), checked.Root, checked.Schema)
				})
			}
		})
	}
}

package judgetest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"pgregory.net/rapid"
)

// emulated is an emulator and the same users as MariaDB has them.
type emulated struct {
	*shipstreamtest.Transport
	judge *judge
	world *world
}

// emulate starts an emulator that holds users, without limits, and puts the
// users before MariaDB too.
func emulate(t *testing.T, c model.Collation, escape bool, users []shipstreamtest.User) *emulated {
	t.Helper()
	e := &emulated{
		Transport: newEmulator(c, escape, users),
		judge:     mariadb(t, c),
		world:     &world{},
	}
	t.Cleanup(e.Close)
	for _, u := range users {
		e.world.users = append(e.world.users, &shipstream.User{
			Kind: shipstream.Kind(u.Kind), ID: u.ID,
			Name: model.Some(u.Name), Email: model.Some(u.Email), Username: model.Some(u.Username), IsActive: model.Some(u.Active),
			CreatedAt: orNull(u.CreatedAt), LastLoginAt: orNull(u.LastLoginAt),
		})
	}
	e.judge.load(t.Context(), t, e.world)
	return e
}

// newEmulator serves every operator, as often as it is asked.
func newEmulator(c model.Collation, escape bool, users []shipstreamtest.User) *shipstreamtest.Transport {
	return shipstreamtest.NewTransport(shipstreamtest.Options{
		Rows: users, Collation: model.Some(c), Operators: shipstreamtest.AllOperators, EscapePatterns: escape,
		Rate: -1, Burst: -1, Concurrency: -1, Journal: -1,
	})
}

func orNull(at time.Time) model.Opt[time.Time] {
	if at.IsZero() {
		return model.NullOpt[time.Time]()
	}
	return model.Some(at)
}

// trickyUsers are n users whose names go through the tricky strings in order.
// Their other texts are tricky too; timestamps may be null.
func trickyUsers(n int) []shipstreamtest.User {
	all := tricky()
	c := newSequence(2)
	users := make([]shipstreamtest.User, n)
	second := func(o model.Opt[time.Time]) time.Time { return o.Or(time.Time{}).Truncate(time.Second) }
	for i := range users {
		users[i] = shipstreamtest.User{
			ID: int64(i) + 1, Kind: shipstreamtest.OrganizationUser, Name: all[i%len(all)], Email: c.Text(), Username: c.Text(),
			Active: c.Below(2) == 1, CreatedAt: second(moment(c)), LastLoginAt: second(moment(c)),
		}
	}
	return users
}

// collations returns those that a database has.
func collations() []model.Collation { return []model.Collation{model.CI, model.Binary} }

// textOperator is an operator on strings and what it means, said by hand: o.text
// is its value.
type textOperator struct {
	filter string // the filter parameter; %s is the value as JSON
	where  string
}

// The escaping that a careful server does before it hands a value to LIKE.
const escapedText = `REPLACE(REPLACE(REPLACE(o.text, '\\', '\\\\'), '%', '\\%'), '_', '\\_')`

func textOperators(escape bool) []textOperator {
	value := "o.text"
	if escape {
		value = escapedText
	}
	return []textOperator{
		{`name{eq:%s}`, `u.name = o.text`},
		{`name{neq:%s}`, `u.name <> o.text`},
		{`name{gt:%s}`, `u.name > o.text`},
		{`name{lt:%s}`, `u.name < o.text`},
		{`name{gteq:%s}`, `u.name >= o.text`},
		{`name{lteq:%s}`, `u.name <= o.text`},
		{`name{start:%s}`, `u.name LIKE CONCAT(` + value + `, '%')`},
		{`name{end:%s}`, `u.name LIKE CONCAT('%', ` + value + `)`},
		{`name{contains:%s}`, `u.name LIKE CONCAT('%', ` + value + `, '%')`},
		{`name{like:%s}`, `u.name LIKE o.text`},
		{`name{nlike:%s}`, `u.name NOT LIKE o.text`},
		{`name{in:[%s]}`, `u.name IN (o.text)`},
		{`name{nin:[%s]}`, `u.name NOT IN (o.text)`},
		{`name{in:["b",%s]}`, `u.name IN ('b', o.text)`},
		{`name{nin:["b",%s]}`, `u.name NOT IN ('b', o.text)`},
		{`name{gteq:%[1]s,lteq:%[1]s}`, `u.name BETWEEN o.text AND o.text`},
		{`name[{gteq:%[1]s},{lt:%[1]s}]`, `u.name IS NOT NULL`},
		{`name[{start:%[1]s},{end:%[1]s}]`, `u.name LIKE CONCAT(` + value + `, '%') OR u.name LIKE CONCAT('%', ` + value + `)`},
	}
}

// TestEmulatorTextOperators puts every tricky string to every operator on
// strings, over names that are every tricky string.
func TestEmulatorTextOperators(t *testing.T) {
	t.Parallel()
	for _, c := range collations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			for _, escape := range []bool{false, true} {
				values := tricky()
				e := emulate(t, c, escape, trickyUsers(len(values)))
				e.operands(t, values)
				for _, op := range textOperators(escape) {
					want := e.answers(t, op.where)
					for i, v := range values {
						e.holdMatch(t, escape, fmt.Sprintf(op.filter, jsonText(v)), want[int64(i)])
					}
				}
			}
		})
	}
}

// TestEmulatorPlainText does the same for `key:text`, which takes the text as it
// is.
func TestEmulatorPlainText(t *testing.T) {
	t.Parallel()
	for _, c := range collations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			values := tricky()
			e := emulate(t, c, false, trickyUsers(len(values)))
			e.operands(t, values)
			want := e.answers(t, `u.name = o.text`)
			for i, v := range values {
				e.holdMatch(t, false, "name:"+v, want[int64(i)])
			}
		})
	}
}

// operands makes the table of the operators' values, numbered from 0.
func (e *emulated) operands(t *testing.T, values []string) {
	t.Helper()
	e.judge.exec(t.Context(), t, "CREATE TEMPORARY TABLE operands (id BIGINT PRIMARY KEY, text "+e.judge.text+")")
	rows := make([][]any, len(values))
	for i, v := range values {
		rows[i] = []any{i, v}
	}
	e.judge.insert(t.Context(), t, "operands", rows)
}

// answers returns for every operand the ids of the users for which where holds.
func (e *emulated) answers(t *testing.T, where string) map[int64][]int64 {
	t.Helper()
	e.judge.exec(t.Context(), t, "SET SESSION group_concat_max_len = 1000000")
	query := "SELECT o.id, GROUP_CONCAT(u.id ORDER BY u.id) FROM operands o JOIN users u ON " + where + " GROUP BY o.id"
	answers := make(map[int64][]int64)
	e.judge.each(t.Context(), t, query, nil, func(rows *sql.Rows) error {
		var operand int64
		var list string
		if err := rows.Scan(&operand, &list); err != nil {
			return err
		}
		for text := range strings.SplitSeq(list, ",") {
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return err
			}
			answers[operand] = append(answers[operand], id)
		}
		return nil
	})
	if len(answers) == 0 {
		t.Errorf("%s holds for no user, whatever the operand: it tests nothing", where)
	}
	return answers
}

func (e *emulated) holdMatch(t *testing.T, escape bool, filter string, want []int64) {
	t.Helper()
	got, err := e.Match("any", url.Values{"filter": {filter}})
	if err != nil {
		t.Errorf("%+q: %v", filter, err)
		return
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+q (EscapePatterns %v) is true of the names\n%+q\n%s says\n%+q", filter, escape, e.names(got), e.judge.name, e.names(want))
	}
}

func (e *emulated) names(ids []int64) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		u, _ := e.User(id)
		names[i] = u.Name
	}
	return names
}

func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestEmulatorConditions draws whole requests: several parameters, arrays and
// objects, over every field. They are answered over HTTP.
func TestEmulatorConditions(t *testing.T) {
	t.Parallel()
	for _, c := range collations() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			e := emulate(t, c, false, trickyUsers(largeWorld))
			rapid.Check(t, func(rt *rapid.T) {
				for range filtersPerRun {
					var params []string
					var where []clause
					for range rapid.IntRange(1, 3).Draw(rt, "parameters") {
						param, c := parameter(rt)
						params, where = append(params, param), append(where, c)
					}
					want := e.judge.matching(t.Context(), rt, joined(where, " AND "))
					query := url.Values{"filter": params}
					got, err := e.Match("any", query)
					if err != nil {
						rt.Fatalf("%+q: %v", params, err)
					}
					if listed := e.list(t.Context(), rt, query); !slices.Equal(got, want) || !slices.Equal(listed, want) {
						rt.Fatalf("%+q: Match says %v, the list %v, %s says %v: %s", params, got, listed, e.judge.name, want, joined(where, " AND "))
					}
				}
			})
		})
	}
}

// list returns the ids that a request answers, ascending.
func (e *emulated) list(ctx context.Context, t fatal, query url.Values) []int64 {
	t.Helper()
	query.Set("limit", "1000")
	query.Set("sort", "id")
	page := e.page(ctx, t, query)
	if page.HasMore {
		t.Fatal("the list does not fit into one page")
	}
	ids := make([]int64, len(page.Rows))
	for i := range page.Rows {
		ids[i] = page.Rows[i].ID
	}
	return slices.Clip(ids)
}

func (e *emulated) page(ctx context.Context, t fatal, query url.Values) *model.Page[shipstream.User] {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.BaseURL()+"/v1/system/users/any?"+query.Encode(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+shipstreamtest.DefaultToken)
	res, err := e.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %v", res.Status, body, err)
	}
	page, err := shipstream.DecodeUsers(body)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func joined(terms []clause, word string) clause {
	var all clause
	for i, c := range terms {
		if i > 0 {
			all.sql += word
		}
		all.sql += "(" + c.sql + ")"
		all.args = append(all.args, c.args...)
	}
	return all
}

// parameter draws a filter parameter and, beside it, what it means.
func parameter(t *rapid.T) (param string, where clause) {
	field := rapid.SampledFrom([]string{"id", "name", "email", "username", "is_active", "created_at", "last_login_at"}).Draw(t, "field")
	objects := make([]string, rapid.IntRange(1, 10).Draw(t, "objects"))
	meanings := make([]clause, len(objects))
	for i := range objects {
		members := make(map[string]string)
		var all []clause
		for range rapid.IntRange(1, 2).Draw(t, "members") {
			op, value, c := condition(t, field)
			if _, twice := members[op]; !twice {
				members[op] = value
				all = append(all, c)
			}
		}
		var texts []string
		for op, value := range members {
			texts = append(texts, op+":"+value)
		}
		slices.Sort(texts)
		objects[i], meanings[i] = "{"+strings.Join(texts, ",")+"}", joined(all, " AND ")
	}
	where = joined(meanings, " OR ")
	if len(objects) == 1 {
		return field + objects[0], where
	}
	return field + "[" + strings.Join(objects, ",") + "]", where
}

// signs are the comparisons and their words in SQL.
func signs() map[string]string {
	return map[string]string{"eq": "=", "neq": "<>", "gt": ">", "lt": "<", "gteq": ">=", "lteq": "<="}
}

// condition draws one operator with its value, as JSON, and its meaning.
func condition(t *rapid.T, field string) (op, value string, where clause) {
	column := "u." + field
	if on, isTime := strings.CutSuffix(field, "_at"); isTime {
		column = "u." + on + "_on"
	}
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		null := map[bool]string{true: " IS NULL", false: " IS NOT NULL"}
		is := rapid.Bool().Draw(t, "null")
		if rapid.Bool().Draw(t, "notnull") {
			return "notnull", strconv.FormatBool(is), clause{sql: column + null[!is]}
		}
		return "null", strconv.FormatBool(is), clause{sql: column + null[is]}
	case 1, 2:
		list := rapid.SampledFrom([]string{"in", "nin"}).Draw(t, "list")
		word := map[string]string{"in": " IN (", "nin": " NOT IN ("}[list]
		texts, args := make([]string, rapid.IntRange(1, 4).Draw(t, "values")), []any(nil)
		for i := range texts {
			value, arg := operand(t, field)
			texts[i], args = value, append(args, arg)
		}
		return list, "[" + strings.Join(texts, ",") + "]", clause{column + word + strings.TrimPrefix(strings.Repeat(", ?", len(args)), ", ") + ")", args}
	case 3, 4, 5:
		switch field {
		case "name", "email", "username":
			return textCondition(t, column)
		case "created_at", "last_login_at":
			return dateCondition(t, column)
		}
	}
	op = rapid.SampledFrom([]string{"eq", "neq", "gt", "lt", "gteq", "lteq"}).Draw(t, "sign")
	value, arg := operand(t, field)
	return op, value, clause{column + " " + signs()[op] + " ?", []any{arg}}
}

func textCondition(t *rapid.T, column string) (op, value string, where clause) {
	text := patterns().Draw(t, "text")
	op = rapid.SampledFrom([]string{"start", "end", "contains", "like", "nlike"}).Draw(t, "operator")
	where.sql = column + map[string]string{
		"start": " LIKE CONCAT(?, '%')", "end": " LIKE CONCAT('%', ?)", "contains": " LIKE CONCAT('%', ?, '%')", "like": " LIKE ?", "nlike": " NOT LIKE ?",
	}[op]
	where.args = []any{text}
	return op, jsonText(text), where
}

// dateCondition draws from and to, which take days as well: from the first
// second of it, to the last.
func dateCondition(t *rapid.T, column string) (op, value string, where clause) {
	at := instants().Draw(t, "instant").UTC()
	op = rapid.SampledFrom([]string{"from", "to"}).Draw(t, "operator")
	sign := map[string]string{"from": " >= ?", "to": " <= ?"}[op]
	if rapid.Bool().Draw(t, "day") {
		day := at.Format(time.DateOnly)
		return op, jsonText(day), clause{"DATE(" + column + ")" + sign, []any{day}}
	}
	at = at.Truncate(time.Second)
	return op, jsonText(at.Format(time.RFC3339)), clause{column + sign, []any{at.Format(time.DateTime)}}
}

// operand draws a constant for a field, as JSON and as SQL has it.
func operand(t *rapid.T, field string) (text string, arg any) {
	switch field {
	case "id":
		n := rapid.Int64Range(-1, largeWorld+1).Draw(t, "id")
		return strconv.FormatInt(n, 10), n
	case "is_active":
		b := rapid.Bool().Draw(t, "bool")
		return strconv.FormatBool(b), b
	case "created_at", "last_login_at":
		at := instants().Draw(t, "instant").UTC().Truncate(time.Second)
		if rapid.Bool().Draw(t, "day") {
			return jsonText(at.Format(time.DateOnly)), at.Format(time.DateOnly) + " 00:00:00"
		}
		return jsonText(at.Format(time.RFC3339)), at.Format(time.DateTime)
	}
	s := texts().Draw(t, "text")
	return jsonText(s), s
}

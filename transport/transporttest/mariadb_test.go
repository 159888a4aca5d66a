//go:build mariadb

package transporttest_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/transport/transporttest"
)

// TestAgainstMariaDB holds filters and orders to a MariaDB that the mariadb
// client reaches without arguments: go test -tags mariadb. Values and rows are
// alike on purpose: the strings are made of few characters that a collation
// takes for each other.
func TestAgainstMariaDB(t *testing.T) {
	for _, collation := range []model.Collation{model.CI, model.Binary} {
		name := "utf8mb4_general_ci"
		if collation == model.Binary {
			name = "utf8mb4_nopad_bin"
		}
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(collation), 7))
			tr := start(t, transporttest.Options{Rows: alike(rng, 400), Collation: collation, Operators: transporttest.AllOperators})
			var script strings.Builder
			createTable(&script, tr.Users(), name)
			var asked []url.Values
			for range 3000 {
				filter, where := comparison(rng)
				asked = append(asked, url.Values{"filter": {filter}})
				fmt.Fprintf(&script, "SELECT COALESCE(GROUP_CONCAT(id ORDER BY id), '') FROM users WHERE %s;\n", where)
			}
			answers := mariadb(t, script.String())
			if len(answers) != len(asked) {
				t.Fatalf("%d answers to %d questions", len(answers), len(asked))
			}
			some := 0
			for i, q := range asked {
				ids, err := tr.Match("any", q)
				if err != nil {
					t.Fatal(err)
				}
				if got := join(ids); got != answers[i] {
					t.Errorf("%q: %s, MariaDB says %s", q["filter"], got, answers[i])
				}
				if len(ids) > 0 {
					some++
				}
			}
			if some < len(asked)/2 {
				t.Errorf("only %d of %d filters match anything", some, len(asked))
			}
		})
	}
}

// TestSortAgainstMariaDB holds the orders to MariaDB's, ids as the tie-break.
func TestSortAgainstMariaDB(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	tr := start(t, transporttest.Options{Rows: alike(rng, 900)})
	var script strings.Builder
	createTable(&script, tr.Users(), "utf8mb4_general_ci")
	sorts := []string{"username", "-username", "email", "created_at", "-last_login_at", "last_login_at", "email,-username"}
	for _, sort := range sorts {
		order := strings.Split(sort, ",")
		for i, key := range order {
			if field, desc := strings.CutPrefix(key, "-"); desc {
				order[i] = field + " DESC"
			}
		}
		fmt.Fprintf(&script, "SELECT GROUP_CONCAT(id ORDER BY %s, id) FROM users;\n", strings.Join(order, ", "))
	}
	for i, answer := range mariadb(t, script.String()) {
		if got := join(get(t, tr, list("any", "sort", sorts[i]+",id", "limit", "1000")).ids()); got != answer {
			t.Errorf("sort=%s:\n%s, MariaDB says\n%s", sorts[i], got, answer)
		}
	}
}

func join(ids []int64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]")
}

// text returns a short string of characters that are easily taken for another.
func text(rng *rand.Rand) string {
	alphabet := []rune("aAbá Åßss eé\u0301ØOoœ\t\n%_\\.`~'\"0🙂🙃\uFFFD\u00A0İıIiKΣςσДд\x01 ")
	var b strings.Builder
	for range rng.IntN(5) {
		b.WriteRune(alphabet[rng.IntN(len(alphabet))])
	}
	return b.String()
}

func alike(rng *rand.Rand, n int) []transporttest.User {
	users := make([]transporttest.User, n)
	for i := range users {
		users[i] = transporttest.User{
			ID: int64(i) + 1, Name: text(rng), Email: text(rng), Username: text(rng), Active: rng.IntN(2) == 0, CreatedAt: instant(rng),
		}
		if rng.IntN(3) > 0 {
			users[i].LastLoginAt = instant(rng)
		}
	}
	return users
}

func instant(rng *rand.Rand) time.Time {
	return at("2024-01-01T00:00:00Z").Add(time.Duration(rng.IntN(8)*6*3600-rng.IntN(2)) * time.Second)
}

// quoted returns s as SQL that no character of s can get out of.
func quoted(s string) string {
	return "CONVERT(X'" + hex.EncodeToString([]byte(s)) + "' USING utf8mb4)"
}

func moment(at time.Time) string {
	if at.IsZero() {
		return "NULL"
	}
	return at.Format("'2006-01-02 15:04:05'")
}

func createTable(b *strings.Builder, users []transporttest.User, collation string) {
	fmt.Fprintf(b, "SET NAMES utf8mb4 COLLATE %s; SET group_concat_max_len = 1000000;\n", collation)
	b.WriteString("CREATE TEMPORARY TABLE test.users (id BIGINT, name VARCHAR(65), email VARCHAR(128), username VARCHAR(40), is_active BOOL, created_at DATETIME, last_login_at DATETIME)")
	fmt.Fprintf(b, " CHARACTER SET utf8mb4 COLLATE %s; USE test;\n", collation)
	for _, u := range users {
		fmt.Fprintf(b, "INSERT INTO users VALUES (%d, %s, %s, %s, %v, %s, %s);\n",
			u.ID, quoted(u.Name), quoted(u.Email), quoted(u.Username), u.Active, moment(u.CreatedAt), moment(u.LastLoginAt))
	}
}

// comparison returns a filter and the SQL condition that means the same.
func comparison(rng *rand.Rand) (filter, where string) {
	signs := [][2]string{{"eq", "="}, {"neq", "<>"}, {"gt", ">"}, {"lt", "<"}, {"gteq", ">="}, {"lteq", "<="}}
	sign := signs[rng.IntN(len(signs))]
	column := []string{"name", "email", "username"}[rng.IntN(3)]
	value, other := text(rng), text(rng)
	in := fmt.Sprintf("(%s, %s)", quoted(value), quoted(other))
	date := instant(rng)
	switch rng.IntN(9) {
	case 0:
		return fmt.Sprintf("%s{start:%s}", column, js(value)), fmt.Sprintf("%s LIKE %s", column, quoted(value+"%"))
	case 1:
		return fmt.Sprintf("%s{end:%s}", column, js(value)), fmt.Sprintf("%s LIKE %s", column, quoted("%"+value))
	case 2:
		return fmt.Sprintf("%s{like:%s}", column, js(value)), fmt.Sprintf("%s LIKE %s", column, quoted(value))
	case 3:
		return fmt.Sprintf("%s{nlike:%s}", column, js(value)), fmt.Sprintf("%s NOT LIKE %s", column, quoted(value))
	case 4:
		return fmt.Sprintf("%s{in:[%s,%s]}", column, js(value), js(other)), column + " IN " + in
	case 5:
		return fmt.Sprintf("%s{nin:[%s,%s]}", column, js(value), js(other)), column + " NOT IN " + in
	case 6:
		return fmt.Sprintf("last_login_at{%s:%s}", sign[0], js(date.Format(time.RFC3339))), fmt.Sprintf("last_login_at %s %s", sign[1], moment(date))
	case 7:
		return fmt.Sprintf("%s[{%s:%s},{eq:%s}]", column, sign[0], js(value), js(other)),
			fmt.Sprintf("%s %s %s OR %s = %s", column, sign[1], quoted(value), column, quoted(other))
	}
	return fmt.Sprintf("%s{%s:%s}", column, sign[0], js(value)), fmt.Sprintf("%s %s %s", column, sign[1], quoted(value))
}

func js(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// mariadb runs a script and returns its lines.
func mariadb(t *testing.T, script string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "mariadb", "-N", "-B", "-r", "--default-character-set=utf8mb4")
	cmd.Stdin = strings.NewReader("CREATE DATABASE IF NOT EXISTS test; USE test;\n" + script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("mariadb: %v: %s", err, out[:min(len(out), 2000)])
	}
	return slices.Collect(strings.SplitSeq(strings.TrimSuffix(string(out), "\n"), "\n"))
}

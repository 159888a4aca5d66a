package dsl_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestLanguagePage runs every example of LANGUAGE.md: a filter selects the ids in its
// comment, and an error contains the text of its comment.
func TestLanguagePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("LANGUAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	users := pageUsers(t, string(page))
	seen := map[string]int{}
	kind := ""
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSuffix(line, "\n")
		if fence, ok := strings.CutPrefix(line, "```"); ok {
			kind = fence
			continue
		}
		if kind != "filter" && kind != "error" {
			continue
		}
		seen[kind]++
		text, want, ok := strings.Cut(line, " --")
		if !ok {
			t.Fatalf("%s: no expectation", line)
		}
		want = strings.TrimSpace(want)
		got, err := pageRows(text, users) // without the comment, which an error would repeat
		switch {
		case kind == "error" && err == nil:
			t.Errorf("%s: selects %s, and should be refused", text, got)
		case kind == "error" && !strings.Contains(err.Error(), want):
			t.Errorf("%s: refused without a word of %q:\n%v", text, want, err)
		case kind == "filter" && (err != nil || got != want):
			t.Errorf("%s: selects %q, want %q: %v", text, got, want, err)
		}
	}
	if seen["filter"] < 80 || seen["error"] < 10 {
		t.Errorf("%v examples: the page was not read as it is written", seen)
	}
	for _, op := range []string{
		"=", "==", "!=", "<>", "<", "<=", ">", ">=", "~", "!~", "&&", "||", "and", "or", "not", "in", "between", "like", "starts with", "ends with",
		"contains", "matches", "on", "is null", "is not null", "is empty", "is not empty", "is true", "is not true", "is false", "now", "today", "$", ":",
	} {
		if !strings.Contains(string(page), op) {
			t.Errorf("no example of %s", op)
		}
	}
}

func pageRows(text string, users []pageUser) (string, error) {
	f, err := dsl.Parse(text)
	if err != nil {
		return "", err
	}
	var opts []dsl.CheckOption
	if strings.Contains(text, "$1") {
		opts = append(opts, dsl.Args(3))
	}
	for name, value := range map[string]any{"who": "ada", "ids": []int{1, 2}} {
		if strings.Contains(text, ":"+name) {
			opts = append(opts, dsl.Named(map[string]any{name: value}))
		}
	}
	checked, err := dsl.Check(f, modeltest.People(), append(opts, dsl.Now(time.Date(2026, 5, 17, 10, 30, 0, 0, time.UTC)))...)
	if err != nil {
		return "", err
	}
	predicate, err := dsl.Compile(checked.Root, modeltest.People())
	if err != nil {
		return "", err
	}
	var ids []string
	for _, u := range users {
		if predicate.Match(u.row) {
			ids = append(ids, strconv.FormatInt(u.id, 10))
		}
	}
	return strings.Join(ids, ", "), nil
}

// pageUsers reads the page's table of users.
func pageUsers(t *testing.T, page string) []pageUser {
	t.Helper()
	var users []pageUser
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		id, err := strconv.ParseInt(cells[0], 10, 64)
		if err != nil || len(cells) != 11 {
			continue
		}
		users = append(users, newPageUser(id, cells))
	}
	if len(users) != 5 {
		t.Fatalf("%d users", len(users))
	}
	return users
}

// pageUser is a row of the page's table.
type pageUser struct {
	id  int64
	row *modeltest.Record
}

// pagePermissions are those of the page's roles.
var pagePermissions = map[string][]any{"Pickers": {"warehouse", "warehouse/staff"}, "Auditors": {"reports"}, "Buyers": {}}

func newPageUser(id int64, cells []string) pageUser {
	fields := map[string]any{"id": id, "type": cells[1], "name": cells[2], "username": cells[4], "is_active": cells[5] == "true", "created_at": cells[6]}
	if cells[3] != "null" {
		fields["email"] = cells[3]
	}
	if _, err := time.Parse(time.RFC3339, cells[7]); err == nil {
		fields["last_login_at"] = cells[7]
	}
	var roles []modeltest.Object
	for i, name := range strings.Split(cells[8], ", ") {
		if name != "none" {
			roles = append(roles, modeltest.Object{"id": i + 1, "name": name, "permissions": pagePermissions[name]})
		}
	}
	fields["roles"] = roles
	if name := cells[9]; name != "null" && name != "absent" {
		fields["default_warehouse"] = modeltest.Object{"id": 1, "name": name}
	}
	switch tags := cells[10]; tags {
	case "null", "absent":
	case "[]":
		fields["tags"] = []any{}
	default:
		var list []any
		for tag := range strings.SplitSeq(tags, ", ") {
			if tag == "null" {
				list = append(list, nil)
				continue
			}
			list = append(list, tag)
		}
		fields["tags"] = list
	}
	return pageUser{id, modeltest.MustRecord(modeltest.People(), fields)}
}

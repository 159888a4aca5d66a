package dsl_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
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
		"contains", "matches", "on", "is null", "is not null", "is true", "is not true", "is false", "now", "today", "$", ":",
	} {
		if !strings.Contains(string(page), op) {
			t.Errorf("no example of %s", op)
		}
	}
}

func pageRows(text string, users []*model.User) (string, error) {
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
	checked, err := dsl.Check(f, model.UserSchema(), append(opts, dsl.Now(time.Date(2026, 5, 17, 10, 30, 0, 0, time.UTC)))...)
	if err != nil {
		return "", err
	}
	predicate, err := dsl.Compile(checked.Root, model.UserSchema())
	if err != nil {
		return "", err
	}
	var ids []string
	for _, u := range users {
		if predicate.Match(u) {
			ids = append(ids, strconv.FormatInt(u.ID, 10))
		}
	}
	return strings.Join(ids, ", "), nil
}

// pageUsers reads the page's table of users.
func pageUsers(t *testing.T, page string) []*model.User {
	t.Helper()
	var users []*model.User
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		id, err := strconv.ParseInt(cells[0], 10, 64)
		if err != nil || len(cells) != 10 {
			continue
		}
		users = append(users, pageUser(t, id, cells))
	}
	if len(users) != 5 {
		t.Fatalf("%d users", len(users))
	}
	return users
}

func pageUser(t *testing.T, id int64, cells []string) *model.User {
	t.Helper()
	u := &model.User{
		Kind: model.Kind(cells[1]), ID: id, Name: model.Some(cells[2]), Username: model.Some(cells[4]), IsActive: model.Some(cells[5] == "true"),
		Email: model.Some(cells[3]), LastLoginAt: model.NullOpt[time.Time](), DefaultWarehouse: model.NullOpt[model.Ref](),
	}
	if cells[3] == "null" {
		u.Email = model.NullOpt[string]()
	}
	created, err := time.Parse(time.RFC3339, cells[6])
	if err != nil {
		t.Fatal(err)
	}
	u.CreatedAt = model.Some(created)
	if login, err := time.Parse(time.RFC3339, cells[7]); err == nil {
		u.LastLoginAt = model.Some(login)
	}
	var objects []model.Object
	var roles []model.Ref
	for i, name := range strings.Split(cells[8], ", ") {
		if name == "none" {
			continue
		}
		role := &model.Role{Type: model.RefOrganizationUserRole, ID: int64(i + 1), Name: model.Some(name)}
		objects = append(objects, role)
		roles = append(roles, role.Ref())
	}
	u.Roles = model.Some(roles)
	switch name := cells[9]; name {
	case "null":
	case "absent":
		u.DefaultWarehouse = model.Opt[model.Ref]{}
	default:
		w := &model.Warehouse{ID: 1, Name: model.Some(name)}
		objects = append(objects, w)
		u.DefaultWarehouse = model.Some(w.Ref())
	}
	u.SetIncluded(model.NewIncluded(objects...))
	return u
}

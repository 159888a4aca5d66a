package shelftest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// gitHubIssues is https://docs.github.com/rest/issues/issues, List repository issues: a
// parameter for each condition, and pages by the header Link.
func gitHubIssues() API {
	return API{
		Name: "github/issues", Token: token, Set: map[string]string{"owner": "acme", "repo": "shop"}, Rows: 270, Filter: "parameters",
		New: func() http.Handler {
			rows := gitHubRows(270)
			return &endpoint{
				method: http.MethodGet, path: "/repos/acme/shop/issues", header: "Authorization", value: "Bearer " + token,
				params: []string{"milestone", "state", "assignee", "creator", "mentioned", "labels", "sort", "direction", "since", "per_page", "page"},
				fail: func(status int, text string) any {
					return object{"message": text, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)}
				},
				serve: func(r *request) (any, error) { return serveGitHub(r, rows) },
			}
		},
		Cases: []Case{
			{Filter: "state = 'open' and updated_at >= 2024-02-10", Pushed: "exact, exact"},
			{Filter: "state = 'OPEN'", Pushed: "residual"},
			{Filter: "updated_at > 2024-02-10T10:00:00Z", Pushed: "exact"}, // a second later
			{Filter: "user.login = 'ADA'", Pushed: "exact"},
			{Filter: "assignee.login = 'bo'", Pushed: "superset"},
			{Filter: "assignee.login = 'none'", Pushed: "residual"},
			{Filter: "assignee.login is null and milestone.number = 2", Pushed: "exact, exact"},
			{Filter: "milestone.number is not null", Pushed: "exact"},
			{Filter: "user.login in ('ada', 'bo')", Pushed: "apart"},
			{Filter: "pull_request.html_url is null", Pushed: "residual"},
			{Filter: "state != 'open'", Pushed: "residual"},
			{Filter: "label = 'BUG'", Pushed: "exact", Rows: 90},
			{Filter: "", Sort: "-comments", Sorted: "local"},
		},
	}
}

func gitHubRows(n int) []object {
	users := []string{"ada", "Bo", "carl-9", "none"}
	user := func(i int) any {
		if i%7 == 6 {
			return nil
		}
		return object{"login": users[i%len(users)], "id": i % len(users)}
	}
	rows := make([]object, n)
	for i, p := range people(n) {
		row := object{
			"number": i + 1, "id": 9000 + 3*i, "title": p.last, "state": []string{"open", "closed"}[i*i%3%2], "state_reason": nil, "user": user(i),
			"assignee": nil, "assignees": []object{}, "milestone": nil, "comments": i * 7 % 11, "locked": i%20 == 0, "author_association": "MEMBER",
			"created_at": instant(p.made.Truncate(time.Second), seconds), "updated_at": instant(p.changed.Truncate(time.Second), seconds), "closed_at": nil,
			"html_url": fmt.Sprintf("https://github.com/acme/shop/issues/%d", i+1), "body": text(p.title), "labels": []object{},
		}
		if first, ok := user(i + 1).(object); ok && i%3 > 0 {
			row["assignee"], row["assignees"] = first, []object{first, {"login": "Bo"}}
		}
		if i%4 > 0 {
			row["milestone"] = object{"number": i % 4, "title": fmt.Sprint("v", i%4)}
		}
		if i%3 == 0 {
			row["labels"] = []object{{"name": "bug"}, {"name": "p1"}}
		}
		if row["state"] == "closed" {
			row["closed_at"] = row["updated_at"]
		}
		if i%5 == 0 {
			row["pull_request"] = object{"html_url": fmt.Sprintf("https://github.com/acme/shop/pull/%d", i+1)}
		}
		rows[i] = row
	}
	return rows
}

func serveGitHub(r *request, rows []object) (any, error) {
	limit, err := r.number("per_page", 1, 100, 30)
	if err != nil {
		return nil, err
	}
	number, err := r.number("page", 1, 1_000_000, 1)
	if err != nil {
		return nil, err
	}
	switch state := r.q.Get("state"); state {
	case "", "open":
		rows = keep(rows, func(row object) bool { return row["state"] == "open" })
	case "closed":
		rows = keep(rows, func(row object) bool { return row["state"] == "closed" })
	case "all":
	default:
		return nil, refuse("there is no state %q", state)
	}
	if rows, err = gitHubSince(r, rows); err != nil {
		return nil, err
	}
	rows = keep(rows, func(row object) bool {
		return gitHubUser(r.q.Get("creator"), row["user"]) && gitHubAssigned(r.q.Get("assignee"), row) &&
			gitHubMilestone(r.q.Get("milestone"), row["milestone"]) && gitHubLabels(r.q.Get("labels"), row)
	})
	part, more := page(rows, (number-1)*limit, limit)
	if more {
		r.link("page", strconv.Itoa(number+1))
	}
	return part, nil
}

// gitHubSince keeps what was updated at an instant or after it.
func gitHubSince(r *request, rows []object) ([]object, error) {
	if !r.q.Has("since") {
		return rows, nil
	}
	since, err := time.Parse(time.RFC3339, r.q.Get("since"))
	if err != nil {
		return nil, refuse("since: %v", err)
	}
	updated := column{name: "updated_at", kind: model.TypeDateTime}
	return keep(rows, func(row object) bool { return !updated.value(row).Time().Before(since) }), nil
}

func gitHubUser(name string, user any) bool {
	u, ok := user.(object)
	return name == "" || ok && strings.EqualFold(fmt.Sprint(u["login"]), name)
}

func gitHubAssigned(name string, row object) bool {
	all, _ := row["assignees"].([]object)
	switch name {
	case "none":
		return len(all) == 0
	case "", "*":
		return name == "" || len(all) > 0
	}
	return slices.ContainsFunc(all, func(u object) bool { return gitHubUser(name, u) })
}

func gitHubMilestone(number string, milestone any) bool {
	m, ok := milestone.(object)
	switch number {
	case "none":
		return !ok
	case "", "*":
		return number == "" || ok
	}
	return ok && fmt.Sprint(m["number"]) == number
}

func gitHubLabels(names string, row object) bool {
	labels, _ := row["labels"].([]object)
	for name := range strings.SplitSeq(names, ",") {
		if name != "" && !slices.ContainsFunc(labels, func(l object) bool { return strings.EqualFold(fmt.Sprint(l["name"]), name) }) {
			return false
		}
	}
	return true
}

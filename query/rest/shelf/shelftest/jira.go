package shelftest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// jira is https://developer.atlassian.com/cloud/jira/platform/rest/v3, Search for issues
// using JQL enhanced search. A query without a condition is refused, an issue has the
// fields that were asked for, and names are found in any case.
func jira() API {
	cols := columns{
		{name: "id", kind: model.TypeInt},
		{name: "key", kind: model.TypeString},
		{name: "project", kind: model.TypeString, path: "fields.project.key"},
		{name: "issuetype", kind: model.TypeString, path: "fields.issuetype.name"},
		{name: "status", kind: model.TypeString, path: "fields.status.name"},
		{name: "priority", kind: model.TypeString, path: "fields.priority.name"},
		{name: "resolution", kind: model.TypeString, path: "fields.resolution.name"},
		{name: "assignee", kind: model.TypeString, path: "fields.assignee.accountId"},
		{name: "reporter", kind: model.TypeString, path: "fields.reporter.accountId"},
		{name: "created", kind: model.TypeDateTime, path: "fields.created", layout: sfInstant},
		{name: "updated", kind: model.TypeDateTime, path: "fields.updated", layout: sfInstant},
		{name: "resolutiondate", kind: model.TypeDateTime, path: "fields.resolutiondate", layout: sfInstant},
		{name: "duedate", kind: model.TypeDateTime, path: "fields.duedate", layout: time.DateOnly},
	}
	secret := base64.StdEncoding.EncodeToString([]byte("me@example.com:" + token))
	return API{
		Name: "jira/issues", Token: "me@example.com:" + token, Rows: 330, Filter: "`jql`: JQL",
		New: func() http.Handler {
			rows, lang := jiraIssues(330), cols.language("jql", expressiontest.Options{Fold: expressiontest.SimpleFold})
			return &endpoint{
				method: http.MethodGet, path: "/rest/api/3/search/jql", header: "Authorization", value: "Basic " + secret,
				params: []string{"jql", "nextPageToken", "maxResults", "fields", "expand"},
				fail:   func(_ int, text string) any { return object{"errorMessages": []any{text}, "warningMessages": []any{}} },
				serve:  func(r *request) (any, error) { return serveJira(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "fields.status.name = 'Done'", Pushed: "superset"},
			{Filter: "fields.status.name in ('Done', 'In Progress') and fields.project.key = 'WEB'", Pushed: "superset, superset"},
			{Filter: "fields.status.name != 'Done'", Pushed: "residual"},
			{Filter: "fields.priority.name is null or fields.priority.name = 'High'", Pushed: "superset"},
			{Filter: "fields.assignee.accountId = '5b10a2844c20165700ede21g' and fields.resolution.name is null", Pushed: "exact, exact"},
			{Filter: "fields.assignee.accountId != '5b10a2844c20165700ede21g'", Pushed: "exact"},
			{Filter: "fields.assignee.displayName is not null", Pushed: "exact"},
			{Filter: "fields.created >= 2024-02-10T05:30 and fields.updated < 2024-03-01T00:00:30", Pushed: "superset, superset"},
			{Filter: "fields.duedate > 2024-02-15", Pushed: "exact"},
			{Filter: "key = 'WEB-7' or id = 10012", Pushed: "superset"},
			{Filter: "fields.summary contains 'and'", Pushed: "residual"},
			{Filter: "", Sort: "-fields.created", Sorted: "local"},
		},
	}
}

func jiraIssues(n int) []object {
	rows := make([]object, n)
	statuses := []object{
		{"name": "To Do", "statusCategory": object{"key": "new"}},
		{"name": "In Progress", "statusCategory": object{"key": "indeterminate"}},
		{"name": "Done", "statusCategory": object{"key": "done"}},
	}
	user := func(id, name string) any { return object{"accountId": id, "displayName": name, "active": true} }
	for i, p := range people(n) {
		project := []string{"WEB", "APP"}[i%2]
		fields := object{
			"summary": p.first + " " + p.last, "project": object{"id": "10000", "key": project}, "issuetype": object{"name": []string{"Bug", "Story", "bug"}[i%3]},
			"status": statuses[i*i%3], "priority": object{"name": []string{"High", "Medium", "high"}[i%3]}, "resolution": nil,
			"assignee": nil, "reporter": user("557058:f58131cb-b67d-43c7-b30d-6b58d40bd077", "Bo"), "labels": []any{"x"},
			"created": p.made.Format(sfInstant), "updated": p.changed.Format(sfInstant), "resolutiondate": instant(p.seen, sfInstant), "duedate": instant(p.seen, time.DateOnly),
		}
		if i%4 == 0 {
			fields["priority"] = nil
		}
		if i%5 > 1 {
			fields["assignee"] = user([]string{"5b10a2844c20165700ede21g", "5b109f2e9729b51b54dc274d"}[i%2], p.first)
		}
		if fields["resolutiondate"] != nil {
			fields["resolution"] = object{"name": "Fixed"}
		}
		rows[i] = object{"id": strconv.Itoa(10000 + 3*i), "key": fmt.Sprint(project, "-", i), "self": "https://example.atlassian.net/rest/api/3/issue/x", "expand": "names", "fields": fields}
	}
	return rows
}

func serveJira(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	limit, err := r.number("maxResults", 1, 5000, 50)
	if err != nil {
		return nil, err
	}
	if r.q.Get("jql") == "" {
		return nil, refuse("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
	}
	if rows, err = cols.matching(rows, lang, r.q.Get("jql")); err != nil {
		return nil, err
	}
	skip := 0
	if token := r.q.Get("nextPageToken"); token != "" {
		if skip, err = strconv.Atoi(strings.TrimPrefix(token, "page")); err != nil {
			return nil, refuse("the token is not valid")
		}
	}
	limit = min(limit, 80) // rows with many fields
	part, more := page(rows, skip, limit)
	out := make([]object, len(part))
	for i, row := range part {
		out[i] = object{"id": row["id"]}
		if r.q.Has("fields") {
			out[i] = object{"id": row["id"], "key": row["key"], "self": row["self"], "expand": row["expand"]}
			out[i]["fields"] = chosen([]object{row["fields"].(object)}, r.q.Get("fields"))[0] //nolint:forcetypeassert // this package wrote it
		}
	}
	body := object{"issues": out, "isLast": !more}
	if more {
		body["nextPageToken"] = fmt.Sprint("page", skip+limit)
	}
	return body, nil
}

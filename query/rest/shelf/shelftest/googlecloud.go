package shelftest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// googleCloud is the method executions.list of https://cloud.google.com/workflows/docs, with
// the filters of AIP-160 and the orders of AIP-132. What is not set is left out, the list of
// rows too, and a page token wants the parameters of the page before.
func googleCloud() API {
	cols := columns{
		{name: "executionId", kind: model.TypeString, path: "name"},
		{name: "state", kind: model.TypeString},
		{name: "createTime", kind: model.TypeDateTime},
		{name: "startTime", kind: model.TypeDateTime},
		{name: "endTime", kind: model.TypeDateTime},
		{name: "workflowRevisionId", kind: model.TypeString},
	}
	const path = "/projects/shop/locations/europe-west1/workflows/import/executions"
	return API{
		Name: "google-cloud/executions", Token: token, Rows: 330, Filter: "`filter`: AIP-160",
		Set: map[string]string{"project": "shop", "location": "europe-west1", "workflow": "import"},
		New: func() http.Handler {
			rows, lang := executions(330), cols.language("aip160", expressiontest.Options{})
			return &endpoint{
				method: http.MethodGet, path: path, header: "Authorization", value: "Bearer " + token,
				params: []string{"filter", "orderBy", "pageSize", "pageToken", "view"},
				fail: func(status int, text string) any {
					return object{"error": object{"code": status, "message": text, "status": "INVALID_ARGUMENT"}}
				},
				serve: func(r *request) (any, error) { return serveExecutions(r, rows, cols, lang) },
			}
		},
		Cases: []Case{
			{Filter: "state = 'FAILED'", Pushed: "exact"},
			{Filter: "state in ('FAILED', 'CANCELLED') and createTime > 2024-02-10T05:00:00.5", Pushed: "exact, exact"},
			{Filter: "state != 'SUCCEEDED' or endTime is null", Pushed: "exact"},
			{Filter: "not (startTime > 2024-02-10)", Pushed: "exact"},
			{Filter: "endTime is not null", Pushed: "exact"},
			{Filter: "state = 'a*b'", Pushed: "residual"},
			{Filter: "state starts with 'F'", Pushed: "residual"},
			{Filter: "state = 'NONE'", Pushed: "exact"},
			{Filter: "state = 'FAILED'", Sort: "-createTime", Pushed: "exact", Sorted: "server"},
			{Filter: "", Sort: "endTime", Sorted: "local"},
		},
	}
}

func executions(n int) []object {
	rows := make([]object, n)
	for i, p := range people(n) {
		row := object{
			"name":       fmt.Sprintf("projects/shop/locations/europe-west1/workflows/import/executions/%08x-0000", uint32(i)*2654435761),
			"createTime": p.made.Format(time.RFC3339Nano), "state": []string{"SUCCEEDED", "FAILED", "SUCCEEDED", "CANCELLED"}[i%4], "workflowRevisionId": "000001-27f",
		}
		switch {
		case i%9 == 0:
			row["state"] = "QUEUED"
		case i%7 == 0:
			row["state"], row["startTime"] = "ACTIVE", p.made.Format(time.RFC3339Nano)
		default:
			row["startTime"], row["endTime"], row["duration"] = p.made.Format(time.RFC3339Nano), p.changed.Format(time.RFC3339Nano), "3.5s"
		}
		rows[i] = row
	}
	return rows
}

func serveExecutions(r *request, rows []object, cols columns, lang *expressiontest.Evaluator) (any, error) {
	size, err := r.number("pageSize", 1, 1000, 100)
	if err != nil {
		return nil, err
	}
	if filter := r.q.Get("filter"); filter != "" {
		if rows, err = cols.matching(rows, lang, filter); err != nil {
			return nil, err
		}
	}
	keys := []order{{column: cols[2], descending: true}}
	if by := r.q.Get("orderBy"); by != "" {
		keys = nil
		for key := range strings.SplitSeq(by, ",") {
			name, descending := strings.CutSuffix(key, " desc")
			col, err := cols.find(name)
			if err != nil {
				return nil, err
			}
			keys = append(keys, order{column: col, descending: descending})
		}
	}
	rows = sorted(rows, keys...)
	parameters := strconv.Quote(r.q.Get("filter") + r.q.Get("orderBy"))
	skip := 0
	if token := r.q.Get("pageToken"); token != "" {
		at, of, _ := strings.Cut(token, " ")
		if skip, err = strconv.Atoi(at); err != nil || of != parameters {
			return nil, refuse("The page token is not of this request")
		}
	}
	part, more := page(rows, skip, min(size, 150)) // fewer than were asked for
	body := object{}
	if len(part) > 0 {
		body["executions"] = part
	}
	if more {
		body["nextPageToken"] = fmt.Sprint(skip+len(part), " ", parameters)
	}
	return body, nil
}

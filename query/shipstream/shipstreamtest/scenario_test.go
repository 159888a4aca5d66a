package shipstreamtest_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

func scenario(t *testing.T, text string) *shipstreamtest.Scenario {
	t.Helper()
	s, err := shipstreamtest.ParseScenario(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// statuses sends n requests, one each gap, and returns what they are answered.
func statuses(t *testing.T, c caller, n int, gap time.Duration) []int {
	t.Helper()
	var out []int
	for range n {
		status, _, _ := fetch(t, c, list("any"))
		out = append(out, status)
		<-time.After(gap)
	}
	return out
}

func TestScenarioByRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := start(t, shipstreamtest.Options{Users: 3, Scenario: scenario(t, `{"steps": [
			{"requests": "2", "fault": "throttle", "retry_after": "7", "headers": {"X-Pot": "tea"}},
			{"requests": "2-4", "fault": "conflict"},
			{"requests": "6-", "every": 3, "fault": "status", "status": 418},
			{"requests": "8", "delay": "3s"}
		]}`)})
		want := []int{200, 429, 409, 409, 200, 418, 200, 200, 418, 200, 200, 418}
		for range 2 { // it starts anew with the journal
			began := time.Now()
			if got := statuses(t, tr, len(want), 0); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if took := time.Since(began); took != 3*time.Second {
				t.Errorf("took %v", took)
			}
			tr.ResetJournal()
		}
		fetch(t, tr, list("any"))
		if _, h, _ := fetch(t, tr, list("any")); h.Get("Retry-After") != "7" || h.Get("X-Pot") != "tea" {
			t.Errorf("headers %v", h)
		}
	})
}

// The clock of a scenario starts with the first request.
func TestScenarioByTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tr := start(t, shipstreamtest.Options{Users: 3, Scenario: scenario(t, `{"steps": [
			{"from": "2s", "until": "4s", "fault": "unavailable"}, {"from": "6s", "fault": "bad gateway"}
		]}`)})
		<-time.After(time.Hour)
		want := []int{200, 200, 503, 503, 200, 200, 502, 502}
		if got := statuses(t, tr, len(want), time.Second); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestScenarioProbability(t *testing.T) {
	t.Parallel()
	const n = 2000
	run := func(seed uint64) []int {
		tr := start(t, shipstreamtest.Options{Seed: seed, Scenario: scenario(t, `{"steps": [
			{"probability": 0.2, "fault": "conflict"}, {"probability": 0.2, "fault": "unavailable"}
		]}`)})
		return statuses(t, tr, n, 0)
	}
	first := run(1)
	counts := map[int]int{}
	for _, status := range first {
		counts[status]++
	}
	if counts[409] < n/6 || counts[409] > n/4 || counts[503] < n/8 || counts[503] > n/5 {
		t.Errorf("got %v", counts)
	}
	if !slices.Equal(first, run(1)) || slices.Equal(first, run(2)) {
		t.Error("the seed does not decide")
	}
}

// Changes happen once, before the request that calls for them is answered, even
// if another step's fault befalls it.
func TestScenarioChangesUsers(t *testing.T) {
	t.Parallel()
	tr := start(t, shipstreamtest.Options{Users: 5, Deleted: -1, Scenario: scenario(t, `{"steps": [
		{"requests": "2", "fault": "conflict"},
		{"requests": "2-", "delete": [1], "remove": [2], "insert": [
			{"id": 9, "type": "ClientUser", "name": "New", "email": "n@example.com", "username": "n", "is_active": true,
			 "created_at": "2024-02-03", "last_login_at": "2024-02-03", "roles": [1], "merchant": 4}
		]},
		{"requests": "4", "insert": [{"id": 1, "name": "Back"}]}
	]}`)})
	var got [][]int64
	for range 4 {
		status, _, body := fetch(t, tr, list("any", "sort", "id"))
		if status != 200 {
			got = append(got, nil)
			continue
		}
		var p page
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatal(err)
		}
		got = append(got, p.ids())
	}
	want := [][]int64{{1, 2, 3, 4, 5}, nil, {3, 4, 5, 9}, {1, 3, 4, 5, 9}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
	day := time.Date(2024, 2, 3, 0, 0, 0, 0, time.UTC)
	u, ok := tr.User(9)
	if !ok || u.Kind != shipstreamtest.ClientUser || u.Merchant != 4 || !u.CreatedAt.Equal(day) || !u.LastLoginAt.Equal(day) || !u.Active {
		t.Errorf("got %+v", u)
	}
}

func TestScenarioErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"", "scenario: EOF"},
		{"{\n\"steps\": [\n{]}", "scenario: line 3: invalid character ']' looking for beginning of object key string"},
		{`{"steps": []} x`, "scenario: there is more after the end of the object"},
		{`{"step": []}`, `scenario: json: unknown field "step"`},
		{`{"steps": [{"fault": "reset"}, {"faults": "reset"}]}`, `scenario: step 2: json: unknown field "faults"`},
		{`{"steps": [{"requests": "1"}]}`, "scenario: step 1: it says none of fault, delay, insert, delete and remove"},
		{`{"steps": [{"requests": "0", "fault": "reset"}]}`, `scenario: step 1: requests: "0" is none of N, N-M and N- with 1 ≤ N ≤ M`},
		{`{"steps": [{"requests": "5-4", "fault": "reset"}]}`, `scenario: step 1: requests: "5-4" is none of N, N-M and N- with 1 ≤ N ≤ M`},
		{`{"steps": [{"every": 0, "fault": "reset"}]}`, "scenario: step 1: every: 0 is less than 1"},
		{`{"steps": [{"probability": 2, "fault": "reset"}]}`, "scenario: step 1: probability: 2 is not in 0..1"},
		{`{"steps": [{"from": "5", "fault": "reset"}]}`, `scenario: step 1: from: "5" is no time such as 750ms, 5s or 1m30s`},
		{`{"steps": [{"from": "5s", "until": "5s", "fault": "reset"}]}`, "scenario: step 1: until: not after from"},
		{`{"steps": [{"delay": "-1s"}]}`, `scenario: step 1: delay: "-1s" is no time such as 750ms, 5s or 1m30s`},
		{
			`{"steps": [{"fault": "rest"}]}`,
			`scenario: step 1: fault: unknown "rest" (throttle, conflict, bad gateway, unavailable, reset, cut body, malformed, expired, hang, status)`,
		},
		{`{"steps": [{"fault": "status"}]}`, "scenario: step 1: status: 0 is no HTTP status"},
		{`{"steps": [{"status": 500}]}`, `scenario: step 1: status goes with fault "status", and retry_after with a fault`},
		{`{"steps": [{"retry_after": "5"}]}`, `scenario: step 1: status goes with fault "status", and retry_after with a fault`},
		{`{"steps": [{"insert": [{"id": 0}]}]}`, "scenario: step 1: insert: user 0: an id is at least 1"},
		{
			`{"steps": [{"insert": [{"id": 7, "created_at": "now"}]}]}`,
			`scenario: step 1: insert: user 7: "now" is no date-time such as 2017-07-21T17:32:28Z`,
		},
	} {
		if _, err := shipstreamtest.ParseScenario(strings.NewReader(test.text)); err == nil || err.Error() != test.want {
			t.Errorf("%s\n got %v\nwant %s", test.text, err, test.want)
		}
	}
}

// A recorder writes a line for each answer, and stops at the first error.
func TestRecorder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		recorder := shipstreamtest.NewRecorder(&text)
		tr := start(t, shipstreamtest.Options{
			Users: 3, Deleted: -1, Latency: 1500 * time.Microsecond, OnResponse: recorder.Record,
			Script: []shipstreamtest.Fault{{}, {Kind: shipstreamtest.FaultBadGateway}},
		})
		for range 2 {
			fetch(t, tr, list("any", "limit", "2", "filter", "id{lt:9}"))
		}
		const want = `{"n":1,"time":"2000-01-01T00:00:00Z","ms":1.5,"method":"GET","path":"/api/global/v1/system/users/any",` +
			`"query":"filter=id%7Blt%3A9%7D&limit=2","status":200,"rows":2,"bytes":BYTES}
{"n":2,"time":"2000-01-01T00:00:00.0015Z","ms":1.5,"method":"GET","path":"/api/global/v1/system/users/any",` +
			`"query":"filter=id%7Blt%3A9%7D&limit=2","status":502,"rows":0,"bytes":85,"fault":"bad gateway"}
`
		size, _ := json.Marshal(tr.Requests()[0].Bytes)
		if got := text.String(); got != strings.Replace(want, "BYTES", string(size), 1) || recorder.Err() != nil {
			t.Errorf("got %s%v", got, recorder.Err())
		}
	})
	recorder := shipstreamtest.NewRecorder(failing{})
	recorder.Record(shipstreamtest.RequestLog{})
	if recorder.Err() == nil {
		t.Error("an error is lost")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }

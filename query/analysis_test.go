package query_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestAnalysis: both forms of an analysis report for each scan and for the run what the
// server saw.
func TestAnalysis(t *testing.T) {
	server, src := source(t, shipstreamtest.Options{
		Users: 900, Deleted: 300,
		Script: []shipstreamtest.Fault{{Kind: shipstreamtest.FaultBadGateway}, {}, {Kind: shipstreamtest.FaultBadGateway}},
	}, shipstream.Capabilities{})
	rows, err := query.Run(t.Context(), src, "name contains 'a'", query.PageSize(50), query.WithDeleted(query.DeletedInclude))
	if err != nil {
		t.Fatal(err)
	}
	answer := 0
	for _, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		answer++
	}
	analysis := rows.Analyze()
	var text, program strings.Builder
	if err := errors.Join(analysis.Explain(&text), analysis.ExplainJSON(&program)); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Actual actualForPrograms `json:"actual"`
	}
	if err := json.Unmarshal([]byte(program.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := seenBy(server, analysis.Plan.Scans)
	want.Rows = answer
	if got.Actual.Seconds <= 0 {
		t.Errorf("it took %v seconds", got.Actual.Seconds)
	}
	want.Seconds = got.Actual.Seconds
	if diff := gocmp.Diff(want, got.Actual); diff != "" || len(want.Scans) != 2 || want.Retries != 2 {
		t.Errorf("-the server saw +the JSON says:\n%s\nof %v", diff, want)
	}
	lines := []string{fmt.Sprintf("%d requests for %d rows (%d in the answer)", want.Requests, want.Fetched, answer)}
	for _, s := range want.Scans {
		lines = append(lines, fmt.Sprintf("%d requests for %d rows; retries: %d", s.Requests, s.Fetched, s.Retries))
	}
	for _, line := range lines {
		if !strings.Contains(text.String(), line) {
			t.Errorf("no %q in\n%s", line, text.String())
		}
	}
}

type actualForPrograms struct {
	Rows     int          `json:"rows"`
	Fetched  int          `json:"fetched"`
	Requests int          `json:"requests"`
	Retries  int          `json:"retries"`
	Seconds  float64      `json:"elapsed_seconds"`
	Scans    []actualScan `json:"scans"`
}

type actualScan struct {
	Fetched  int `json:"fetched"`
	Requests int `json:"requests"`
	Retries  int `json:"retries"`
}

// seenBy counts the server's requests for each of the scans.
func seenBy(server *shipstreamtest.Server, scans []plan.Scan) (a actualForPrograms) {
	for _, scan := range scans {
		var of actualScan
		for _, r := range server.Requests() {
			asked, err := url.ParseQuery(r.Query)
			switch {
			case err != nil || asked.Get("deleted") != scan.Query.Get("deleted"):
			case r.Status == http.StatusOK:
				of.Requests++
				of.Fetched += r.Rows
			default:
				of.Retries++
			}
		}
		a.Scans = append(a.Scans, of)
		a.Fetched += of.Fetched
		a.Requests += of.Requests
		a.Retries += of.Retries
	}
	return a
}

//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestUnknownFields: rows that are passed on keep what the model does not know,
// byte by byte, through a kill, an interruption and what follows them.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	o := shipstreamtest.Options{Rate: -1, Concurrency: -1, Latency: 10 * time.Millisecond}
	for id := range int64(3000) {
		o.Rows = append(o.Rows, shipstreamtest.User{
			ID: 2*id + 1, Name: fmt.Sprintf("n%d", id), CreatedAt: time.Unix(id, 0),
			Extra: fmt.Sprintf(`"shift":{"hours":[%d,1.50,null],"note":"a\/b \u00e9"},"big":123456789012345678901234567890`, id),
		})
	}
	emulator, bin := shipstreamtest.NewServer(o), muster(t)
	t.Cleanup(emulator.Close)
	want := sent(t, emulator)
	for _, e := range []exporting{{output: "users.ndjson"}, {output: "users.json.zst"}, {output: "split", flags: []string{"--format", "ndjson", "--split-rows", "700"}}} {
		t.Run(e.output, func(t *testing.T) {
			run := &exportRunner{exporting: e, t: t, bin: bin, served: serve(t, emulator, "/api/global"), want: want}
			for k := new(killed); k.kills == 0; { // it may be done before it is killed
				folder := t.TempDir()
				run.interrupted(folder, os.Interrupt)
				run.untilDone(folder, 1, k)
			}
		})
	}
}

// sent is the emulator's rows as it sends them.
func sent(t *testing.T, emulator *shipstreamtest.Server) (rows []string) {
	t.Helper()
	for _, query := range []string{"sort=id&limit=1000", "sort=id&limit=1000&cursor_start=2001", "sort=id&limit=1000&cursor_start=4001"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, emulator.URL+"/v1/system/users/any?"+query, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+shipstreamtest.DefaultToken)
		answer, err := emulator.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close() // it has been read
		var page struct {
			Collection []json.RawMessage `json:"collection"`
		}
		if err != nil || json.Unmarshal(body, &page) != nil {
			t.Fatalf("%v: %s", err, body)
		}
		for _, row := range page.Collection {
			rows = append(rows, string(row))
		}
	}
	if len(rows) != 3000 {
		t.Fatalf("%d rows", len(rows))
	}
	return rows
}

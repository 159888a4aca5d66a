package rest_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/sink"
)

// TestOverlapOfExport: a row that moved to a later page is in a file once, although the
// export was interrupted between the two: it reads the keys back from the file.
func TestOverlapOfExport(t *testing.T) {
	for _, style := range []rest.Style{rest.Token, rest.Offset} {
		src, _ := served(t, things(style, nil), func(q url.Values) (int, any) {
			at, _ := strconv.Atoi(q.Get(map[rest.Style]string{rest.Token: "token", rest.Offset: "skip"}[style]))
			rows := from(1+at, max(0, min(10, 95-at)))
			if at == 80 {
				rows[0] = thing(3) // in place of 81, by then further on
			}
			if at == 90 {
				rows = append(rows, thing(81))
			}
			p := map[string]any{"items": rows}
			if at < 90 {
				p["next"] = strconv.Itoa(at + 10)
			}
			return 200, p
		})
		file := filepath.Join(t.TempDir(), "things.ndjson")
		export := func(opts ...query.Option) (query.ExportStats, error) {
			encode := func(dst []byte, r *model.DynamicRow) ([]byte, error) { return r.AppendJSON(dst), nil }
			to := sink.NewFile(file, sink.Text(sink.NDJSON("", encode), nil), sink.FileOptions{Mode: sink.ModeResume})
			defer to.Close() //nolint:errcheck // the export has committed
			return query.Export(t.Context(), src, "", to, opts...)
		}
		stats, err := export(query.MaxRequests(6))
		if !errors.Is(err, query.ErrLimit) || !stats.Resumable || stats.Committed != 60 {
			t.Fatalf("%s: %+v, %v", style, stats, err)
		}
		stats, err = export()
		if err != nil || stats.Committed != 95 || stats.Run.Repeated != 1 || stats.MayRepeat {
			t.Errorf("%s: %+v, %v", style, stats, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for id := 1; id <= 95; id++ {
			if n := strings.Count(string(text), fmt.Sprintf(`"n%d"`, id)); n != 1 {
				t.Errorf("%s: row %d is there %d times", style, id, n)
			}
		}
	}
}

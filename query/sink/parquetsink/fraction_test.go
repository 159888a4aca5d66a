package parquetsink_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/parquetsink"
)

// TestFractions: a timestamp keeps its fraction in the unit of its column, and what the unit
// cannot hold is an error that names the column.
func TestFractions(t *testing.T) {
	schema, err := model.NewSchema("visits",
		model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "at", Type: model.TypeDateTime},
		model.Field{Name: "exact", Type: model.TypeDateTime, Format: model.FormatRFC3339Nano})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 1, 31, 12, 0, 0, 250_000_000, time.UTC)
	for name, test := range map[string]struct {
		at, exact time.Time
		want      string // of the error
	}{
		"held":    {at, at.Add(1), ""},
		"before":  {time.Unix(-1, 999_000_000), time.Unix(-1, 1), ""},
		"ages":    {time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1678, 1, 1, 0, 0, 0, 7, time.UTC), ""},
		"finer":   {at.Add(1), at, "at holds milliseconds in Parquet, and 2024-01-31T12:00:00.250000001Z has more digits"},
		"too old": {at, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), "exact holds nanoseconds in Parquet, from the year 1677 to 2262"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "visits.parquet")
			fields := []*model.Field{schema.Field(0), schema.Field(1), schema.Field(2)}
			encoding, err := parquetsink.New(schema, fields, func(r *model.Record) model.Record { return *r })
			if err != nil {
				t.Fatal(err)
			}
			var row model.Record = modeltest.MustRecord(schema, map[string]any{"id": 1, "at": test.at, "exact": test.exact})
			body, err := encoding.Open(sink.OS{}, path, sink.Position{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = body.Close() }()
			err = body.Write(t.Context(), []model.Record{row})
			if test.want != "" {
				if !errors.Is(err, sink.ErrLayout) || !strings.HasPrefix(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
				return
			}
			if err == nil {
				_, err = body.Sync()
			}
			if err != nil {
				t.Fatal(err)
			}
			file, err := os.ReadFile(path + ".00000001")
			if err != nil {
				t.Fatal(err)
			}
			type visit struct {
				At    int64 `parquet:"at,optional"`
				Exact int64 `parquet:"exact,optional"`
			}
			rows, err := parquet.Read[visit](bytes.NewReader(file), int64(len(file)))
			if err != nil || len(rows) != 1 || rows[0].At != test.at.UnixMilli() || rows[0].Exact != test.exact.UnixNano() {
				t.Errorf("got %+v, %v", rows, err)
			}
		})
	}
}

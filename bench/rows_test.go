package bench

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// accountLine is an account as a line of NDJSON.
const accountLine = `{"id":3,"name":"Ana Adler","email":"nobody@example.com","username":"ana","is_active":true,"logins":40,` +
	`"created_at":"2024-05-01T12:00:00Z","last_login_at":"2026-03-01T08:00:00Z","country":"DE","rank":7,"is_staff":false,"notes":"",` +
	`"address":{"street":"Main Street 1","city":"Oslo","geo":[59.91,10.75]},"tags":["a","b","c"]}`

// accountJSON is an account as encoding/json decodes it: the fields that the query reads.
type accountJSON struct {
	ID        int64     `json:"id"`
	Email     string    `json:"email"`
	IsActive  bool      `json:"is_active"`
	CreatedAt time.Time `json:"created_at"`
}

// matches is the query of the comparison in Go.
func (a *accountJSON) matches() bool {
	return a.IsActive && a.CreatedAt.After(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)) &&
		(a.Email == "a@b.c" || a.ID == 1 || a.ID == 2 || a.ID == 3)
}

func accountSchema(tb testing.TB) *model.Schema {
	tb.Helper()
	accounts, err := dsl.For[account]()
	if err != nil {
		tb.Fatal(err)
	}
	return accounts.Schema()
}

// jsonWays are the ways to answer the query of a line.
func jsonWays(tb testing.TB) map[string]func(line []byte) (bool, error) {
	tb.Helper()
	texts, err := dsl.JSON(accountSchema(tb)).Compile(anchor)
	if err != nil {
		tb.Fatal(err)
	}
	maps, err := dsl.Map(accountSchema(tb)).Compile(anchor)
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]func(line []byte) (bool, error){
		"muster": texts.Match,
		"encoding-json": func(line []byte) (bool, error) {
			var a accountJSON
			err := json.Unmarshal(line, &a)
			return a.matches(), err
		},
		"encoding-json-map": func(line []byte) (bool, error) {
			var row map[string]any
			if err := json.Unmarshal(line, &row); err != nil {
				return false, err
			}
			return maps.Match(row)
		},
	}
}

// BenchmarkJSONRow answers the query of a line of JSON: without decoding it whole, with
// encoding/json and Go, and with encoding/json and a filter over the map.
func BenchmarkJSONRow(b *testing.B) {
	for name, match := range jsonWays(b) {
		b.Run(name, func(b *testing.B) {
			line := []byte(accountLine)
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				if matched, err := match(line); !matched || err != nil {
					b.Fatal(matched, err)
				}
			}
		})
	}
}

// jsonBar is how many times as fast as encoding/json with a predicate in Go a filter over a
// line is.
const jsonBar = 4

// TestJSONRowSpeed holds filters over lines to their bar under -speed, by each way's best of
// many turns taken in rotation, and to their allocations always.
func TestJSONRowSpeed(t *testing.T) {
	turns, size := 1, 1
	if *full {
		turns, size = 200, 1000
	}
	ways, line := jsonWays(t), []byte(accountLine)
	best := make(map[string]time.Duration)
	for range turns {
		for name, match := range ways {
			start := time.Now()
			for range size {
				if matched, err := match(line); !matched || err != nil {
					t.Fatal(name, matched, err)
				}
			}
			best[name] = shorter(best[name], time.Since(start))
		}
	}
	for name, took := range best {
		t.Logf("%s: %.1f times, %d ns", name, float64(took)/float64(best["muster"]), took.Nanoseconds()/int64(size))
	}
	if ratio := float64(best["encoding-json"]) / float64(best["muster"]); *full && ratio < jsonBar {
		t.Errorf("%.1f times as fast as encoding/json, below %d", ratio, jsonBar)
	}
}

// TestRowAllocations: a row that fits its schema takes no memory, but for texts, which take
// a part of a block that rows share.
func TestRowAllocations(t *testing.T) {
	unraced(t)
	maps, err := dsl.Map(accountSchema(t)).Compile(anchor)
	if err != nil {
		t.Fatal(err)
	}
	var row map[string]any
	if err := json.Unmarshal([]byte(accountLine), &row); err != nil {
		t.Fatal(err)
	}
	row["created_at"] = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	line, texts := []byte(accountLine), jsonWays(t)["muster"]
	for name, match := range map[string]func() (bool, error){
		"json": func() (bool, error) { return texts(line) },
		"map":  func() (bool, error) { return maps.Match(row) },
	} {
		got := testing.AllocsPerRun(1000, func() {
			if matched, err := match(); !matched || err != nil {
				t.Fatal(name, matched, err)
			}
		})
		if got > 0 {
			t.Errorf("%s: a row allocates %v times", name, got)
		}
	}
}

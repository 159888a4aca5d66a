package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// decoders decode a page each in one way. They return how many rows it has.
func decoders(tb testing.TB) []decodeWay {
	tb.Helper()
	dynamic, err := model.NewDynamicDecoder(shipstream.UserSchema(), model.DefaultLayout())
	if err != nil {
		tb.Fatal(err)
	}
	return []decodeWay{
		{"encoding-json", func(body []byte) (int, error) {
			var page plainPage
			err := json.Unmarshal(body, &page)
			return len(page.Collection), err
		}},
		{"typed", func(body []byte) (int, error) {
			page, err := shipstream.DecodeUsers(body)
			if err != nil {
				return 0, err
			}
			return len(page.Rows), nil
		}},
		{"dynamic", func(body []byte) (int, error) {
			page, err := dynamic.Decode(body)
			if err != nil {
				return 0, err
			}
			return len(page.Rows), nil
		}},
		{"raw", func(body []byte) (int, error) {
			page, err := shipstream.DecodeRaw(body)
			if err != nil {
				return 0, err
			}
			return len(page.Rows), nil
		}},
	}
}

type decodeWay struct {
	name   string
	decode func(body []byte) (rows int, err error)
}

// run decodes body n times.
func (w decodeWay) run(tb testing.TB, body []byte, n int) {
	tb.Helper()
	for range n {
		if rows, err := w.decode(body); err != nil || rows != pageRows {
			tb.Fatalf("%s: %d rows, %v", w.name, rows, err)
		}
	}
}

const pageRows = 1000

// BenchmarkDecode decodes a page of 1000 users as a listing with roles and
// timestamps returns it.
func BenchmarkDecode(b *testing.B) {
	body := userPage(pageRows)
	for _, w := range decoders(b) {
		b.Run(w.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				w.run(b, body, 1)
			}
		})
	}
}

// decodeBar is what a decoder is held to.
type decodeBar struct {
	speed  float64 // of encoding/json's, at least, under -speed
	allocs float64 // a user, at most
}

func decodeBars() map[string]decodeBar {
	return map[string]decodeBar{
		"typed":   {5, 1},
		"dynamic": {2.5, 4},
		"raw":     {8, 0.2},
	}
}

// TestDecodeSpeed holds the decoders to their speed beside encoding/json under -speed, by
// each one's best of many short turns, taken in rotation, and to their allocations always.
func TestDecodeSpeed(t *testing.T) {
	body, ways := userPage(pageRows), decoders(t)
	turns := 1
	if *full {
		turns = 100
	}
	best := make([]time.Duration, len(ways))
	for range turns {
		for i, w := range ways {
			start := time.Now()
			w.run(t, body, 1)
			best[i] = least(best[i], time.Since(start))
		}
	}
	table := newTable("decoder", "speed", "bar", "allocations a user")
	for i, w := range ways {
		speed := float64(best[0]) / float64(best[i])
		allocs := testing.AllocsPerRun(5, func() { w.run(t, body, 1) }) / pageRows
		bar, held := decodeBars()[w.name]
		table.row(w.name, fmt.Sprintf("%.1f×", speed), orDash(bar.speed), fmt.Sprintf("%.2f", allocs))
		if !held {
			continue // encoding/json itself
		}
		if allocs > bar.allocs {
			t.Errorf("%s: %.2f allocations a user, want at most %.2f", w.name, allocs, bar.allocs)
		}
		if *full && speed < bar.speed {
			t.Errorf("%s: %.1f times as fast as encoding/json, want at least %.1f", w.name, speed, bar.speed)
		}
	}
	table.print(t)
}

// plainPage is how one would write the page for encoding/json.
type plainPage struct {
	Collection []plainUser `json:"collection"`
	Included   map[string][]struct {
		Type        string   `json:"type"`
		ID          int64    `json:"id"`
		Name        string   `json:"name"`
		Permissions []string `json:"permissions"`
	} `json:"included"`
	HasMore  bool   `json:"has_more"`
	Next     string `json:"next"`
	Previous string `json:"previous"`
	Meta     struct {
		ProcessingTime float64 `json:"processing_time"`
		CursorStart    *int64  `json:"cursor_start"`
		CursorEnd      *int64  `json:"cursor_end"`
		Count          *int64  `json:"count"`
	} `json:"meta"`
}

// userPage returns the body of a page of n users, the same at every call.
func userPage(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2)) // reproducible on purpose
	first := []string{"Ana", "Bernard", "Chloé", "Dmitri", "Eun-ji", "Fatima", "Łukasz", "María José", "O'Neil", "渡辺"}
	last := []string{"Greensmith", "Müller", "Nguyễn", "van der Berg", "Smith", "Иванова", "Ølsen", "da Silva"}
	start := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	b.WriteString(`{"collection":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		id := 2*n - i
		created := start.Add(time.Duration(r.IntN(200_000_000)) * time.Second)
		fmt.Fprintf(&b, `{"type":"OrganizationUser","id":%d,"name":"%s %s","email":"user%d@example.com","username":"user.%d","is_active":%t,`+
			`"roles":[{"type":"OrganizationUserRole","id":%d}],"login_via_badge":%t,"created_at":%q,"last_login_at":`,
			id, first[r.IntN(len(first))], last[r.IntN(len(last))], id, id, r.IntN(5) > 0, 1+r.IntN(4), r.IntN(2) == 0,
			created.Format(time.RFC3339))
		if r.IntN(4) == 0 {
			b.WriteString("null}")
		} else {
			fmt.Fprintf(&b, "%q}", created.Add(time.Duration(r.IntN(1_000_000))*time.Second).Format(time.RFC3339))
		}
	}
	b.WriteString(`],"included":{"OrganizationUserRole":[`)
	for i, name := range []string{"Administrators", "Pickers", "Packers", "Receiving"} {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"OrganizationUserRole","id":%d,"name":%q,"permissions":["warehouse","warehouse/staff"]}`, i+1, name)
	}
	fmt.Fprintf(&b, `]},"has_more":true,"next":"/api/global/v1/system/users/any?limit=%d&cursor_start=%d",`+
		`"meta":{"processing_time":0.0625,"cursor_start":%d}}`, n, n, n)
	return b.Bytes()
}

package dsl_test

import (
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestOperandsChecked shows what a check makes of operands: predicates of a field and a constant
// where that is the same, constants that are computed, and the rest as it is.
func TestOperandsChecked(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := dsl.Now(time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC))
	tests := []struct {
		text, want string
		opts       []dsl.CheckOption
	}{
		{text: "5 < id", want: "id > 5"},
		{text: "'x' != name", want: "name != 'x'"},
		{text: "true = active", want: "active = true"},
		{text: "size = 2 + 3 * 4", want: "size = 14"},
		{text: "name = lower('ABC')", want: "name = 'abc'"},
		{text: "price > 1 / 3", want: "price > 0.333333333"},
		{text: "price > 1 / 3 + 1", want: "price > 1.333333333"},
		{text: "price > 1 / 3 * 3", want: "price > 0.999999999"},
		{text: "1 + 1 = 2", want: "true"},
		{text: "'a' = 'A'", want: "false"},
		{text: "now - 2024-01-01 > 90d", want: "true"},
		{text: "seen_at + 2h < 2024-03-10T12:00:00Z", want: "seen_at < 2024-03-10T10:00:00Z"},
		{text: "seen_at - 2h >= 2024-03-10T12:00:00Z", want: "seen_at >= 2024-03-10T14:00:00Z"},
		{text: "seen_at + 2h + 30min < 2024-03-10T12:00:00Z", want: "seen_at < 2024-03-10T09:30:00Z"},
		{text: "now - seen_at > 90d", want: "seen_at < 2024-02-15T12:00:00Z"},
		{text: "90d < now - seen_at", want: "seen_at < 2024-02-15T12:00:00Z"},
		{text: "now - seen_at > 90d", want: "seen_at + 90d < 2024-05-15T12:00:00Z", opts: []dsl.CheckOption{dsl.Zone(berlin)}},
		{text: "now - seen_at > 36h", want: "seen_at < 2024-05-14T00:00:00Z", opts: []dsl.CheckOption{dsl.Zone(berlin)}},
		{text: "now - seen_at > 3mo", want: "seen_at + 3mo < 2024-05-15T12:00:00Z"},
		{text: "seen_at + 1h < 0001-01-01", want: "seen_at + 1h < 0001-01-01T00:00:00Z"},
		{text: "seen_at - created_at <= 7d", want: "seen_at <= created_at + 7d"},
		{text: "coalesce(seen_at, '2024-01-01') < created_at", want: "coalesce(seen_at, 2024-01-01T00:00:00Z) < created_at"},
		{text: "length(name) > $1", want: "length(name) > 3", opts: []dsl.CheckOption{dsl.Args(3)}},
		{text: "coalesce(size, $1) = id", want: "coalesce(size, 3) = id", opts: []dsl.CheckOption{dsl.Args(dsl.Text("3"))}},
		{text: "coalesce(flag, false)", want: "coalesce(flag, false) = true"},
		{text: "date(seen_at) on 2024-03-10", want: "date(seen_at) between 2024-03-10T00:00:00Z and 2024-03-10T23:59:59.999999999Z"},
	}
	for _, tt := range tests {
		c, err := dsl.Check(mustParse(t, tt.text), modeltest.Schema(), append(tt.opts, now)...)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
		} else if got := dsl.Format(c.Root); got != tt.want {
			t.Errorf("%s becomes %s, want %s", tt.text, got, tt.want)
		}
	}
}

// TestOperandsEvaluated settles what the documents promise and random records seldom meet.
func TestOperandsEvaluated(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	record := modeltest.MustRecord(modeltest.Schema(), map[string]any{
		"id": 1, "name": "\u212a", "code": "\u212a", "sku": "É\xff", "brand": "\u212a", "price": model.Null(), "size": 1<<63 - 1, "score": 0.1,
		"created_at": "2024-03-30T12:00:00Z", // a day before the clock goes forward
		"seen_at":    "2024-03-10T23:30:00Z", // a Sunday in UTC, a Monday in Berlin
		"tags":       []modeltest.Object{{"id": 1, "name": "a", "weight": 2}, {"id": 3, "weight": 1}},
	})
	tests := []struct {
		text string
		want dsl.Tri
	}{
		{"lower(name) = name", dsl.True},         // the sign weighs otherwise than k
		{"length(lower(name)) = 1", dsl.True},    //
		{"lower(name) = 'k'", dsl.False},         // so it stays
		{"lower(brand) = 'k'", dsl.True},         // under case, the two are equal
		{"lower(code) = 'k'", dsl.True},          // under binary, every letter has its pair
		{"length(lower(sku)) = 2", dsl.True},     // a byte that is not UTF-8 is one character
		{"lower(sku) starts with 'é'", dsl.True}, //
		{"size + 1 > 0", dsl.Unknown},
		{"not size + 1 > 0", dsl.Unknown},
		{"size + 1 is null", dsl.True},
		{"id / (id - 1) > 0", dsl.Unknown},
		{"price + 1 > 0", dsl.Unknown},
		{"price = price", dsl.Unknown},
		{"score = 0.1", dsl.True},
		{"score + 0 > 1 / (id * 10)", dsl.True}, // the float is above the decimal
		{"weekday(seen_at) = 1", dsl.True},
		{"day(seen_at) = 11 and hour(seen_at) = 0", dsl.True},
		{"date(seen_at) = 2024-03-10T23:00:00Z", dsl.True},
		{"created_at + 1d = 2024-03-31T11:00:00Z", dsl.True}, // 23 hours later
		{"created_at + 24h = 2024-03-31T12:00:00Z", dsl.True},
		{"tags.id > tags.weight", dsl.True},
		{"tags.id = tags.weight", dsl.False}, // of one object
		{"not tags.id = tags.weight", dsl.True},
		{"coalesce(tags.name, 'none') = 'none'", dsl.True},
		{"coalesce(owner.name, 'none') = 'none'", dsl.False}, // there is no owner
		{"tags.name = owner.name", dsl.False},
		{"tags.name != owner.name", dsl.True},
		{"substring(concat('abc', code), 0, 3) = 'ab'", dsl.True},
		{"substring(concat('abc', code), 2, 99) starts with 'bc'", dsl.True},
		{"substring(concat('abc', code), 3, -1) = ''", dsl.True},
	}
	for _, tt := range tests {
		c, err := dsl.Check(mustParse(t, tt.text), modeltest.Schema(), dsl.Zone(zone))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		p, err := dsl.Compile(c.Root, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Eval(record); got != tt.want {
			t.Errorf("%s is %v, want %v", tt.text, got, tt.want)
		}
	}
}

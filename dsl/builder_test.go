package dsl_test

import (
	"encoding"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

var (
	_ encoding.TextMarshaler   = (*dsl.Filter)(nil)
	_ encoding.TextUnmarshaler = (*dsl.Filter)(nil)
	_ flag.Value               = (*dsl.Filter)(nil)
)

// TestBuilderMakesTheTreesOfTheText parses a text and builds it.
func TestBuilderMakesTheTreesOfTheText(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 31, 10, 0, 0, 0, time.UTC)
	type id int32
	six := id(6)
	for text, n := range map[string]dsl.Node{
		"":                                     nil,
		"id = 5":                               dsl.Field("id").Eq(5),
		"id != 5":                              dsl.Field("id").Ne(uint8(5)),
		"id < 5 and id <= 6":                   dsl.All(dsl.Field("id").Lt(int64(5)), dsl.Field("id").Le(6)),
		"id > 5 or id >= 6":                    dsl.Any(dsl.Field("id").Gt(id(5)), dsl.Field("id").Ge(&six)),
		"id in (1, 2)":                         dsl.Field("id").In(1, 2),
		"id not in (1, 2)":                     dsl.Field("id").NotIn(1, 2),
		"false":                                dsl.Field("id").In(),
		"true":                                 dsl.Field("id").NotIn(),
		"id between 1 and 2":                   dsl.Field("id").Between(1, 2),
		"id = -9223372036854775808":            dsl.Field("id").Eq(int64(-1 << 63)),
		"name = 'O''Neil\\\\'":                 dsl.Field("name").Eq(`O'Neil\`),
		"name like '100\\%'":                   dsl.Field("name").Like(`100\%`),
		"name starts with 'a'":                 dsl.Field("name").StartsWith("a"),
		"name ends with 'a'":                   dsl.Field("name").EndsWith("a"),
		"name contains 'a'":                    dsl.Field("name").Contains("a"),
		"name matches '^a'":                    dsl.Field("name").Matches("^a"),
		"note is null":                         dsl.Field("note").IsNull(),
		"note is not null":                     dsl.Field("note").IsNotNull(),
		"flag is true or flag is false":        dsl.Any(dsl.Field("flag").IsTrue(), dsl.Field("flag").IsFalse()),
		"active and not flag":                  dsl.All(dsl.Field("active").Holds(), dsl.Negate(dsl.Field("flag").Holds())),
		"active = true":                        dsl.Field("active").Eq(true),
		"created_at > 2024-01-31T10:00:00Z":    dsl.Field("created_at").After(at),
		"created_at < 2024-01-31T10:00:00Z":    dsl.Field("created_at").Before(at.In(time.FixedZone("x", 3600))),
		"created_at > 2024-01-31T10:00:00.25Z": dsl.Field("created_at").After(at.Add(250 * time.Millisecond)),
		"created_at on 2024-01-31":             dsl.Field("created_at").On(at),
		"created_at >= 2024-01-31":             dsl.Field("created_at").Ge(dsl.Date(2024, time.January, 31)),
		"created_at > now - 90d":               dsl.Field("created_at").Gt(dsl.Relative("now - 90d")),
		"id = $1 and name = :name":             dsl.All(dsl.Field("id").Eq(dsl.Param("$1")), dsl.Field("name").Eq(dsl.Param(":name"))),
		"tags.name = 'x' and `in`.`or` = 1":    dsl.All(dsl.Field("tags.name").Eq("x"), dsl.Field("in.or").Eq(1)),
		"id = 1 and id = 2 and id = 3":         dsl.All(dsl.Field("id").Eq(1), dsl.All(dsl.Field("id").Eq(2), dsl.Field("id").Eq(3))),
		"id = 1 or id = 2 or id = 3":           dsl.Any(dsl.Any(dsl.Field("id").Eq(1), dsl.Field("id").Eq(2)), dsl.Field("id").Eq(3)),
	} {
		f, err := dsl.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if !dsl.Equal(f.Root, n) {
			t.Errorf("%q is parsed as %s, built as %s", text, dsl.Format(f.Root), dsl.Format(n))
		}
		if got := dsl.Where(n).String(); got != f.String() {
			t.Errorf("%q prints %q when built", text, got)
		}
	}
}

// TestBuilderReportsAtCheck builds comparisons that do not fit. The errors point into the
// filter's text all the same.
func TestBuilderReportsAtCheck(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		n    dsl.Node
		want string
	}{
		{dsl.Field("id").Eq(1.5), "the decimal 1.5"},
		{dsl.Field("id").Eq(nil), "`id is null`"},
		{dsl.Field("id").In([]int{1}), "a list"},
		{dsl.Field("id").Eq([]byte("x")), "[]uint8"},
		{dsl.All(dsl.Field("id").Eq(1), dsl.Field("nam").Eq("x")), "line 1, column 12: unknown field \"nam\"\n  id = 1 and nam = 'x'\n             ^^^\n  hint: did you mean name?"},
	} {
		_, err := dsl.Check(dsl.Where(tc.n), modeltest.Schema())
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want something about %q", dsl.Format(tc.n), err, tc.want)
		}
	}
}

// TestFilterInAConfiguration reads and writes a filter as JSON and as a flag.
func TestFilterInAConfiguration(t *testing.T) {
	t.Parallel()
	var config struct {
		Filter  dsl.Filter  `json:"filter"`
		Pointer *dsl.Filter `json:"pointer"`
	}
	if err := json.Unmarshal([]byte(`{"filter": "ID=1 &&  name=\"x\"", "pointer": ""}`), &config); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(&config)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"filter":"ID = 1 and name = 'x'","pointer":""}`; string(text) != want {
		t.Errorf("marshalled %s, want %s", text, want)
	}
	before := config.Filter
	if err := json.Unmarshal([]byte(`{"filter": "id ="}`), &config); err == nil || !strings.Contains(err.Error(), "syntax error") {
		t.Errorf("a bad filter: %v", err)
	}
	if config.Filter != before {
		t.Error("a failed Unmarshal changed the filter")
	}

	flags := flag.NewFlagSet("x", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var f dsl.Filter
	flags.Var(&f, "filter", "which rows")
	if err := flags.Parse([]string{"-filter", "not (not active or flag)"}); err != nil {
		t.Fatal(err)
	}
	if got := f.String(); got != "not (not active or flag)" {
		t.Errorf("the flag is %q", got)
	}
	if err := flags.Parse([]string{"-filter", "active and"}); err == nil {
		t.Error("a bad filter passes as a flag")
	}
	var none *dsl.Filter
	if none.String() != "" {
		t.Error("a nil filter prints something")
	}
}

// TestMarshalBuilt: MarshalText of a built filter returns text that means the same filter, or
// an error.
func TestMarshalBuilt(t *testing.T) {
	t.Parallel()
	for _, node := range []dsl.Node{
		dsl.Field("created_at").Gt(dsl.Relative("now or true")),
		dsl.Field("id` = 1 or `id").Eq(1),
		dsl.Field("id").Eq(dsl.Param("$1 or true")),
		dsl.Field("a\nb").Eq(1),
		dsl.Field("").Eq(1),
		dsl.Field("name").Eq("a\xffb"),
	} {
		if text, err := dsl.Where(node).MarshalText(); !errors.Is(err, dsl.ErrUnwritable) {
			t.Errorf("written down as %s, %v", text, err)
		}
	}
	good := dsl.Where(dsl.All(dsl.Field("id").In(1, 2), dsl.Field("name").Like("a'b%"), dsl.Field("created_at").After(time.Unix(1e9, 0))))
	text, err := good.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var read dsl.Filter
	if err := read.UnmarshalText(text); err != nil || !dsl.Equal(read.Root, good.Root) {
		t.Errorf("%s: %v", text, err)
	}
}

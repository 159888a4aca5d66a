package dsl_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// boundArgs and boundNames are the values that the golden filters may bind.
func boundArgs() []any {
	return []any{5, "text", nil, []int64{1, 2}, []any{1, "two", nil, 3}, []*string{nil}}
}

func boundNames() map[string]any {
	var none *int
	return map[string]any{
		"name": "x", "nil": none, "float": 1.5, "bytes": []byte("x"), "huge": uint64(math.MaxUint64),
		"time": time.Unix(0, 0), "ancient": time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), "text": dsl.Text("soon"),
		"regexp": "(", "day": dsl.Text("2024-01-01"),
	}
}

var parameterMark = regexp.MustCompile(`[$]\d+|:[a-z]+\b`)

// mentioned returns the options that bind only what the text mentions: an unused value is
// an error.
func mentioned(text string) []dsl.CheckOption {
	names := make(map[string]any)
	most := 0
	for _, mark := range parameterMark.FindAllString(text, -1) {
		if n, err := strconv.Atoi(strings.TrimPrefix(mark, "$")); err == nil {
			most = max(most, n)
		}
		if v, ok := boundNames()[mark[1:]]; ok {
			names[mark[1:]] = v
		}
	}
	if strings.Contains(text, ":nam") {
		names["name"] = "x"
	}
	opts := []dsl.CheckOption{dsl.Now(time.Date(2024, 5, 15, 12, 0, 0, 0, time.UTC)), dsl.Named(names)}
	if most > 0 && most <= len(boundArgs()) {
		args := boundArgs()
		for i := range args {
			if !strings.Contains(text, "$"+strconv.Itoa(i+1)) {
				args[i] = unmentioned{}
			}
		}
		opts = append(opts, dsl.Args(args[:most]...))
	}
	return opts
}

// unmentioned stands for an argument before one that is mentioned.
type unmentioned struct{}

// TestTypeErrors compares the exact range and the full text of every type error.
func TestTypeErrors(t *testing.T) {
	n := golden(t, "testdata/typeerrors/*.txtar", func(t *testing.T, filter string) string {
		t.Helper()
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, modeltest.People(), mentioned(filter)...)
		var list dsl.TypeErrors
		if !errors.As(err, &list) {
			t.Fatalf("Check(%q) = %v, %v, want TypeErrors", filter, c, err)
		}
		var b strings.Builder
		for _, e := range list {
			if strings.HasSuffix(e.Msg, "is not used") {
				continue
			}
			if line, column := lineColumn(filter, e.Range.Start); line != e.Line || column != e.Column {
				t.Errorf("line %d, column %d: want %d, %d", e.Line, e.Column, line, column)
			}
			fmt.Fprintf(&b, "bytes %d-%d\n%s\n", e.Range.Start, e.Range.End, e)
		}
		return b.String()
	})
	if n < 140 {
		t.Errorf("%d cases, want at least 140", n)
	}
}

func lineColumn(text string, offset int) (line, column int) {
	before := text[:offset]
	last := strings.LastIndex(before, "\n") + 1
	return strings.Count(before, "\n") + 1, len([]rune(before[last:])) + 1
}

func TestWarnings(t *testing.T) {
	golden(t, "testdata/warnings/*.txtar", func(t *testing.T, filter string) string {
		t.Helper()
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		c, err := dsl.Check(f, modeltest.People(), mentioned(filter)...)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, w := range c.Warnings {
			fmt.Fprintf(&b, "bytes %d-%d\n%s\n", w.Range.Start, w.Range.End, w)
		}
		if b.Len() == 0 {
			return "no warning"
		}
		return b.String()
	})
}

package dsl_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestLanguagePageFloats runs the examples of floats of LANGUAGE.md over the samples of its table.
func TestLanguagePageFloats(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("LANGUAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := pageSamples(t, string(page))
	_, block, ok := strings.Cut(string(page), "```float\n")
	if !ok {
		t.Fatal("the page has no examples of floats")
	}
	block, _, _ = strings.Cut(block, "```")
	examples := 0
	for line := range strings.Lines(block) {
		examples++
		filter, want, _ := strings.Cut(line, " --")
		f, err := dsl.Parse(filter)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := dsl.Check(f, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		predicate, err := dsl.Compile(checked.Root, modeltest.Schema())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range samples {
			if predicate.Match(s.row) {
				got = append(got, s.name)
			}
		}
		if got := strings.Join(got, ", "); got != strings.TrimSpace(want) {
			t.Errorf("%s: selects %q, want %q", strings.TrimSpace(filter), got, strings.TrimSpace(want))
		}
	}
	if examples < 10 {
		t.Errorf("%d examples: the page was not read as it is written", examples)
	}
}

// pageSample is a row of the page's table of floats.
type pageSample struct {
	name string
	row  *modeltest.Record
}

func pageSamples(t *testing.T, page string) (samples []pageSample) {
	t.Helper()
	_, table, _ := strings.Cut(page, "| sample | score |\n|---|---|\n")
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 2 {
			break
		}
		fields := map[string]any{}
		if text := strings.TrimSpace(cells[1]); text != "null" {
			score, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			fields["score"] = score
		}
		samples = append(samples, pageSample{strings.TrimSpace(cells[0]), modeltest.MustRecord(modeltest.Schema(), fields)})
	}
	if len(samples) != 5 {
		t.Fatalf("%d samples", len(samples))
	}
	return samples
}

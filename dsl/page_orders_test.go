package dsl_test

import (
	"os"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestLanguagePageOrders runs the examples of lists inside lists of LANGUAGE.md over its orders.
func TestLanguagePageOrders(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("LANGUAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := pageBlock(t, string(page), "json")
	if len(rows) != 5 {
		t.Fatalf("%d orders", len(rows))
	}
	for _, line := range pageBlock(t, string(page), "orders") {
		filter, want, _ := strings.Cut(line, " --")
		m, err := dsl.JSON(modeltest.Orders()).Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, row := range rows {
			matches, err := m.Match([]byte(row))
			if err != nil {
				t.Fatal(err)
			}
			if matches {
				ids = append(ids, row[len(`{"id": `):][:2])
			}
		}
		if got := strings.Join(ids, ", "); got != strings.TrimSpace(want) {
			t.Errorf("%s: selects %q, want %q", strings.TrimSpace(filter), got, strings.TrimSpace(want))
		}
	}
}

// pageBlock returns the lines of the page's only block of a kind.
func pageBlock(t *testing.T, page, kind string) []string {
	t.Helper()
	_, block, ok := strings.Cut(page, "```"+kind+"\n")
	if !ok {
		t.Fatalf("the page has no %s", kind)
	}
	block, rest, _ := strings.Cut(block, "```")
	if strings.Contains(rest, "```"+kind+"\n") {
		t.Fatalf("the page has two blocks of %s", kind)
	}
	return strings.Split(strings.TrimSpace(block), "\n")
}

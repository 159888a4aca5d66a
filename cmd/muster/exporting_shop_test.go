//go:build unix

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query/rest/orderstest"
)

// shopExportings are exports from an API unlike ShipStream's: each way to page, with
// what the server filters, sorts and cannot do, and each format.
func shopExportings() []exporting {
	return []exporting{
		{output: "token.ndjson", style: "token"},
		{output: "token-filtered.csv", flags: []string{"note contains 'i' or total > 250"}, style: "token"},
		{output: "after.ndjson.zst", style: "after"},
		{output: "link.json.zst", style: "link"},
		{output: "link-pushed.ndjson.gz", flags: []string{"total > 10"}, style: "link"},
		{output: "offset.csv", style: "offset"},
		{output: "offset-sorted.parquet", flags: []string{"--sort", "-total"}, style: "offset"},
		{output: "page.sqlite", style: "page"},
		{output: "page-split", flags: []string{"--format", "ndjson", "--split-rows", "700"}, style: "page"},
		{output: "forward.ndjson", style: "forward"},
	}
}

// newShop is a shop of sixty pages of fifty orders, each of which takes a while.
func newShop(t *testing.T, style string) http.Handler {
	t.Helper()
	shop := orderstest.New(orderstest.Options{Style: style, Orders: 3000})
	t.Cleanup(shop.Close)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-r.Context().Done():
		}
		shop.Config.Handler.ServeHTTP(w, r)
	})
}

// shopFile is the definition of a shop's orders.
func shopFile(t *testing.T, style string) string {
	t.Helper()
	const definition = `
resource: orders
path: /orders
dialect: key-value
layout: {rows: orders, has_more: more NEXT}
paging: {style: STYLE, max: 100, limit: limit, sort: order OWN}
fields:
  - {name: id, type: int, sort: true, params: {eq: id}}
  - {name: status, type: string, collation: binary, params: {eq: status}}
  - {name: note, type: string, collation: binary, nullable: true}
  - {name: total, type: int, sort: true, params: {gteq: min_total, lteq: max_total}}
  - {name: placed_at, type: datetime, sort: true, params: {gt: placed_after}}
`
	next, own := "", map[string]string{"after": ", after: starting_after", "token": ", token: page", "offset": ", skip: skip", "page": ", page: number", "forward": ", after: after_id, until: id_below"}
	if style == "token" {
		next = ", next: next_page"
	}
	file := filepath.Join(t.TempDir(), "orders.yaml")
	text := strings.NewReplacer("STYLE", style, " NEXT", next, " OWN", own[style]).Replace(definition)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

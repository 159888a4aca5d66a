package plan_test

import (
	"net/url"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// TestBaseDialectDescribe: a request is its parameters, unescaped, and its page.
func TestBaseDialectDescribe(t *testing.T) {
	page := paginate.Request{Limit: 10}
	for want, query := range map[string]url.Values{
		page.String():                        nil,
		"filter=a b&x=50%: " + page.String(): {"filter": {"a b"}, "x": {"50%"}},
	} {
		if got := (plan.BaseDialect{}).Describe(plan.Scan{Query: query}, page); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

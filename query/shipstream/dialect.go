package shipstream

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
)

// dialect is the API's filter syntax, sorts and field selection for users.
type dialect struct {
	profile wire.Profile
	path    string
}

var _ query.Dialect = (*dialect)(nil)

// Classify sends each conjunct as it is where the API can say it, and the
// strongest weaker condition where it cannot. The API ANDs its parameters, so
// that no conjunct's verdict depends on the others.
func (d *dialect) Classify(conjuncts []dsl.Node) []query.Pushdown {
	out := make([]query.Pushdown, len(conjuncts))
	for i, c := range conjuncts {
		out[i] = d.classify(c)
	}
	return out
}

// Independent: the parameters are ANDed, each for itself.
func (*dialect) Independent() bool { return true }

func (d *dialect) classify(n dsl.Node) query.Pushdown {
	said, narrows := d.profile.Weaken(n)
	switch {
	case said.Never():
		return query.Pushdown{Verdict: query.Exact, Never: true}
	case said.Exact:
		return query.Pushdown{Verdict: query.Exact, Params: said.Params}
	case narrows:
		return query.Pushdown{Verdict: query.Superset, Params: said.Params, Reason: said.Reason}
	}
	return query.Pushdown{Reason: said.Reason}
}

func (*dialect) ID() string { return "id" }

// Sorts knows the documented sort keys. name and is_active filter but do not
// sort.
func (*dialect) Sorts(f *model.Field) bool {
	switch f.Name {
	case "id", "username", "created_at", "last_login_at", "email":
		return true
	}
	return false
}

func (*dialect) MaxPageSize() int { return paginate.MaxPageSize }

// Project asks for optional fields by `fields`, and for fields of a referred
// object by `fields:roles` and its like.
func (*dialect) Project(fields []*model.Field) url.Values {
	var own []string
	referred := map[string][]string{}
	for _, f := range fields {
		name := f.Name
		if f.Through != "" {
			name = f.Through
			if inner := strings.TrimPrefix(f.Name, f.Through+"."); inner != "id" {
				referred[f.Through] = append(referred[f.Through], inner)
			}
		}
		if !slices.Contains(own, name) {
			own = append(own, name)
		}
	}
	q := url.Values{}
	if len(own) > 0 {
		q.Set("fields", strings.Join(own, ","))
	}
	for ref, inner := range referred {
		q.Set("fields:"+ref, strings.Join(inner, ","))
	}
	return q
}

// Describe writes the request line with its parameters as they mean, in a fixed
// order.
func (d *dialect) Describe(scan query.Scan, r paginate.Request) string {
	q := pageQuery(scan, r)
	var params []string
	for _, key := range slices.Sorted(maps.Keys(q)) {
		for _, value := range q[key] {
			params = append(params, key+"="+value)
		}
	}
	return "GET " + d.path + "?" + strings.Join(params, "&")
}

func (*dialect) Deleted() (url.Values, bool) { return url.Values{"deleted": {"true"}}, true }

package plan

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// Load reads the [Document] of a plan that was made for the same resource. It does not
// plan again, so the plan sends the same requests and `now` keeps its meaning. It fails
// with a [StoredError].
//
// The options are for a filter that calls functions of an environment: [dsl.Functions].
func Load(r Resource, data []byte, opts ...dsl.CheckOption) (*Plan, error) {
	var s Document
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, &StoredError{"plan", err.Error()}
	}
	switch schema := r.Schema(); {
	case s.Version != Version:
		return nil, &StoredError{"plan", fmt.Sprintf("version %d, expected %d", s.Version, Version)}
	case s.Resource != schema.Name():
		return nil, &StoredError{"plan", "made for " + s.Resource + ", not for " + schema.Name()}
	}
	l := &planLoader{schema: r.Schema(), now: s.Now, zone: zoneOf(s)}
	l.options = append(slices.Clone(opts), dsl.Now(l.now), dsl.Zone(l.zone))
	key := r.Dialect().ID()
	p := &Plan{
		Resource: s.Resource, Source: s.Source, Filter: l.node(s.Filter), Rewritten: s.Rewritten, Empty: s.Empty, Order: l.order(strings.Join(s.Order, ","), key),
		Sort: named[SortPlace](l, s.Sort), Limit: s.Limit, Select: l.fields(s.Select), Hidden: l.fields(s.Hidden),
		PageSize: s.PageSize, Strategy: named[Strategy](l, s.Strategy), Cost: s.Cost.cost(), Reasons: s.Reasons,
		Warnings: s.Warnings, Now: s.Now, Zone: l.zone, MaxSortRows: s.SortRows, SortMemory: s.SortMemory, Verify: s.Verify,
		dialect: r.Dialect(), paging: r.Capabilities().Paging,
	}
	for _, scan := range s.Scans {
		p.Scans = append(p.Scans, l.scan(scan))
	}
	if s.Fallback != nil {
		p.Fallback = &FallbackSort{s.Fallback.Query, l.fields(s.Fallback.Hidden)}
	}
	if l.err != nil {
		return nil, &StoredError{"plan", l.err.Error()}
	}
	if what := p.contradiction(key); what != "" {
		return nil, &StoredError{"plan", what}
	}
	return p, nil
}

// contradiction describes a member that the planner never writes and that would break a
// run; "" if there is none.
func (p *Plan) contradiction(key string) string {
	byKey := len(p.Order) > 0 && p.Order[0].Field.Name == key
	switch {
	case p.PageSize < 1 || p.Limit < 0 || p.MaxSortRows < 0 || p.SortMemory < 0 || p.Verify < 0:
		return "page_size, limit, max_sort_rows, sort_memory or verify is out of range"
	case p.Sort != SortNone && len(p.Order) == 0, p.Sort == SortByID && !byKey:
		return "its order does not fit its sort"
	case p.Sort == SortTopK && p.Limit == 0:
		return "a local top k without a limit"
	case len(p.Scans) == 0 && p.Empty == "":
		return "it has no scan"
	}
	return ""
}

// zoneOf returns the plan's zone. If this machine does not know its name, it returns a
// zone with the offset of the plan's time.
func zoneOf(s Document) *time.Location {
	if zone, err := time.LoadLocation(s.Zone); err == nil && s.Zone != "Local" {
		return zone
	}
	_, offset := s.Now.Zone()
	return time.FixedZone(s.Zone, offset)
}

// planLoader resolves the texts of a stored plan. It keeps its first error.
type planLoader struct {
	schema  *model.Schema
	now     time.Time
	zone    *time.Location
	options []dsl.CheckOption
	err     error
}

func (l *planLoader) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

func (l *planLoader) scan(s scanDocument) Scan {
	scan := Scan{Query: s.Query, IDs: paginate.Bounds(s.IDs), MaxRows: s.MaxRows, Expected: s.Expected, Deleted: s.Deleted, Sort: s.Sort}
	if scan.MaxRows == 0 {
		scan.MaxRows = math.MaxInt64
	}
	if scan.Query == nil {
		scan.Query = url.Values{}
	}
	for _, c := range s.Conjuncts {
		verdict := named[Verdict](l, c.Verdict)
		push := Pushdown{Verdict: verdict, Reason: c.Reason}
		for i := range c.Params {
			push.Params = append(push.Params, c.param(i))
		}
		scan.Conjuncts = append(scan.Conjuncts, Conjunct{l.node(c.Text), push})
	}
	scan.Residual = residualOf(scan.Conjuncts)
	return scan
}

// node reads a filter without limits of size, because this program wrote it.
func (l *planLoader) node(text string) dsl.Node {
	const most = math.MaxInt
	parsed, err := dsl.Parse(text, dsl.MaxBytes(most), dsl.MaxTokens(most), dsl.MaxDepth(most), dsl.MaxListItems(most))
	if err != nil {
		l.fail(err)
		return nil
	}
	checked, err := dsl.Check(parsed, l.schema, l.options...)
	if err != nil {
		l.fail(err)
		return nil
	}
	return checked.Root
}

func (l *planLoader) order(keys, id string) []OrderKey {
	order, err := parseOrder(keys, l.schema, id)
	if err != nil {
		l.fail(err)
	}
	return order
}

func (l *planLoader) fields(names []string) []*model.Field {
	var fields []*model.Field
	for _, name := range names {
		f, ok := l.schema.Lookup(name)
		if !ok {
			l.fail(fmt.Errorf("no field %q", name))
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// named returns the value of an enumeration that prints as name.
func named[E interface {
	~uint8
	fmt.Stringer
}](l *planLoader, name string) (value E) {
	for v := value; v.String() != unknownWord; v++ {
		if v.String() == name {
			return v
		}
	}
	l.fail(fmt.Errorf("unknown %T %q", value, name))
	return value
}

package query

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// PlanVersion is the version of the JSON of a plan, and the only one that
// [LoadPlan] takes.
const PlanVersion = 1

// storedPlan is the JSON of a plan: all that running it takes, so that an
// interrupted run goes on as it began. What [Plan.ExplainJSON] writes is for
// readers and leaves some of it out.
type storedPlan struct {
	Version    int          `json:"version"`
	Resource   string       `json:"resource"`
	Source     string       `json:"source"`
	Filter     string       `json:"filter"`
	Empty      string       `json:"empty,omitempty"`
	Scans      []storedScan `json:"scans"`
	Order      string       `json:"order,omitempty"`
	Sort       string       `json:"sort"`
	Limit      int64        `json:"limit,omitempty"`
	Select     []string     `json:"select"`
	Hidden     []string     `json:"hidden"`
	PageSize   int          `json:"page_size"`
	Strategy   string       `json:"strategy"`
	Cost       costJSON     `json:"cost"`
	Reasons    Reasons      `json:"reasons"`
	Warnings   []string     `json:"warnings,omitempty"`
	Now        time.Time    `json:"now"` // with the zone's offset at that time
	Zone       string       `json:"zone"`
	SortRows   int          `json:"max_sort_rows,omitempty"`
	SortMemory int64        `json:"sort_memory,omitempty"`
	ByHand     *storedSort  `json:"by_hand,omitempty"`
}

type storedScan struct {
	Conjuncts []conjunctJSON  `json:"conjuncts"` // those that are not exact are the residual
	Query     url.Values      `json:"query"`
	IDs       paginate.Bounds `json:"ids"`
	MaxRows   int64           `json:"max_rows,omitempty"` // 0 = unknown
	Expected  int64           `json:"expected_rows"`
	Deleted   bool            `json:"deleted,omitempty"`
	Sort      string          `json:"sort,omitempty"`
}

type storedSort struct {
	Query  url.Values `json:"query"`
	Hidden []string   `json:"hidden"`
}

// MarshalJSON writes all that running the plan takes; [LoadPlan] reads it. The
// plans that were not taken are left out.
func (p *Plan) MarshalJSON() ([]byte, error) {
	s := storedPlan{
		Version: PlanVersion, Resource: p.Resource, Source: p.Source, Filter: dsl.Format(p.Filter), Empty: p.Empty,
		Scans: make([]storedScan, len(p.Scans)), Order: joinKeys(p.Order), Sort: p.Sort.String(), Limit: p.Limit,
		Select: names(p.Select), Hidden: names(p.Hidden), PageSize: p.PageSize, Strategy: p.Strategy.String(),
		Cost: p.Cost.json(), Reasons: p.Reasons, Warnings: p.Warnings, Now: p.Now.In(p.Zone), Zone: p.Zone.String(),
		SortRows: p.maxSortRows, SortMemory: p.sortMemory,
	}
	for i, scan := range p.Scans {
		s.Scans[i] = storedScan{
			Conjuncts: conjunctsJSON(scan.Conjuncts), Query: scan.Query, IDs: scan.IDs, MaxRows: scan.MaxRows,
			Expected: scan.Expected, Deleted: scan.Deleted, Sort: scan.Sort,
		}
		if scan.MaxRows == math.MaxInt64 {
			s.Scans[i].MaxRows = 0
		}
	}
	if p.byHand != nil {
		s.ByHand = &storedSort{p.byHand.query, names(p.byHand.hidden)}
	}
	return json.Marshal(s)
}

// LoadPlan reads the JSON of a plan that was made for the same resource. Nothing
// is planned anew: the plan asks what it was made to ask, whatever the time.
func LoadPlan(r Resource, data []byte) (*Plan, error) {
	var s storedPlan
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, &StoredError{"plan", err.Error()}
	}
	switch schema := r.Schema(); {
	case s.Version != PlanVersion:
		return nil, &StoredError{"plan", fmt.Sprintf("version %d where %d is known", s.Version, PlanVersion)}
	case s.Resource != schema.Name():
		return nil, &StoredError{"plan", "of " + s.Resource + ", not of " + schema.Name()}
	}
	l := &planLoader{schema: r.Schema(), now: s.Now, zone: zoneOf(s)}
	p := &Plan{
		Resource: s.Resource, Source: s.Source, Filter: l.node(s.Filter), Empty: s.Empty, Order: l.order(s.Order, r.Dialect().ID()),
		Sort: named(l, s.Sort, SortNone, SortLocal), Limit: s.Limit, Select: l.fields(s.Select), Hidden: l.fields(s.Hidden),
		PageSize: s.PageSize, Strategy: named(l, s.Strategy, StrategyNone, StrategyFollowTokens), Cost: s.Cost.cost(), Reasons: s.Reasons,
		Warnings: s.Warnings, Now: s.Now, Zone: l.zone, maxSortRows: s.SortRows, sortMemory: s.SortMemory, dialect: r.Dialect(),
	}
	for _, scan := range s.Scans {
		p.Scans = append(p.Scans, l.scan(scan))
	}
	if s.ByHand != nil {
		p.byHand = &byHand{s.ByHand.Query, l.fields(s.ByHand.Hidden)}
	}
	if l.err != nil {
		return nil, &StoredError{"plan", l.err.Error()}
	}
	if what := p.contradiction(); what != "" {
		return nil, &StoredError{"plan", what}
	}
	return p, nil
}

// contradiction is what no planner would have written and running the plan rests
// on; "" when there is nothing of the kind.
func (p *Plan) contradiction() string {
	byKey := len(p.Order) > 0 && p.Order[0].Field.Name == p.dialect.ID()
	switch {
	case p.PageSize < 1 || p.Limit < 0 || p.maxSortRows < 0 || p.sortMemory < 0:
		return "a figure that cannot be"
	case p.Sort != SortNone && len(p.Order) == 0, p.Sort == SortByID && !byKey:
		return "rows are to be ordered, and it does not say how"
	case p.Sort == SortTopK && p.Limit == 0:
		return "the first rows are to be picked, and it does not say how many"
	}
	return ""
}

// zoneOf is the plan's zone, or one with the offset of its time where this
// machine does not know the name.
func zoneOf(s storedPlan) *time.Location {
	if zone, err := time.LoadLocation(s.Zone); err == nil && s.Zone != "Local" {
		return zone
	}
	_, offset := s.Now.Zone()
	return time.FixedZone(s.Zone, offset)
}

// planLoader turns the texts of a stored plan into what they name. It keeps its
// first error.
type planLoader struct {
	schema *model.Schema
	now    time.Time
	zone   *time.Location
	err    error
}

func (l *planLoader) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

func (l *planLoader) scan(s storedScan) Scan {
	scan := Scan{Query: s.Query, IDs: s.IDs, MaxRows: s.MaxRows, Expected: s.Expected, Deleted: s.Deleted, Sort: s.Sort}
	if scan.MaxRows == 0 {
		scan.MaxRows = math.MaxInt64
	}
	if scan.Query == nil {
		scan.Query = url.Values{}
	}
	for _, c := range s.Conjuncts {
		verdict := named(l, c.Verdict, Unsupported, Exact)
		scan.Conjuncts = append(scan.Conjuncts, Conjunct{l.node(c.Text), Pushdown{Verdict: verdict, Params: c.Params, Reason: c.Reason}})
	}
	scan.Residual = residualOf(scan.Conjuncts)
	return scan
}

// node reads a filter that this program has written, however large.
func (l *planLoader) node(text string) dsl.Node {
	const most = math.MaxInt
	parsed, err := dsl.Parse(text, dsl.MaxBytes(most), dsl.MaxTokens(most), dsl.MaxDepth(most), dsl.MaxListItems(most))
	if err != nil {
		l.fail(err)
		return nil
	}
	checked, err := dsl.Check(parsed, l.schema, dsl.Now(l.now), dsl.Zone(l.zone))
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

// named is the value between first and last that prints as name.
func named[E interface {
	~uint8
	fmt.Stringer
}](l *planLoader, name string, first, last E) E {
	for v := first; v <= last; v++ {
		if v.String() == name {
			return v
		}
	}
	l.fail(fmt.Errorf("no such %T: %q", first, name))
	return first
}

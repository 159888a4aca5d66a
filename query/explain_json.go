package query

import (
	"io"
	"math"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// ExplainVersion is the version of what [Plan.ExplainJSON] writes. Fields may
// be added under the same version; one that changes its meaning or goes raises
// it.
const ExplainVersion = 1

// planJSON is the stable form of a plan for programs: the same facts as the text.
type planJSON struct {
	Version  int               `json:"version"`
	Resource string            `json:"resource"`
	Filter   string            `json:"filter"`
	Empty    string            `json:"empty,omitempty"`
	Scans    []scanJSON        `json:"scans"`
	Order    []string          `json:"order"`
	Sort     string            `json:"sort"`
	Limit    int64             `json:"limit"`
	Select   []string          `json:"select"`
	Hidden   []string          `json:"hidden"`
	PageSize int               `json:"page_size"`
	Strategy string            `json:"strategy"`
	Cost     costJSON          `json:"cost"`
	Lost     []alternativeJSON `json:"lost"`
	Reasons  Reasons           `json:"reasons"`
	Warnings []string          `json:"warnings"`
	Now      time.Time         `json:"now"`
	Zone     string            `json:"zone"`
}

type scanJSON struct {
	Conjuncts []conjunctJSON `json:"conjuncts"`
	Residual  string         `json:"residual,omitempty"`
	IDs       idsJSON        `json:"ids"`
	Deleted   bool           `json:"deleted"`
	Expected  int64          `json:"expected_rows"`
	Request   string         `json:"request"`
}

type conjunctJSON struct {
	Text    string   `json:"text"`
	Verdict string   `json:"verdict"`
	Params  []string `json:"params"`
	Reason  string   `json:"reason,omitempty"`
}

// idsJSON is a half-open range of ids; 0 is an open end.
type idsJSON struct {
	Lo int64 `json:"lo"`
	Hi int64 `json:"hi"`
}

type costJSON struct {
	Rows     int64 `json:"rows"`
	Requests int64 `json:"requests"`
	Known    bool  `json:"known"`

	LeastSeconds float64 `json:"least_seconds"`
}

func (c Cost) json() costJSON {
	return costJSON{c.Rows, c.Requests, c.Known, c.LeastTime.Seconds()}
}

func (c costJSON) cost() Cost {
	return Cost{c.Rows, c.Requests, c.Known, time.Duration(math.Round(c.LeastSeconds * float64(time.Second)))}
}

type alternativeJSON struct {
	Name   string   `json:"name"`
	Cost   costJSON `json:"cost"`
	Reason string   `json:"reason"`
}

// ExplainJSON writes the plan for programs, indented; see [ExplainVersion].
func (p *Plan) ExplainJSON(w io.Writer) error {
	return encodeJSON(w, p.json())
}

func (p *Plan) json() planJSON {
	out := planJSON{
		Version: ExplainVersion, Resource: p.Resource, Filter: dsl.Format(p.Filter), Empty: p.Empty,
		Scans: make([]scanJSON, len(p.Scans)), Order: make([]string, len(p.Order)), Sort: p.Sort.String(), Limit: p.Limit,
		Select: names(p.Select), Hidden: names(p.Hidden), PageSize: p.PageSize, Strategy: p.Strategy.String(),
		Cost: p.Cost.json(), Lost: make([]alternativeJSON, len(p.Lost)), Reasons: p.Reasons,
		Warnings: append([]string{}, p.Warnings...), Now: p.Now, Zone: p.Zone.String(),
	}
	for i, k := range p.Order {
		out.Order[i] = k.String()
	}
	for i, s := range p.Scans {
		out.Scans[i] = p.scanJSON(s)
	}
	for i, a := range p.Lost {
		out.Lost[i] = alternativeJSON{a.Name, a.Cost.json(), a.Reason}
	}
	return out
}

func (p *Plan) scanJSON(s Scan) scanJSON {
	out := scanJSON{
		Conjuncts: conjunctsJSON(s.Conjuncts), IDs: idsJSON(s.IDs), Deleted: s.Deleted, Expected: s.Expected,
		Request: p.dialect.Describe(s, p.firstRequest(s)),
	}
	if s.Residual != nil {
		out.Residual = dsl.Format(s.Residual)
	}
	return out
}

func conjunctsJSON(conjuncts []Conjunct) []conjunctJSON {
	out := make([]conjunctJSON, len(conjuncts))
	for i, c := range conjuncts {
		out[i] = conjunctJSON{dsl.Format(c.Node), c.Verdict.String(), append([]string{}, c.Params...), c.Reason}
	}
	return out
}

// names is the fields' names; empty and not null for none.
func names(fields []*model.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Name
	}
	return out
}

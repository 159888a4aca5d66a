package plan

import (
	"encoding/json"
	"io"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
)

// Version is the version of a [Document]. Adding a member keeps it; removing one or
// changing its meaning raises it.
const Version = 1

// Document is the JSON of a plan, which [Plan.ExplainJSON] writes and a checkpoint
// stores. It holds the facts of the text and all that a run of the plan needs.
type Document struct {
	Version    int                `json:"version"`
	Resource   string             `json:"resource"`
	Source     string             `json:"source"`
	Filter     string             `json:"filter"`
	Rewritten  []Rewriting        `json:"rewritten,omitempty"`
	Empty      string             `json:"empty,omitempty"`
	Scans      []scanDocument     `json:"scans"`
	Order      orderDocument      `json:"order"`
	Sort       string             `json:"sort"`
	Limit      int64              `json:"limit"`
	Select     []string           `json:"select"`
	Hidden     []string           `json:"hidden"`
	PageSize   int                `json:"page_size"`
	Strategy   string             `json:"strategy"`
	Cost       costDocument       `json:"cost"`
	Rejected   []rejectedDocument `json:"lost"`
	Reasons    Reasons            `json:"reasons"`
	Warnings   []string           `json:"warnings"`
	Now        time.Time          `json:"now"` // with the zone's offset at that time
	Zone       string             `json:"zone"`
	SortRows   int                `json:"max_sort_rows,omitempty"`
	SortMemory int64              `json:"sort_memory,omitempty"`
	Verify     int64              `json:"verify,omitempty"`
	Fallback   *sortDocument      `json:"by_hand,omitempty"`
}

type scanDocument struct {
	Conjuncts []conjunctDocument `json:"conjuncts"` // the residual is those that are not exact
	Residual  string             `json:"residual,omitempty"`
	Query     url.Values         `json:"query"`
	IDs       idsDocument        `json:"ids"`
	MaxRows   int64              `json:"max_rows,omitempty"` // 0 = unknown
	Deleted   bool               `json:"deleted"`
	Expected  int64              `json:"expected_rows"`
	Sort      string             `json:"sort,omitempty"`
	Request   string             `json:"request"`
}

type conjunctDocument struct {
	Text    string   `json:"text"`
	Verdict string   `json:"verdict"`
	Params  []string `json:"params"`      // name=value; the value alone if the name is filter
	Names   []string `json:"param_names"` // of the params
	Reason  string   `json:"reason,omitempty"`
}

// idsDocument is a half-open range of ids; 0 is an open end.
type idsDocument struct {
	Lo int64 `json:"lo"`
	Hi int64 `json:"hi"`
}

type costDocument struct {
	Rows         int64   `json:"rows"`
	Requests     int64   `json:"requests"`
	Known        bool    `json:"known"`
	LeastSeconds float64 `json:"least_seconds"`
}

type rejectedDocument struct {
	Name   string       `json:"name"`
	Cost   costDocument `json:"cost"`
	Reason string       `json:"reason"`
}

type sortDocument struct {
	Query  url.Values `json:"query"`
	Hidden []string   `json:"hidden"`
}

// orderDocument is the keys of an order. Checkpoints of earlier builds store one
// comma-separated string.
type orderDocument []string

// UnmarshalJSON reads a list, or a comma-separated string.
func (o *orderDocument) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*o = strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
		return nil
	}
	return json.Unmarshal(data, (*[]string)(o))
}

// ExplainJSON writes the plan's [Document], indented. Its only error is one of w.
func (p *Plan) ExplainJSON(w io.Writer) error { return writeIndented(w, p.Document()) }

// writeIndented writes v as indented JSON. It does not escape <, > and &, so that
// requests stay readable.
func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// MarshalJSON writes the plan's [Document] without the plans that were rejected;
// [Load] reads it.
func (p *Plan) MarshalJSON() ([]byte, error) {
	d := p.Document()
	d.Rejected = nil
	return json.Marshal(d)
}

// Document returns the JSON form of the plan.
func (p *Plan) Document() Document {
	out := Document{
		Version: Version, Resource: p.Resource, Source: p.Source, Filter: dsl.Format(p.Filter), Rewritten: p.Rewritten, Empty: p.Empty,
		Scans: make([]scanDocument, len(p.Scans)), Order: make([]string, len(p.Order)), Sort: p.Sort.String(), Limit: p.Limit,
		Select: names(p.Select), Hidden: names(p.Hidden), PageSize: p.PageSize, Strategy: p.Strategy.String(),
		Cost: p.Cost.document(), Rejected: make([]rejectedDocument, len(p.Rejected)), Reasons: p.Reasons,
		Warnings: append([]string{}, p.Warnings...), Now: p.Now.In(p.Zone), Zone: p.Zone.String(),
		SortRows: p.MaxSortRows, SortMemory: p.SortMemory, Verify: p.Verify,
	}
	for i, k := range p.Order {
		out.Order[i] = k.String()
	}
	for i, s := range p.Scans {
		out.Scans[i] = s.document()
		out.Scans[i].Request = p.Request(i)
	}
	for i, a := range p.Rejected {
		out.Rejected[i] = rejectedDocument{a.Name, a.Cost.document(), a.Reason}
	}
	if p.Fallback != nil {
		out.Fallback = &sortDocument{p.Fallback.Query, names(p.Fallback.Hidden)}
	}
	return out
}

func (s Scan) document() scanDocument {
	out := scanDocument{
		Conjuncts: make([]conjunctDocument, len(s.Conjuncts)), Query: s.Query, IDs: idsDocument(s.IDs), MaxRows: s.MaxRows,
		Deleted: s.Deleted, Expected: s.Expected, Sort: s.Sort,
	}
	if s.Residual != nil {
		out.Residual = dsl.Format(s.Residual)
	}
	if s.MaxRows == math.MaxInt64 {
		out.MaxRows = 0
	}
	for i, c := range s.Conjuncts {
		out.Conjuncts[i] = c.document()
	}
	return out
}

// filterParameter is the parameter whose name a condition's text omits.
const filterParameter = "filter"

func (c Conjunct) document() conjunctDocument {
	out := conjunctDocument{dsl.Format(c.Node), c.Verdict.String(), []string{}, []string{}, c.Reason}
	for _, param := range c.Params {
		text := param.String()
		if param.Name == filterParameter {
			text = param.Value
		}
		out.Params, out.Names = append(out.Params, text), append(out.Names, param.Name)
	}
	return out
}

// param reads the i-th parameter. Checkpoints of earlier builds have no names.
func (c conjunctDocument) param(i int) Param {
	text, name := c.Params[i], ""
	if i < len(c.Names) {
		name = c.Names[i]
	} else if named := namedParam.FindString(text); named != "" {
		name = strings.TrimSuffix(named, "=")
	}
	if name == "" || name == filterParameter {
		return Param{filterParameter, text}
	}
	return Param{name, strings.TrimPrefix(text, name+"=")}
}

// namedParam matches the name of a condition that is a parameter of its own.
var namedParam = regexp.MustCompile(`^[^:{=]+=`)

func (c Cost) document() costDocument {
	return costDocument{c.Rows, c.Requests, c.Known, c.LeastTime.Seconds()}
}

func (c costDocument) cost() Cost {
	return Cost{c.Rows, c.Requests, c.Known, time.Duration(math.Round(c.LeastSeconds * float64(time.Second)))}
}

package groupcount

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// Request is what to count and how.
type Request struct {
	Resource resource.Resource // good for planning
	// OfType returns the same resource for users of one type, "organization" or
	// "client", to count by type. Type is the type asked for: one of the two, or
	// "any".
	OfType  func(userType string) (resource.Resource, error)
	Type    string
	Filter  *dsl.Filter
	Options []query.Option
	By      string         // FIELD, FIELD:UNIT, or a short name such as role
	Zone    *time.Location // of calendar units
	Counts  int            // most counts to ask for when grouping by a calendar; 0 = no bound
	Top     int            // most groups to return if no calendar orders them; 0 = all
	// Watch shows the progress of a run that reads rows, until stop is called.
	Watch func(progress.Run) (stop func())
}

// Grouping is a request that was checked. It is for one goroutine.
type Grouping struct {
	Request

	types  map[string]resource.Resource // by label, when grouped by type
	field  *model.Field
	unit   Unit // "" = by value
	picked bool // the user chose the unit

	mu       sync.Mutex // because a calendar is counted by several goroutines
	walked   bool       // the server did not count, and rows were read
	warnings []string   // of those runs, each once
}

// Answer is how many rows each group has.
type Answer struct {
	By       string  `json:"by"`
	Rows     int64   `json:"rows"`
	Method   string  `json:"method"` // "count" or "scan"
	Why      string  `json:"why"`
	Requests int64   `json:"requests"`
	Groups   []Group `json:"groups"`

	Warnings []string `json:"warnings,omitempty"` // what the server's answers say against the rows
}

// Note returns one line about how the answer was found.
func (a *Answer) Note() string {
	how, why := "counted by the server", ""
	if a.Method != "count" {
		how = "read and counted here"
	}
	if a.Why != "" {
		why = ": " + a.Why
	}
	return progress.Count(a.Rows, "row") + ", " + how + " in " + progress.Count(a.Requests, "request") + why
}

// New checks a request without asking a server. A field or a unit that does not fit
// is an [exit.UsageError].
func New(r Request) (*Grouping, error) {
	g := &Grouping{Request: r}
	name, unit, _ := strings.Cut(r.By, ":")
	field, ok := r.Resource.Schema().Lookup(fieldNamed(name))
	if !ok {
		return nil, exit.Usagef("--by %s: unknown field%s", r.By, suggestion(name, r.Resource.Schema()))
	}
	if g.field = field; field.Type == model.TypeRef || field.Type == model.TypeRefs {
		return nil, exit.Usagef("--by %s: a reference; group by what it refers to, such as %s.name", r.By, name)
	}
	if g.unit, g.picked = Unit(unit), unit != ""; field.Element() == model.TypeDateTime && unit == "" {
		g.unit = Month
	}
	if !slices.Contains([]Unit{"", Day, Month, Year}, g.unit) || (unit != "" && field.Element() != model.TypeDateTime) {
		return nil, exit.Usagef("--by %s: only times have units: day, month or year", r.By)
	}
	if field.Name == "type" {
		if err := g.findTypes(); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// fieldNamed returns the field that a short name stands for.
func fieldNamed(name string) string {
	switch name {
	case "role":
		return "roles.name"
	case "warehouse":
		return "default_warehouse.name"
	case "merchant":
		return "merchant.name"
	}
	return name
}

func suggestion(name string, s *model.Schema) string {
	names := make([]string, s.Len())
	for i := range names {
		names[i] = s.Field(i).Name
	}
	if near := dsl.Suggest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// userTypes returns the types of users: the label of each, and its word in flags.
func userTypes() [][2]string {
	return [][2]string{{"OrganizationUser", "organization"}, {"ClientUser", "client"}}
}

func (g *Grouping) findTypes() (err error) {
	g.types = map[string]resource.Resource{}
	for _, t := range userTypes() {
		if g.Type != "any" && g.Type != t[1] {
			continue
		}
		if g.types[t[0]], err = g.OfType(t[1]); err != nil {
			return err
		}
	}
	return nil
}

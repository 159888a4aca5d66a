package yaml

import (
	"reflect"
	"time"

	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// described is a dialect of expressions, in the order of its members.
type described struct {
	Name   string            `yaml:"name,omitempty"`
	To     describedPlace    `yaml:"to,flow"`
	Base   any               `yaml:"base,omitempty"`
	And    any               `yaml:"and"`
	Or     any               `yaml:"or,omitempty"`
	Not    any               `yaml:"not,omitempty"`
	Group  string            `yaml:"group,omitempty"`
	Top    any               `yaml:"top,omitempty"`
	Shape  string            `yaml:"shape,omitempty"`
	Ops    map[string]any    `yaml:"ops"`
	Quote  describedQuote    `yaml:"quote"`
	Time   describedTime     `yaml:"time,flow"`
	Nulls  map[string]string `yaml:"nulls,flow"`
	Text   describedText     `yaml:"text,flow"`
	Blank  []string          `yaml:"blank,flow"`
	Limits map[string]int    `yaml:"limits,flow"`
}

type describedPlace struct {
	Param  string `yaml:"param,omitempty"`
	Body   string `yaml:"body,omitempty"`
	Around string `yaml:"around,omitempty"`
	Empty  string `yaml:"empty,omitempty"`

	Brackets bool `yaml:"brackets,omitempty"`
}

type describedQuote struct {
	By      string            `yaml:"by,omitempty"`
	Escape  map[string]string `yaml:"escape,flow,omitempty"`
	Refuse  []string          `yaml:"refuse,flow,omitempty"`
	Numbers bool              `yaml:"numbers,omitempty"`
}

type describedTime struct {
	Format string `yaml:"format"`
	Step   string `yaml:"step"`
	Grid   string `yaml:"grid"`
	Zone   string `yaml:"zone,omitempty"`
	Quoted bool   `yaml:"quoted"`
}

type describedText struct {
	Fold        string `yaml:"fold"`
	Exact       bool   `yaml:"exact"`
	Order       bool   `yaml:"order"`
	BlankIsNull bool   `yaml:"blank_is_null"`
}

// describedOperator is an operator that is more than its template.
type describedOperator struct {
	Is      any               `yaml:"is,omitempty"`
	Join    string            `yaml:"join,omitempty"`
	Max     int               `yaml:"max,omitempty"`
	Escape  map[string]string `yaml:"escape,flow,omitempty"`
	Refuse  []string          `yaml:"refuse,flow,omitempty"`
	Any     string            `yaml:"any,omitempty"`
	One     string            `yaml:"one,omitempty"`
	Values  map[string]string `yaml:"values,flow,omitempty"`
	Verdict string            `yaml:"verdict,omitempty"`
}

// expressionOf returns the dialect's name, if it is a preset's, and what a definition says
// of it beyond; nil if it is the preset.
func expressionOf(d rest.Definition) (name string, more any) {
	if d.Expression == nil {
		return d.Dialect(), nil
	}
	e := *d.Expression
	preset, named := expression.Preset(e.Name)
	if named && reflect.DeepEqual(preset, e) {
		return e.Name, nil
	}
	out := &described{
		To: describedPlace(e.To), Base: e.Base, And: e.And, Or: e.Or, Not: e.Not, Group: e.Group, Top: e.Top, Shape: string(e.Shape),
		Ops: opsOf(e.Ops, preset.Ops), Quote: describedQuote(e.Quote), Text: describedText{string(e.Text.Fold), e.Text.Exact, e.Text.Order, e.Text.BlankIsNull},
		Time: describedTime{Format: e.Time.Format, Step: e.Time.Step.String(), Grid: e.Time.Grid.String(), Quoted: e.Time.Quoted}, Blank: []string{},
		Nulls:  map[string]string{},
		Limits: map[string]int{"terms": e.Limits.Terms, "groups": e.Limits.Groups, "per_group": e.Limits.PerGroup, "bytes": e.Limits.Bytes},
	}
	if out.Text.Fold == "" {
		out.Text.Fold = string(expression.FoldUnclear)
	}
	if e.Time.Zone != nil && e.Time.Zone != time.UTC {
		out.Time.Zone = e.Time.Zone.String()
	}
	for kind, null := range map[string]expression.Null{"eq": e.Nulls.Eq, "ne": e.Nulls.Ne, "order": e.Nulls.Order, "text": e.Nulls.Text, "in": e.Nulls.In, "bool": e.Nulls.Bool} {
		if null != "" {
			out.Nulls[kind] = string(null)
		}
	}
	for _, k := range e.Blank {
		out.Blank = append(out.Blank, string(k))
	}
	if named {
		return e.Name, out
	}
	out.Name = e.Name
	return "", out
}

// opsOf writes operators; what the preset has and they have not is null.
func opsOf(ops, preset map[expression.Op]expression.Operator) map[string]any {
	out := map[string]any{}
	for op := range preset {
		out[string(op)] = nil
	}
	for op, o := range ops {
		out[string(op)] = operatorOf(o)
	}
	return out
}

// operatorOf writes an operator: its template, if there is no more to say.
func operatorOf(o expression.Operator) any {
	plain := expression.Operator{Template: o.Template}
	if reflect.DeepEqual(o, plain) && o.Template != nil {
		return o.Template
	}
	out := describedOperator{Is: o.Template, Join: o.Join, Max: o.Max, Escape: o.Escape, Refuse: o.Refuse, Any: o.Any, One: o.One, Values: o.Values, Verdict: "exact"}
	if o.Superset {
		out.Verdict = "superset"
	}
	return out
}

// fieldOpsOf writes the operators of a field: a list of names if there is no more to say.
func fieldOpsOf(ops map[expression.Op]expression.Operator) any {
	if ops == nil {
		return nil
	}
	names := []string{}
	out := map[string]any{}
	for _, op := range expression.Ops() {
		o, ok := ops[op]
		if !ok {
			continue
		}
		out[string(op)] = operatorOf(o)
		if reflect.DeepEqual(o, expression.Operator{}) {
			names = append(names, string(op))
		}
	}
	if len(names) == len(out) {
		return names
	}
	return out
}

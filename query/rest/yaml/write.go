package yaml

import (
	"bytes"
	"fmt"
	"net/url"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// file is what Write writes, in the order of its members.
type file struct {
	Resource   string     `yaml:"resource"`
	Path       string     `yaml:"path"`
	Dialect    string     `yaml:"dialect,omitempty"`
	Expression any        `yaml:"expression,omitempty"`
	Lists      string     `yaml:"lists,omitempty"`
	Profile    []string   `yaml:"profile,flow,omitempty"`
	Parent     *parent    `yaml:"parent,omitempty"`
	Request    request    `yaml:"request,omitempty"`
	Select     any        `yaml:"select,omitempty"` // a parameter, or selection
	Include    string     `yaml:"include,omitempty"`
	Deleted    parameters `yaml:"deleted,omitempty"`
	Params     parameters `yaml:"params,omitempty"`
	Auth       auth       `yaml:"auth,flow,omitempty"`
	Headers    parameters `yaml:"headers,omitempty"`
	Limits     limits     `yaml:"limits,flow,omitempty"`
	Layout     layout     `yaml:"layout"`
	Paging     paging     `yaml:"paging"`
	Fields     []field    `yaml:"fields"`
}

// parameters has a text for each name, or a list of texts.
type parameters map[string]any

func written(values url.Values) parameters {
	out := parameters{}
	for name, list := range values {
		out[name] = list
		if len(list) == 1 {
			out[name] = list[0]
		}
	}
	return out
}

type request struct {
	Method string `yaml:"method,omitempty"`
	Follow string `yaml:"follow,omitempty"`
	Body   any    `yaml:"body,omitempty"`
}

type order struct {
	Ascending  any    `yaml:"ascending,omitempty"`
	Descending any    `yaml:"descending,omitempty"`
	Join       string `yaml:"join,omitempty"`
	Behind     string `yaml:"behind,omitempty"`
}

// selected is the parameter that asks for fields, with what it does; nil for none.
func selected(d rest.Definition) any {
	switch {
	case d.Replaces:
		return struct {
			Param    string `yaml:"param"`
			Replaces bool   `yaml:"replaces"`
		}{d.Select, true}
	case d.Select != "":
		return d.Select
	}
	return nil
}

type param struct {
	Name   string            `yaml:"name"`
	Value  string            `yaml:"value,omitempty"`
	Values map[string]string `yaml:"values,omitempty"`

	Verdict string   `yaml:"verdict,omitempty"`
	Refuse  []string `yaml:"refuse,flow,omitempty"`
}

// params are the parameters of a field's operators.
func params(f rest.Field) map[string]any {
	out := map[string]any{}
	for op, name := range f.Params {
		out[op] = name
		if v, ok := f.Values[op]; ok {
			out[op] = param{name, v.Template, v.Map, map[bool]string{true: "superset"}[v.Superset], v.Refuse}
		}
	}
	return out
}

type auth struct {
	Header string `yaml:"header,omitempty"`
	Scheme string `yaml:"scheme,omitempty"`
	Query  string `yaml:"query,omitempty"`
	OAuth  *oauth `yaml:"oauth,flow,omitempty"`
}

type layout struct {
	Rows     string `yaml:"rows,omitempty"`
	ID       string `yaml:"id,omitempty"`
	HasMore  string `yaml:"has_more,omitempty"`
	Done     string `yaml:"done,omitempty"`
	Next     any    `yaml:"next,omitempty"` // a path or a header
	Previous string `yaml:"previous,omitempty"`
	Total    any    `yaml:"total,omitempty"`
	Included string `yaml:"included,omitempty"`
	Meta     string `yaml:"meta,omitempty"`

	Columns any  `yaml:"columns,flow,omitempty"` // a list, or a path
	RowsMap bool `yaml:"rows_map,omitempty"`

	OK         string   `yaml:"ok,omitempty"`
	Error      string   `yaml:"error,omitempty"`
	NextOnLast bool     `yaml:"next_on_last,omitempty"`
	RowsAbsent string   `yaml:"rows_absent,omitempty"`
	Retry      []string `yaml:"retry,flow,omitempty"`

	BrokenText      string `yaml:"broken_text,omitempty"`
	RepeatedMembers string `yaml:"repeated_members,omitempty"`
}

func layoutOf(d rest.Definition) layout {
	l, a := d.Layout, d.Answer
	out := layout{
		Rows: l.Rows, ID: l.ID, HasMore: l.HasMore, Done: l.Done, Next: place(l.Next, a.NextHeader), Previous: l.Previous,
		Total: place(l.Total, a.TotalHeader), Included: l.Included, Meta: l.Meta, OK: l.OK, Error: l.Error, Retry: a.Retry,
		RowsMap: d.Shape.Map, NextOnLast: a.NextOnLast,
	}
	switch {
	case len(d.Shape.Columns) > 0:
		out.Columns = d.Shape.Columns
	case d.Shape.ColumnsAt != "":
		out.Columns = d.Shape.ColumnsAt
	}
	if a.RowsAbsent {
		out.RowsAbsent = "empty"
	}
	if a.RefuseBrokenText {
		out.BrokenText = "refuse"
	}
	if a.LastMember {
		out.RepeatedMembers = "last"
	}
	return out
}

// place is a path, {header: NAME}, or nil.
func place(path, header string) any {
	switch {
	case header != "":
		return map[string]string{"header": header}
	case path != "":
		return path
	}
	return nil
}

type paging struct {
	Style string `yaml:"style"`
	Max   int    `yaml:"max,omitempty"`
	Limit string `yaml:"limit,omitempty"`
	Sort  string `yaml:"sort,omitempty"`

	Direction  string `yaml:"direction,omitempty"`
	Ascending  string `yaml:"ascending,omitempty"`
	Descending string `yaml:"descending,omitempty"`
	Ties       string `yaml:"ties,omitempty"`
	Order      order  `yaml:"order,flow,omitempty"`
	Nulls      string `yaml:"nulls,omitempty"`

	From  string `yaml:"from,omitempty"`
	After string `yaml:"after,omitempty"`
	Until string `yaml:"until,omitempty"`
	Token string `yaml:"token,omitempty"`
	Skip  string `yaml:"skip,omitempty"`

	Origin int `yaml:"origin,omitempty"`

	Page     string `yaml:"page,omitempty"`
	FromZero bool   `yaml:"from_zero,omitempty"`

	Alone     bool `yaml:"alone,omitempty"`
	Rebase    bool `yaml:"rebase,omitempty"`
	EmptyLast bool `yaml:"empty_last,omitempty"`
	IdlePages int  `yaml:"idle_pages,omitempty"`

	Window int `yaml:"window,omitempty"`
}

type field struct {
	Name      string         `yaml:"name"`
	As        string         `yaml:"as,omitempty"`
	Type      string         `yaml:"type"`
	Of        string         `yaml:"of,omitempty"`
	Nullable  bool           `yaml:"nullable,omitempty"`
	Format    any            `yaml:"format,omitempty"` // a name, or layouts
	Absent    *yaml.Node     `yaml:"absent,omitempty"`
	Nulls     []*yaml.Node   `yaml:"nulls,flow,omitempty"`
	Collation string         `yaml:"collation,omitempty"`
	Returned  string         `yaml:"returned"`
	Through   string         `yaml:"through,omitempty"`
	Inline    bool           `yaml:"inline,omitempty"`
	Filter    bool           `yaml:"filter,omitempty"`
	Sort      bool           `yaml:"sort,omitempty"`
	Params    map[string]any `yaml:"params,flow,omitempty"` // a name, or param
	Ops       any            `yaml:"ops,flow,omitempty"`
	Fold      string         `yaml:"fold,omitempty"`
	Doc       string         `yaml:"doc,omitempty"`
}

// Write writes the definition in YAML; [Read] with its syntax reads the same definition
// back. It fails if the definition has faults.
func Write(d rest.Definition) ([]byte, error) {
	if _, err := rest.New(nil, d); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(fileOf(d)); err != nil {
		return nil, fmt.Errorf("writing the definition of %s: %w", d.Name, err)
	}
	return b.Bytes(), e.Close()
}

// fileOf is what Write writes of a definition.
func fileOf(d rest.Definition) file {
	f := file{
		Resource: d.Name, Path: d.Path, Parent: parentOf(d), Lists: string(d.Lists), Select: selected(d), Request: request{d.Method, d.Follow, d.Body}, Layout: layoutOf(d),
		Paging: paging{
			string(d.Paging.Style), d.Paging.Max, d.Paging.Limit, d.Paging.Sort,
			d.Paging.Direction, d.Paging.Ascending, d.Paging.Descending, string(d.Paging.Ties), order(d.Paging.Order), string(d.Paging.Nulls), d.Paging.From, d.Paging.After, d.Paging.Until, d.Paging.Token, d.Paging.Skip, d.Paging.Origin,
			d.Paging.Page, d.Paging.FromZero, d.Paging.Alone, d.Paging.Rebase, d.Paging.EmptyLast, d.Paging.IdlePages, d.Paging.Window,
		},
		Include: d.Include, Deleted: written(d.Deleted), Params: written(d.Params),
		Auth: authOf(d), Headers: written(url.Values(d.Header)), Limits: limits(d.Limits),
	}
	f.Dialect, f.Expression = expressionOf(d)
	if d.Syntax != nil {
		f.Profile = d.Syntax.Switches()
	}
	for _, x := range d.Fields {
		out := field{
			Name: x.Name, As: x.As, Type: x.Type.String(), Nullable: x.Nullable, Returned: x.Returned.String(), Through: x.Through, Inline: x.Inline,
			Filter: x.Filter, Sort: x.Sort, Params: params(x), Doc: x.Doc,
			Absent: nodeOf(x.Absent),
			Ops:    fieldOpsOf(x.Ops), Fold: string(x.Fold),
		}
		if x.Type == model.TypeList {
			out.Of = x.Of.String()
		}
		if x.Element() == model.TypeString {
			out.Collation = x.Collation.String()
		}
		if x.Format != model.FormatRFC3339 {
			out.Format = x.Format.String()
		}
		if x.Spelling != nil {
			out.spell(*x.Spelling)
		}
		f.Fields = append(f.Fields, out)
	}
	return f
}

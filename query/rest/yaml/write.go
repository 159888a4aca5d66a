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
	Resource string     `yaml:"resource"`
	Path     string     `yaml:"path"`
	Dialect  string     `yaml:"dialect,omitempty"`
	Lists    string     `yaml:"lists,omitempty"`
	Profile  []string   `yaml:"profile,flow,omitempty"`
	Select   string     `yaml:"select,omitempty"`
	Include  string     `yaml:"include,omitempty"`
	Deleted  parameters `yaml:"deleted,omitempty"`
	Params   parameters `yaml:"params,omitempty"`
	Auth     auth       `yaml:"auth,flow,omitempty"`
	Headers  parameters `yaml:"headers,omitempty"`
	Layout   layout     `yaml:"layout"`
	Paging   paging     `yaml:"paging"`
	Fields   []field    `yaml:"fields"`
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

type auth struct {
	Header string `yaml:"header,omitempty"`
	Scheme string `yaml:"scheme,omitempty"`
	Query  string `yaml:"query,omitempty"`
}

type layout struct {
	Rows     string `yaml:"rows,omitempty"`
	ID       string `yaml:"id,omitempty"`
	HasMore  string `yaml:"has_more,omitempty"`
	Next     string `yaml:"next,omitempty"`
	Previous string `yaml:"previous,omitempty"`
	Total    string `yaml:"total,omitempty"`
	Included string `yaml:"included,omitempty"`
	Meta     string `yaml:"meta,omitempty"`
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

	From  string `yaml:"from,omitempty"`
	After string `yaml:"after,omitempty"`
	Until string `yaml:"until,omitempty"`
	Token string `yaml:"token,omitempty"`
	Skip  string `yaml:"skip,omitempty"`

	Page     string `yaml:"page,omitempty"`
	FromZero bool   `yaml:"from_zero,omitempty"`
}

type field struct {
	Name      string            `yaml:"name"`
	Type      string            `yaml:"type"`
	Nullable  bool              `yaml:"nullable,omitempty"`
	Format    string            `yaml:"format,omitempty"`
	Collation string            `yaml:"collation,omitempty"`
	Returned  string            `yaml:"returned"`
	Through   string            `yaml:"through,omitempty"`
	Filter    bool              `yaml:"filter,omitempty"`
	Sort      bool              `yaml:"sort,omitempty"`
	Params    map[string]string `yaml:"params,flow,omitempty"`
	Doc       string            `yaml:"doc,omitempty"`
}

// Write writes the definition in YAML; [Read] with its syntax reads the same definition
// back. It fails if the definition has faults.
func Write(d rest.Definition) ([]byte, error) {
	if _, err := rest.New(nil, d); err != nil {
		return nil, err
	}
	f := file{
		Resource: d.Name, Path: d.Path, Dialect: d.Dialect(), Lists: string(d.Lists), Select: d.Select, Layout: layout(d.Layout),
		Paging: paging{
			string(d.Paging.Style), d.Paging.Max, d.Paging.Limit, d.Paging.Sort,
			d.Paging.Direction, d.Paging.Ascending, d.Paging.Descending, string(d.Paging.Ties), d.Paging.From, d.Paging.After, d.Paging.Until, d.Paging.Token, d.Paging.Skip,
			d.Paging.Page, d.Paging.FromZero,
		},
		Include: d.Include, Deleted: written(d.Deleted), Params: written(d.Params),
		Auth: auth(d.Auth), Headers: written(url.Values(d.Header)),
	}
	if d.Syntax != nil {
		f.Profile = d.Syntax.Switches()
	}
	for _, x := range d.Fields {
		out := field{
			Name: x.Name, Type: x.Type.String(), Nullable: x.Nullable, Returned: x.Returned.String(), Through: x.Through,
			Filter: x.Filter, Sort: x.Sort, Params: x.Params, Doc: x.Doc,
		}
		if x.Type == model.TypeString {
			out.Collation = x.Collation.String()
		}
		if x.Format != model.FormatRFC3339 {
			out.Format = x.Format.String()
		}
		f.Fields = append(f.Fields, out)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("writing the definition of %s: %w", d.Name, err)
	}
	return b.Bytes(), e.Close()
}

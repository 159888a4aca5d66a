package yaml

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// ReadFile reads the definition in a file; see [Read]. Its faults name the file.
func ReadFile(path string, syntaxes ...rest.Syntax) (rest.Definition, error) {
	text, err := os.ReadFile(path) //nolint:gosec // G304: the caller names it
	if err != nil {
		return rest.Definition{}, err
	}
	return read(path, text, syntaxes)
}

// Read reads the definition of one resource. Its dialect is [rest.KeyValue] or the name
// of one of the syntaxes; a definition that names none has the first of them, or
// KeyValue. It fails with [*Error]s, joined: every fault that it finds, each with its
// place.
func Read(text []byte, syntaxes ...rest.Syntax) (rest.Definition, error) {
	return read("", text, syntaxes)
}

func read(file string, text []byte, syntaxes []rest.Syntax) (rest.Definition, error) {
	root, wrong := parse(text)
	if wrong != nil {
		wrong.File = file
		return rest.Definition{}, wrong
	}
	r := &reader{file: file, syntaxes: syntaxes, parts: map[string]*yaml.Node{"": root}}
	d := r.definition(root)
	if len(r.errs) == 0 {
		r.check(d)
	}
	return d, errors.Join(r.errs...)
}

// reader turns nodes into a definition and gathers faults.
type reader struct {
	file     string
	syntaxes []rest.Syntax
	parts    map[string]*yaml.Node // of the definition, such as "paging.style"
	errs     []error
}

// check reports the faults of the definition as a whole, each at its part of the file or
// at the nearest that is there.
func (r *reader) check(d rest.Definition) {
	_, err := rest.New(nil, d)
	wrong := (*rest.DefinitionError)(nil)
	if !errors.As(err, &wrong) {
		return
	}
	for _, fault := range wrong.Faults {
		part := fault.Part
		for r.parts[part] == nil {
			part = part[:max(0, strings.LastIndexByte(part, '.'))]
		}
		r.failf(r.parts[part], "%v", fault.Err)
	}
}

func (r *reader) failf(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, &Error{r.file, n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// mapping calls each for each member of a mapping.
func (r *reader) mapping(n *yaml.Node, what string, each func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.failf(n, "%s must be a mapping", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if seen[key.Value] {
			r.failf(key, "%s has %q twice", what, key.Value)
			continue
		}
		seen[key.Value] = true
		each(key, value)
	}
}

// members calls the setter of each member of a mapping. The part is the prefix of the
// members' names in faults.
func (r *reader) members(n *yaml.Node, what, part string, set map[string]func(*yaml.Node)) {
	r.mapping(n, what, func(key, value *yaml.Node) {
		if f, ok := set[key.Value]; ok {
			r.parts[part+key.Value] = value
			f(value)
			return
		}
		r.failf(key, "%s has no member %q; there are %s", what, key.Value, strings.Join(slices.Sorted(maps.Keys(set)), ", "))
	})
}

// parameters sets the parameters of a request: a value for each, or a list.
func (r *reader) parameters(to *url.Values) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*to = url.Values{}
		r.mapping(n, "the list of parameters", func(key, value *yaml.Node) {
			values := []*yaml.Node{value}
			if value.Kind == yaml.SequenceNode {
				values = value.Content
			}
			for _, v := range values {
				var text string
				r.text(&text)(v)
				to.Add(key.Value, text)
			}
		})
	}
}

// text returns a setter of a string; the functions below return setters of other types.
func (r *reader) text(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		switch {
		case n.Kind != yaml.ScalarNode:
			r.failf(n, "a text is wanted here")
			return
		case n.Tag == "!!null":
			r.failf(n, "a text is wanted here, and nothing stands here")
			return
		}
		*to = n.Value
	}
}

func (r *reader) flag(to *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if err := n.Decode(to); err != nil {
			r.failf(n, "true or false is wanted here, not %q", n.Value)
		}
	}
}

func (r *reader) number(to *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if err := n.Decode(to); err != nil {
			r.failf(n, "a whole number is wanted here, not %q", n.Value)
		}
	}
}

func (r *reader) definition(n *yaml.Node) (d rest.Definition) {
	var dialect string
	var operators []string
	r.members(n, "a resource", "", map[string]func(*yaml.Node){
		"resource": r.text(&d.Name), "path": r.text(&d.Path), "select": r.text(&d.Select),
		"dialect": r.text(&dialect), "lists": r.text((*string)(&d.Lists)),
		"profile": func(n *yaml.Node) {
			if n.Kind != yaml.SequenceNode || n.Decode(&operators) != nil {
				r.failf(n, "a list of names of switches is wanted here")
			}
		},
		"auth": func(n *yaml.Node) {
			a := &d.Auth
			r.members(n, "auth", "auth.", map[string]func(*yaml.Node){"header": r.text(&a.Header), "scheme": r.text(&a.Scheme), "query": r.text(&a.Query)})
		},
		"headers": func(n *yaml.Node) {
			d.Header = http.Header{}
			r.mapping(n, "the list of headers", func(key, value *yaml.Node) {
				name := http.CanonicalHeaderKey(key.Value)
				if d.Header[name] != nil {
					r.failf(key, "the list of headers has %q twice", name)
				}
				r.parts["headers."+name] = value
				var text string
				r.text(&text)(value)
				d.Header[name] = []string{text}
			})
		},
		"params": r.parameters(&d.Params), "include": r.text(&d.Include), "deleted": r.parameters(&d.Deleted),
		"layout": func(n *yaml.Node) {
			l := &d.Layout
			r.members(n, "a layout", "layout.", map[string]func(*yaml.Node){
				"rows": r.text(&l.Rows), "id": r.text(&l.ID), "has_more": r.text(&l.HasMore), "next": r.text(&l.Next),
				"previous": r.text(&l.Previous), "total": r.text(&l.Total), "included": r.text(&l.Included), "meta": r.text(&l.Meta),
			})
		},
		"paging": func(n *yaml.Node) {
			p := &d.Paging
			r.members(n, "paging", "paging.", map[string]func(*yaml.Node){
				"style": r.text((*string)(&p.Style)), "max": r.number(&p.Max), "limit": r.text(&p.Limit), "sort": r.text(&p.Sort),
				"direction": r.text(&p.Direction), "ascending": r.text(&p.Ascending), "descending": r.text(&p.Descending), "ties": r.text((*string)(&p.Ties)),
				"from": r.text(&p.From), "after": r.text(&p.After), "until": r.text(&p.Until), "token": r.text(&p.Token), "skip": r.text(&p.Skip),
				"page": r.text(&p.Page), "from_zero": r.flag(&p.FromZero),
			})
		},
		"fields": func(n *yaml.Node) {
			if n.Kind != yaml.SequenceNode {
				r.failf(n, "a list of fields is wanted here")
				return
			}
			for i, f := range n.Content {
				d.Fields = append(d.Fields, r.field("fields."+strconv.Itoa(i), f))
			}
		},
	})
	d.Syntax = r.syntax(dialect, operators)
	return d
}

// syntax returns the dialect's syntax with the operators switched on; nil for key-value.
func (r *reader) syntax(dialect string, operators []string) rest.Syntax {
	var found rest.Syntax
	names := make([]string, 0, len(r.syntaxes)+1)
	for i, s := range r.syntaxes {
		if names = append(names, s.Name()); dialect == s.Name() || dialect == "" && i == 0 {
			found = s
		}
	}
	names = append(names, rest.KeyValue)
	if !slices.Contains(names, dialect) && dialect != "" {
		r.failf(r.parts["dialect"], "there is no dialect %q; there are %s", dialect, strings.Join(names, " and "))
	}
	if len(operators) == 0 {
		return found
	}
	having := found
	if having == nil { // a profile is read all the same, and of no use
		if len(r.syntaxes) == 0 {
			r.failf(r.parts["profile"], "the dialect %s has no switches", rest.KeyValue)
			return nil
		}
		having = r.syntaxes[0]
	}
	switched, err := having.Switch(operators...)
	if err != nil {
		r.failf(r.parts["profile"], "%v", err)
	}
	if err != nil || found == nil {
		return found
	}
	return switched
}

func (r *reader) field(part string, n *yaml.Node) (f rest.Field) {
	f.Returned = model.ReturnedAlways
	r.parts[part] = n
	r.members(n, "a field", part+".", map[string]func(*yaml.Node){
		"name": r.text(&f.Name), "doc": r.text(&f.Doc), "through": r.text(&f.Through),
		"nullable": r.flag(&f.Nullable), "filter": r.flag(&f.Filter), "sort": r.flag(&f.Sort),
		"type": func(n *yaml.Node) { f.Type = oneOf(r, n, "type", types()...) },
		"format": func(n *yaml.Node) {
			f.Format = oneOf(r, n, "format of times", model.FormatRFC3339, model.FormatRFC3339Nano, model.FormatUnix, model.FormatUnixMilli, model.FormatDate)
		},
		"collation": func(n *yaml.Node) { f.Collation = oneOf(r, n, "collation", model.CI, model.Binary) },
		"returned": func(n *yaml.Node) {
			f.Returned = oneOf(r, n, "answer", model.ReturnedUnknown, model.ReturnedAlways, model.ReturnedOnRequest, model.ReturnedNo)
		},
		"params": func(n *yaml.Node) {
			known := map[string]func(*yaml.Node){}
			f.Params = map[string]string{}
			for _, op := range rest.Operators() {
				known[op] = func(n *yaml.Node) {
					var param string
					r.text(&param)(n)
					f.Params[op] = param
				}
			}
			r.members(n, "the list of operators", part+".params.", known)
		},
	})
	if n.Kind != yaml.MappingNode {
		return f
	}
	if r.parts[part+".name"] == nil || r.parts[part+".type"] == nil {
		r.failf(n, "a field needs a name and a type")
	}
	if collation := r.parts[part+".collation"]; collation != nil && f.Type != model.TypeString && f.Type != model.TypeNull {
		r.failf(collation, "a field of type %v has no collation: strings alone are compared by one", f.Type)
	}
	if format := r.parts[part+".format"]; format != nil && f.Type != model.TypeDateTime && f.Type != model.TypeNull {
		r.failf(format, "a field of type %v has no format: instants, of type %v, have one", f.Type, model.TypeDateTime)
	}
	return f
}

func types() []model.Type {
	return []model.Type{model.TypeInt, model.TypeDecimal, model.TypeString, model.TypeBool, model.TypeDateTime, model.TypeRef, model.TypeRefs, model.TypeJSON}
}

// oneOf returns the value that prints as the node's text.
func oneOf[E fmt.Stringer](r *reader, n *yaml.Node, what string, all ...E) (zero E) {
	names := make([]string, len(all))
	for i, v := range all {
		if names[i] = v.String(); names[i] == n.Value {
			return v
		}
	}
	r.failf(n, "there is no %s %q; there are %s", what, n.Value, strings.Join(names, ", "))
	return zero
}

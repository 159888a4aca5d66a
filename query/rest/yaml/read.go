package yaml

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// Limits on a text and on what is said of it. Definitions of hundreds of fields are a tenth
// of this long.
const (
	maxText   = 1 << 20 // bytes of a text
	maxFaults = 50      // faults that are listed
	maxReason = 600     // bytes of one fault
)

// ReadFile reads the definition in a file; see [Read]. Its faults name the file. The file of
// a parent is one beside it.
func ReadFile(path string, syntaxes ...rest.Syntax) (rest.Definition, error) {
	return onDisk().definition(path, syntaxes)
}

// Read reads the definition of one resource. Its dialect is [rest.KeyValue], which is the
// default, the name of one of [expression.Presets], or that of one of the syntaxes. It fails with [*Error]s, joined: the first 50 faults, each with its place. A
// text is at most 1 MiB long.
func Read(text []byte, syntaxes ...rest.Syntax) (rest.Definition, error) {
	return read("", text, nil, syntaxes)
}

func read(file string, text []byte, beside *files, syntaxes []rest.Syntax) (rest.Definition, error) {
	if len(text) > maxText {
		return rest.Definition{}, &Error{File: file, limit: true, Reason: fmt.Sprintf("the text is longer than %d bytes, the most that a definition may have", maxText)}
	}
	root, wrong := parse(text)
	if wrong != nil {
		wrong.File = file
		return rest.Definition{}, wrong
	}
	r := &reader{file: file, files: beside, syntaxes: syntaxes, parts: map[string]*yaml.Node{"": root}, unknown: map[string]string{}}
	d := r.definition(root)
	r.check(d, r.unread(root))
	if more := len(r.errs) - maxFaults; more > 0 {
		r.errs = append(r.errs[:maxFaults], &Error{File: file, Reason: fmt.Sprintf("and %d more faults", more)})
	}
	return d, errors.Join(r.errs...)
}

// reader turns nodes into a definition and gathers faults.
type reader struct {
	file     string
	files    *files     // which the file may name; nil = none
	child    *yaml.Node // of a parent: where the child names it
	syntaxes []rest.Syntax
	parts    map[string]*yaml.Node // of the definition, such as "paging.style"
	errs     []error
	unknown  map[string]string // members that there are not, and the nearest one that there is
	doc      *string           // the text that may have lines

	described bool // the members of an expression are read
}

// check reports the faults of the definition as a whole, each at its part of the file or
// at the nearest that is there. Of a file that could not be read wholly it reports those of
// parts that were read, unless they may follow from what was not.
func (r *reader) check(d rest.Definition, unread map[string]bool) {
	_, err := rest.New(nil, d)
	wrong := (*rest.DefinitionError)(nil)
	if !errors.As(err, &wrong) {
		return
	}
	for _, fault := range wrong.Faults {
		part := fault.Part
		if len(unread) > 0 && (r.parts[part] == nil || follows(part, unread)) {
			continue
		}
		for r.parts[part] == nil {
			part = part[:max(0, strings.LastIndexByte(part, '.'))]
		}
		if part == "" && strings.HasPrefix(fault.Part, expressionPart) && r.parts["dialect"] != nil {
			part = "dialect" // which describes the expression
		}
		r.failf(r.parts[part], "%v", fault.Err)
	}
}

func (r *reader) failf(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, &Error{File: r.file, Line: n.Line, Column: n.Column, Reason: display.CutBytes(fmt.Sprintf(format, args...), maxReason)})
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
		known := slices.Sorted(maps.Keys(set))
		if near := dsl.Suggest(key.Value, known); near != "" {
			r.unknown[part+key.Value] = part + near
		}
		r.failf(key, "%s has no member %q; there are %s", what, key.Value, strings.Join(known, ", "))
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
		r.raw(to)(n)
		if err := rest.CheckText(*to, to == r.doc); err != nil {
			r.failf(n, "%v", err)
		}
	}
}

// raw returns a setter of a string whose characters the client checks.
func (r *reader) raw(to *string) func(*yaml.Node) {
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

// place sets a path, or the name of a header.
func (r *reader) place(path, header *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			r.text(path)(n)
			return
		}
		before := len(r.errs)
		r.members(n, "a place", "", map[string]func(*yaml.Node){"header": r.text(header)})
		if *header == "" && len(r.errs) == before {
			r.failf(n, "a place is a path, or {header: NAME}")
		}
	}
}

// switched sets a flag by one of two words.
func (r *reader) switched(to *bool, off, on string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if *to = n.Value == on; !*to && n.Value != off {
			r.failf(n, "%s or %s is wanted here, not %q", on, off, n.Value)
		}
	}
}

// texts sets a list of texts.
func (r *reader) texts(to *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			r.failf(n, "a list of texts is wanted here")
			return
		}
		for _, v := range n.Content {
			var text string
			r.text(&text)(v)
			*to = append(*to, text)
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
	var described *yaml.Node // an expression
	r.members(n, "a resource", "", map[string]func(*yaml.Node){
		"resource": r.text(&d.Name), "path": r.text(&d.Path), "select": r.selection(&d),
		"request": r.request(&d), "parent": r.parent(&d.Parent),
		"dialect": r.text(&dialect), "lists": r.text((*string)(&d.Lists)),
		"expression": func(n *yaml.Node) { described = n },
		"profile": func(n *yaml.Node) {
			if n.Kind != yaml.SequenceNode || n.Decode(&operators) != nil {
				r.failf(n, "a list of names of switches is wanted here")
			}
		},
		"auth": func(n *yaml.Node) {
			a := &d.Auth
			r.members(n, "auth", "auth.", map[string]func(*yaml.Node){"header": r.raw(&a.Header), "scheme": r.raw(&a.Scheme), "query": r.raw(&a.Query), "oauth": r.oauth(&d.OAuth)})
		},
		"limits": r.limits(&d.Limits),
		"headers": func(n *yaml.Node) {
			d.Header = http.Header{}
			r.mapping(n, "the list of headers", func(key, value *yaml.Node) {
				name := http.CanonicalHeaderKey(key.Value)
				if d.Header[name] != nil {
					r.failf(key, "the list of headers has %q twice", name)
				}
				r.parts["headers."+name] = value
				var text string
				r.raw(&text)(value)
				d.Header[name] = []string{text}
			})
		},
		"params": r.parameters(&d.Params), "include": r.text(&d.Include), "deleted": r.parameters(&d.Deleted),
		"layout": func(n *yaml.Node) {
			l, a := &d.Layout, &d.Answer
			r.members(n, "a layout", "layout.", map[string]func(*yaml.Node){
				"rows": r.text(&l.Rows), "id": r.text(&l.ID), "has_more": r.text(&l.HasMore), "done": r.text(&l.Done),
				"next": r.place(&l.Next, &a.NextHeader), "previous": r.text(&l.Previous), "total": r.place(&l.Total, &a.TotalHeader),
				"included": r.text(&l.Included), "meta": r.text(&l.Meta), "ok": r.text(&l.OK), "error": r.text(&l.Error),
				"columns": r.columns(&d.Shape), "rows_map": r.flag(&d.Shape.Map),
				"rows_absent": r.switched(&a.RowsAbsent, "error", "empty"), "retry": r.texts(&a.Retry),
				"next_on_last": r.flag(&a.NextOnLast),
				"broken_text":  r.switched(&a.RefuseBrokenText, "replace", "refuse"), "repeated_members": r.switched(&a.LastMember, "refuse", "last"),
			})
		},
		"paging": func(n *yaml.Node) {
			p := &d.Paging
			r.members(n, "paging", "paging.", map[string]func(*yaml.Node){
				"style": r.text((*string)(&p.Style)), "max": r.number(&p.Max), "limit": r.text(&p.Limit), "sort": r.text(&p.Sort),
				"direction": r.text(&p.Direction), "ascending": r.text(&p.Ascending), "descending": r.text(&p.Descending), "ties": r.text((*string)(&p.Ties)),
				"order": r.order(&p.Order), "nulls": r.text((*string)(&p.Nulls)),
				"from": r.text(&p.From), "after": r.text(&p.After), "until": r.text(&p.Until), "token": r.text(&p.Token), "skip": r.text(&p.Skip), "origin": r.number(&p.Origin),
				"page": r.text(&p.Page), "from_zero": r.flag(&p.FromZero), "alone": r.flag(&p.Alone), "rebase": r.flag(&p.Rebase),
				"empty_last": r.flag(&p.EmptyLast), "idle_pages": r.number(&p.IdlePages), "window": r.number(&p.Window),
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
	if r.expression(dialect, described, &d); d.Expression == nil || len(operators) > 0 {
		d.Syntax = r.syntax(dialect, operators)
	}
	return d
}

// syntax returns the dialect's syntax with the operators switched on; nil for key-value.
func (r *reader) syntax(dialect string, operators []string) rest.Syntax {
	var found rest.Syntax
	names := make([]string, 0, len(r.syntaxes)+1)
	for _, s := range r.syntaxes {
		if names = append(names, s.Name()); dialect != "" && (dialect == s.Name() || dialect == s.FormerName()) {
			found = s
		}
	}
	names = append(names, rest.KeyValue)
	for _, d := range expression.Presets() {
		names = append(names, d.Name)
	}
	if found == nil && !slices.Contains(names, dialect) && dialect != "" {
		hint := "there are " + strings.Join(names, ", ")
		if near := dsl.Suggest(dialect, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		r.failf(r.parts["dialect"], "there is no dialect %q; %s", dialect, hint)
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
	r.doc = &f.Doc
	f.Returned = model.ReturnedAlways
	r.parts[part] = n
	r.members(n, "a field", part+".", map[string]func(*yaml.Node){
		"name": r.text(&f.Name), "as": r.text(&f.As), "doc": r.text(&f.Doc), "through": r.text(&f.Through),
		"nullable": r.flag(&f.Nullable), "filter": r.flag(&f.Filter), "sort": r.flag(&f.Sort), "inline": r.flag(&f.Inline),
		"type":   func(n *yaml.Node) { f.Type = oneOf(r, n, "type", types()...) },
		"of":     func(n *yaml.Node) { f.Of = oneOf(r, n, "type of a list's elements", scalars()...) },
		"absent": r.absent(&f.Absent),
		"nulls":  func(n *yaml.Node) { r.nulls(n, spelling(&f)) },
		"format": func(n *yaml.Node) {
			if n.Kind == yaml.MappingNode {
				r.layouts(n, part+".format.", spelling(&f))
				return
			}
			if n.Value == textFormat {
				spelling(&f).Text = true
				return
			}
			f.Format = oneOf(r, n, "format of times", model.FormatRFC3339, model.FormatRFC3339Nano, model.FormatUnix, model.FormatUnixMilli, model.FormatDate)
		},
		"collation": func(n *yaml.Node) { f.Collation = oneOf(r, n, "collation", model.CI, model.Case, model.Binary) },
		"returned": func(n *yaml.Node) {
			f.Returned = oneOf(r, n, "answer", model.ReturnedUnknown, model.ReturnedAlways, model.ReturnedOnRequest, model.ReturnedNo)
		},
		"ops": func(n *yaml.Node) { r.fieldOps(n, part, &f) }, "fold": r.fold(&f.Fold),
		"params": func(n *yaml.Node) {
			known := map[string]func(*yaml.Node){}
			f.Params = map[string]string{}
			for _, op := range rest.Operators() {
				known[op] = func(n *yaml.Node) { r.param(&f, op, n) }
			}
			r.members(n, "the list of operators", part+".params.", known)
		},
	})
	if n.Kind != yaml.MappingNode {
		return f
	}
	if f.Spelling != nil && len(f.Spelling.Nulls) > 0 && r.parts[part+".nullable"] == nil {
		f.Nullable = true
	}
	if r.parts[part+".name"] == nil || r.parts[part+".type"] == nil {
		r.failf(n, "a field needs a name and a type")
	}
	r.checkOf(part, f)
	switch collation := r.parts[part+".collation"]; {
	case f.Element() == model.TypeString && collation == nil:
		f.Collation = model.CI
	case f.Element() != model.TypeString && f.Element() != model.TypeNull && collation != nil:
		r.failf(collation, "a field of type %s has no collation: strings alone are compared by one", f.TypeName())
	}
	r.checkFormat(r.parts[part+".format"], f)
	return f
}

// checkOf checks that a list says what its elements are, and that nothing else does.
func (r *reader) checkOf(part string, f rest.Field) {
	typ, of := r.parts[part+".type"], r.parts[part+".of"]
	switch {
	case typ == nil || f.Type == model.TypeNull:
	case f.Type == model.TypeList && of == nil:
		r.failf(typ, "a list says of what: of: string, or another of %s", names(scalars()))
	case f.Type != model.TypeList && of != nil:
		r.failf(of, "a field of type %v has no elements: of is for the type %v", f.Type, model.TypeList)
	case f.Type == model.TypeList && f.Spelling != nil:
		r.failf(typ, "a list has neither layouts, text nor nulls: leave them out, or declare it as json, which is shown and not looked into")
	}
}

// scalars are the types that a list may be of.
func scalars() []model.Type {
	return []model.Type{model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeString, model.TypeBool, model.TypeDateTime}
}

func types() []model.Type {
	return append(scalars(), model.TypeList, model.TypeRef, model.TypeRefs, model.TypeJSON)
}

// oneOf returns the value that prints as the node's text.
func oneOf[E fmt.Stringer](r *reader, n *yaml.Node, what string, all ...E) (zero E) {
	for _, v := range all {
		if v.String() == n.Value {
			return v
		}
	}
	r.failf(n, "there is no %s %q; there are %s", what, n.Value, names(all))
	return zero
}

// names joins names.
func names[E fmt.Stringer](all []E) string {
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = v.String()
	}
	return strings.Join(texts, ", ")
}

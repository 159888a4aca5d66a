package yaml

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// expression returns the dialect of expressions that a definition names or describes; nil
// if it has none. What the definition describes changes the preset that it names.
func (r *reader) expression(dialect string, n *yaml.Node, d *rest.Definition) {
	preset, named := expression.Preset(dialect)
	if !named && n == nil {
		return
	}
	syntaxes := make([]string, 0, 2*len(r.syntaxes))
	for _, s := range r.syntaxes {
		syntaxes = append(syntaxes, s.Name(), s.FormerName())
	}
	switch {
	case dialect == rest.KeyValue:
		r.failf(n, "an expression stands beside the dialect key-value, which sends a parameter for each condition: name another dialect, or leave dialect out")
		return
	case !named && dialect != "" && slices.Contains(syntaxes, dialect):
		r.failf(n, "an expression stands beside the dialect %s, which has a syntax of its own: leave one of the two out", dialect)
		return
	case !named && dialect != "":
		return // there is no such dialect, which syntax reports
	}
	if !named {
		preset.Name = d.Name
	}
	d.Expression = &preset
	if preset.RowsAbsent && d.Layout.Rows != "" && r.parts["layout.rows_absent"] == nil {
		d.Answer.RowsAbsent = true
	}
	if n != nil {
		r.dialect(n, d.Expression)
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		if f.Type == model.TypeString && r.parts["fields."+strconv.Itoa(i)+".collation"] == nil {
			f.Collation = collationOf(f.Fold, d.Expression.Text.Fold)
		}
	}
}

// collationOf is the collation of a field that has none: it compares as the server does.
func collationOf(own, all expression.Fold) model.Collation {
	fold := own
	if fold == "" {
		fold = all
	}
	switch fold {
	case expression.FoldCase:
		return model.Case
	case expression.FoldCI, expression.FoldAccents:
		return model.CI
	case expression.FoldNone, expression.FoldUnclear:
	}
	return model.Binary
}

// dialect reads the members of an expression.
func (r *reader) dialect(n *yaml.Node, d *expression.Dialect) {
	const part = expressionPart + "."
	r.described = true
	r.members(n, "an expression", part, map[string]func(*yaml.Node){
		"name": r.text(&d.Name),
		"to": func(n *yaml.Node) {
			d.To = expression.Place{}
			r.members(n, "the place of an expression", part+"to.", map[string]func(*yaml.Node){
				"param": r.text(&d.To.Param), "body": r.text(&d.To.Body), "around": r.text(&d.To.Around), "empty": r.text(&d.To.Empty),
				"brackets": r.flag(&d.To.Brackets),
			})
		},
		"base": r.template(&d.Base), "and": r.template(&d.And), "or": r.template(&d.Or), "not": r.template(&d.Not), "top": r.template(&d.Top),
		"group": r.text(&d.Group), "shape": r.text((*string)(&d.Shape)),
		"ops": func(n *yaml.Node) {
			if d.Ops == nil {
				d.Ops = map[expression.Op]expression.Operator{}
			}
			r.operators(n, part+"ops.", d.Ops)
		},
		"quote": func(n *yaml.Node) {
			d.Quote = expression.Quote{}
			r.members(n, "the quoting of values", part+"quote.", map[string]func(*yaml.Node){
				"by": r.text(&d.Quote.By), "escape": r.replacements(&d.Quote.Escape), "refuse": r.texts(&d.Quote.Refuse), "numbers": r.flag(&d.Quote.Numbers),
			})
		},
		"time": func(n *yaml.Node) {
			r.members(n, "the writing of instants", part+"time.", map[string]func(*yaml.Node){
				"format": r.text(&d.Time.Format), "quoted": r.flag(&d.Time.Quoted),
				"step": r.step(&d.Time.Step), "grid": r.step(&d.Time.Grid),
				"zone": func(n *yaml.Node) {
					zone, err := zoneOf(n.Value)
					if err != nil {
						r.failf(n, "%v", err)
					}
					d.Time.Zone = zone
				},
			})
		},
		"nulls": func(n *yaml.Node) {
			r.members(n, "what tests give for null", part+"nulls.", map[string]func(*yaml.Node){
				"eq": r.null(&d.Nulls.Eq), "ne": r.null(&d.Nulls.Ne), "order": r.null(&d.Nulls.Order), "text": r.null(&d.Nulls.Text),
				"in": r.null(&d.Nulls.In), "bool": r.null(&d.Nulls.Bool),
			})
		},
		"text": func(n *yaml.Node) {
			r.members(n, "the comparison of text", part+"text.", map[string]func(*yaml.Node){
				"fold": r.fold(&d.Text.Fold), "exact": r.flag(&d.Text.Exact), "order": r.flag(&d.Text.Order), "blank_is_null": r.flag(&d.Text.BlankIsNull),
			})
		},
		"blank": func(n *yaml.Node) {
			d.Blank = nil
			var kinds []string
			r.texts(&kinds)(n)
			for _, k := range kinds {
				d.Blank = append(d.Blank, expression.Kind(k))
			}
		},
		"limits": func(n *yaml.Node) {
			r.members(n, "the limits of an expression", part+"limits.", map[string]func(*yaml.Node){
				"terms": r.number(&d.Limits.Terms), "groups": r.number(&d.Limits.Groups), "per_group": r.number(&d.Limits.PerGroup), "bytes": r.number(&d.Limits.Bytes),
			})
		},
	})
}

// step sets how finely instants are compared or kept.
func (r *reader) step(to *time.Duration) func(*yaml.Node) {
	return func(n *yaml.Node) {
		step, err := time.ParseDuration(n.Value)
		if err != nil || step < 0 {
			r.failf(n, "a step is a duration such as 1s or 1ms, not %q", n.Value)
		}
		*to = step
	}
}

// template sets a template: text, or a tree.
func (r *reader) template(to *any) func(*yaml.Node) {
	return func(n *yaml.Node) { *to = r.tree(n) }
}

// operators reads templates of tests, by the names of the tests.
func (r *reader) operators(n *yaml.Node, part string, to map[expression.Op]expression.Operator) {
	r.mapping(n, "the list of operators", func(key, value *yaml.Node) {
		op := expression.Op(key.Value)
		if err := op.Check(); err != nil {
			r.failf(key, "%v", err)
			return
		}
		r.parts[part+key.Value] = value
		if value.Tag == "!!null" { // the language has it not
			delete(to, op)
			return
		}
		to[op] = r.operator(value, part+key.Value+".")
	})
}

// operator reads a template, or a mapping with the template under `is`, or `all` for a list
// of values, and what else there is to say.
func (r *reader) operator(n *yaml.Node, part string) (o expression.Operator) {
	described := false
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		described = described || slices.Contains([]string{"is", "all", "verdict"}, n.Content[i].Value)
	}
	if !described {
		o.Template = r.tree(n)
		return o
	}
	all := func(n *yaml.Node) {
		o.Template = r.tree(n)
		if text, ok := o.Template.(string); ok {
			o.Template = strings.ReplaceAll(text, "{}", "{v}") // the place of the list
		}
	}
	r.members(n, "an operator", part, map[string]func(*yaml.Node){
		"is": r.template(&o.Template), "all": all, "join": r.text(&o.Join), "values": r.valuesSent(&o.Values), "max": r.number(&o.Max),
		"escape": r.replacements(&o.Escape), "refuse": r.texts(&o.Refuse), "any": r.text(&o.Any), "one": r.text(&o.One),
		"verdict": r.switched(&o.Superset, "exact", "superset"),
	})
	return o
}

// fieldOps reads the operators of a field: a list of names, or a mapping.
func (r *reader) fieldOps(n *yaml.Node, part string, f *rest.Field) {
	f.Ops = map[expression.Op]expression.Operator{}
	if n.Kind != yaml.SequenceNode {
		r.operators(n, part+".ops.", f.Ops)
		return
	}
	for _, v := range n.Content {
		op := expression.Op(v.Value)
		if err := op.Check(); err != nil {
			r.failf(v, "%v", err)
			continue
		}
		r.parts[part+".ops."+v.Value] = v
		f.Ops[op] = expression.Operator{}
	}
}

// replacements sets what is written for each text.
func (r *reader) replacements(to *map[string]string) func(*yaml.Node) { //nolint:gocritic // it sets the map
	return func(n *yaml.Node) {
		*to = map[string]string{}
		r.mapping(n, "the list of escapes", func(key, value *yaml.Node) {
			if key.Value == "" {
				r.failf(key, "an escape is of a text, and nothing stands here")
			}
			var text string
			r.text(&text)(value)
			(*to)[key.Value] = text
		})
	}
}

// null sets what a test gives for null.
func (r *reader) null(to *expression.Null) func(*yaml.Node) {
	return func(n *yaml.Node) {
		all := []expression.Null{expression.NullTrue, expression.NullFalse, expression.NullUnknown, expression.NullUnclear}
		if *to = expression.Null(n.Value); !slices.Contains(all, *to) {
			r.failf(n, "a test gives true, false, unknown or \"?\" for null, not %q", n.Value)
		}
	}
}

// fold sets how text is compared.
func (r *reader) fold(to *expression.Fold) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if *to = expression.Fold(n.Value); !slices.Contains(expression.Folds(), *to) {
			r.failf(n, "there is no folding %q; there are %q", n.Value, expression.Folds())
		}
	}
}

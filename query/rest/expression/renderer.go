package expression

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// Renderer writes conditions in a dialect. It is immutable and safe for concurrent use;
// make one with [Compile].
type Renderer struct {
	Dialect

	fields  func(name string) Field
	quoter  *quoter
	and, or *joiner
	top     *joiner
	tree    bool // expressions are JSON, not text
	// preset are the tests of the preset that the dialect is, perhaps with changes; nil = it
	// is none.
	preset map[Op]Operator
}

// Compile returns the renderer of a dialect for fields, which are asked for by their names
// in the schema. It fails with [Faults].
func Compile(d Dialect, fields func(name string) Field) (*Renderer, error) {
	r := &Renderer{Dialect: d, fields: fields}
	switch {
	case d.Group == "{}":
		r.Dialect.Group = "" // from here on: none
	case d.Group == "" && d.Or != nil && (isOpen(d.And) || isOpen(d.Or)):
		r.Dialect.Group = "({})"
	}
	if preset, ok := Preset(d.Name); ok {
		r.preset = preset.Ops
	}
	if faults := r.compile(); len(faults) > 0 {
		return nil, faults
	}
	return r, nil
}

// isOpen reports whether a template is text that begins or ends with a condition, so that
// what stands beside it could take the condition from it: "{} and {}".
func isOpen(template any) bool {
	text, ok := template.(string)
	return ok && (strings.HasPrefix(text, "{}") || strings.HasSuffix(text, "{}"))
}

// lacks says what there is not, and who lacks it: a dialect of [Presets], or the
// definition, which describes one of its own.
func (r *Renderer) lacks(what string) string {
	if r.preset != nil {
		return "the dialect " + r.Name + " has " + what
	}
	return "the expression of the definition has " + what
}

// Independent reports whether no condition takes room from another.
func (r *Renderer) Independent() bool { return r.Limits == Limits{} && r.Shape != DNF }

// SameText reports whether two texts are equal to the server, as far as the dialect says how
// it compares the field.
func (r *Renderer) SameText(field, a, b string) bool {
	fold := r.Dialect.Text.Fold
	if own := r.fields(field).Fold; own != "" {
		fold = own
	}
	return a == b || fold == FoldCase && isPlain(a) && isPlain(b) && strings.EqualFold(a, b)
}

// Classify answers for the conjuncts of a filter as [plan.Dialect.Classify] does. The one
// parameter of each pushdown is its part of the expression, for people.
func (r *Renderer) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	b := r.builder()
	for i, n := range conjuncts {
		s := r.say(n)
		push := plan.Pushdown{Verdict: s.verdict, Unsatisfiable: s.never, Reason: s.reason}
		if s.term != nil {
			text, reason := b.add(s.term)
			if reason == "" {
				push.Params, push.Size = []plan.Param{{Name: r.To.Name(), Value: text}}, len(text)
			} else {
				push = plan.Pushdown{Reason: reason}
			}
		}
		out[i] = push
	}
	return out
}

// Render writes the expression of the conditions that [Renderer.Classify] pushed, and the
// dialect's base: a string, or for a dialect of JSON a tree of maps, lists and values. It
// is nil if there is nothing to send. It fails with a [*ConditionError] for a condition
// that the dialect cannot say, as after a change of the definition.
func (r *Renderer) Render(conjuncts []plan.Conjunct) (any, error) {
	b := r.builder()
	for _, c := range conjuncts {
		if len(c.Params) == 0 {
			continue // evaluated locally, or a bound of the ids
		}
		s := r.say(c.Node)
		reason := s.reason
		if s.term != nil && s.verdict >= c.Verdict {
			_, reason = b.add(s.term)
			if reason == "" {
				continue
			}
		}
		return nil, &ConditionError{Condition: dsl.Format(c.Node), Dialect: r.Name, Reason: reason}
	}
	return r.around(b.whole()), nil
}

// around puts the base and the text of the place around an expression.
func (r *Renderer) around(expression any) any {
	switch {
	case expression == nil && r.Base == nil:
		if r.To.Empty != "" {
			return r.To.Empty
		}
		return nil
	case expression == nil:
		expression = r.Base
	case r.Base != nil:
		expression = r.and.join([]any{r.group(r.Base), r.group(expression)})
	}
	if r.To.Around != "" {
		return wrap(r.To.Around, expression)
	}
	return expression
}

// group sets a condition apart.
func (r *Renderer) group(condition any) any {
	if text, ok := condition.(string); ok && r.Dialect.Group != "" {
		return wrap(r.Dialect.Group, text)
	}
	return condition
}

// ConditionError reports a condition that a dialect cannot say.
type ConditionError struct {
	Condition string // in the language of package dsl
	Dialect   string
	Reason    string
}

// Error says what cannot be said, and why.
func (e *ConditionError) Error() string {
	return fmt.Sprintf("the dialect %s cannot say %s: %s", e.Dialect, e.Condition, e.Reason)
}

package expression

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// place is a place in a template, such as {v}.
var place = regexp.MustCompile(`\{[^{}\s"':,]*\}`)

// joiner is a compiled template of AND or OR: text with its separator, or a tree.
type joiner struct {
	before, between, after string
	tree                   any // nil = text
}

// compileJoiner reads a template that joins any number of conditions.
func compileJoiner(template any) (*joiner, error) {
	switch t := template.(type) {
	case nil:
		return nil, nil //nolint:nilnil // the language has no such join
	case string:
		parts := strings.Split(t, "{}")
		if len(parts) != 3 {
			return nil, faultf("the template %q needs two places {}, for what it joins, and has %d", t, len(parts)-1)
		}
		return &joiner{before: parts[0], between: parts[1], after: parts[2]}, known(t, "{}")
	}
	if countLists(template) != 1 {
		return nil, faultf("the tree needs one list with the place \"{}\" for what it joins")
	}
	return &joiner{tree: template}, known(template, "{}")
}

// countLists counts the lists that hold the place {} alone.
func countLists(tree any) (n int) {
	switch t := tree.(type) {
	case []any:
		if isSplice(t) {
			return 1
		}
		for _, child := range t {
			n += countLists(child)
		}
	case map[string]any:
		for _, child := range t {
			n += countLists(child)
		}
	}
	return n
}

func isSplice(list []any) bool { return len(list) == 1 && list[0] == "{}" }

// known fails on a place that is none of those allowed.
func known(template any, allowed ...string) error {
	var wrong error
	visit(template, func(text string) {
		for _, p := range place.FindAllString(text, -1) {
			if !slices.Contains(allowed, p) && wrong == nil {
				wrong = faultf("there is no place %s in the template %q; there are %s", p, text, strings.Join(allowed, ", "))
			}
		}
	})
	return wrong
}

// visit calls f with every text of a template, names of members included.
func visit(template any, f func(string)) {
	switch t := template.(type) {
	case string:
		f(t)
	case []any:
		for _, child := range t {
			visit(child, f)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(t)) {
			f(name)
			visit(t[name], f)
		}
	}
}

// has reports whether a template has a text.
func has(template any, text string) (found bool) {
	visit(template, func(t string) { found = found || strings.Contains(t, text) })
	return found
}

// join joins conditions, which are texts or trees.
func (j *joiner) join(conditions []any) any {
	if j.tree != nil {
		return splice(j.tree, conditions)
	}
	var b strings.Builder
	b.WriteString(j.before)
	for i, c := range conditions {
		if i > 0 {
			b.WriteString(j.between)
		}
		b.WriteString(c.(string)) //nolint:forcetypeassert // a dialect of texts makes texts
	}
	b.WriteString(j.after)
	return b.String()
}

// splice copies a tree with the conditions in the list that has their place.
func splice(tree any, conditions []any) any {
	switch t := tree.(type) {
	case []any:
		if isSplice(t) {
			return conditions
		}
		out := make([]any, len(t))
		for i, child := range t {
			out[i] = splice(child, conditions)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, child := range t {
			out[name] = splice(child, conditions)
		}
		return out
	}
	return tree
}

// wrap puts one condition into a template with one place {}.
func wrap(template, condition any) any {
	switch t := template.(type) {
	case string:
		if t == "{}" {
			return condition
		}
		text, ok := condition.(string)
		if !ok {
			return t
		}
		return strings.Replace(t, "{}", text, 1)
	case []any:
		out := make([]any, len(t))
		for i, child := range t {
			out[i] = wrap(child, condition)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, child := range t {
			out[name] = wrap(child, condition)
		}
		return out
	}
	return template
}

// fill puts a field and a value into the template of a test.
func fill(template any, field string, v literal) any {
	switch t := template.(type) {
	case string:
		if t == "{v}" && v.native != nil {
			return v.native
		}
		return strings.NewReplacer("{f}", field, "{v}", v.quoted, "{text}", v.inner).Replace(t)
	case []any:
		out := make([]any, len(t))
		for i, child := range t {
			out[i] = fill(child, field, v)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for name, child := range t {
			out[strings.ReplaceAll(name, "{f}", field)] = fill(child, field, v)
		}
		return out
	}
	return template
}

// Format returns an expression as text: JSON of a tree, its members in order of their names.
func Format(expression any) string {
	if text, ok := expression.(string); ok {
		return text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(expression); err != nil {
		return fmt.Sprint(expression) // a tree of texts, numbers and booleans has JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// number is a number as JSON has it.
func number(text string) any { return json.RawMessage(jsontext.Value(text)) }

package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// mostRemedies is how many remedies a line has.
const mostRemedies = 6

// remedies says what to write in the definition, for each finding that failed.
func remedies(d rest.Definition, findings []Finding) string {
	general := "correct the parameter or remove it: undeclared conditions are evaluated locally"
	if d.Expression != nil {
		general = "correct the template or leave the operator out: undeclared conditions are evaluated locally"
	}
	var whats []string
	fields := map[string][]string{} // that each is written for
	explains := explained(findings)
	for _, f := range findings {
		if f.State != Fail || f.field == nil {
			continue
		}
		most := func(a, b string) int {
			if n := explains[f.field.Name+" "+b] - explains[f.field.Name+" "+a]; n != 0 {
				return n
			}
			return map[bool]int{true: 1}[a == knownanswer.Ignore] - map[bool]int{true: 1}[b == knownanswer.Ignore]
		}
		f.cause.suspects = slices.SortedStableFunc(slices.Values(f.cause.suspects), most)
		what := remedy(d, f)
		if what != "" && !slices.Contains(whats, what) {
			whats = append(whats, what)
		}
		if !slices.Contains(fields[what], f.field.Name) {
			fields[what] = append(fields[what], f.field.Name)
		}
	}
	all := make([]string, len(whats), len(whats)+2)
	for i, what := range whats {
		all[i] = strings.ReplaceAll(what, fieldNames, strings.Join(fields[what], ", "))
	}
	if more := len(all) - mostRemedies; more > 0 {
		all = append(all[:mostRemedies], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(append(all, general), "; ")
}

// explained counts, for each field and suspicion, the findings that it explains.
func explained(findings []Finding) map[string]int {
	out := map[string]int{}
	for _, f := range findings {
		for _, suspect := range f.cause.suspects {
			if f.State == Fail && f.field != nil {
				out[f.field.Name+" "+suspect]++
			}
		}
	}
	return out
}

// fieldNames stands in a remedy for the names of the fields that it is for.
const fieldNames = "{fields}"

// remedy says what to write for one finding; "" if that cannot be told.
func remedy(d rest.Definition, f Finding) string {
	if d.Expression == nil {
		return keyValueRemedy(f)
	}
	for _, suspect := range f.cause.suspects {
		if suspect == knownanswer.Ignore {
			break // it explains more than what follows
		}
		if text := expressionRemedy(d, f, suspect); text != "" {
			return text
		}
	}
	op := definedOp(f.op)
	switch {
	case f.cause.refused:
		return fmt.Sprintf("the server rejects %s: leave %s out of the ops of %s", f.op, op, fieldNames)
	case !f.cause.loses:
		return fmt.Sprintf("write ops: {%s: {verdict: superset}} for %s, so that the rows are checked here", op, fieldNames)
	}
	return fmt.Sprintf("correct the template of %s, or leave %s out of the ops of %s", op, op, fieldNames)
}

// keyValueRemedy is remedy for a field that has a parameter for each operator. Its
// collation says how the server compares texts.
func keyValueRemedy(f Finding) string {
	for _, suspect := range f.cause.suspects {
		if c, ok := collations[suspect]; ok && f.field.Type == model.TypeString && c != f.field.Collation {
			return fmt.Sprintf("write collation: %s for %s", c, fieldNames)
		}
		if suspect == knownanswer.TakeNulls {
			return fmt.Sprintf("the server takes nulls along in %s: remove it from the params of %s", f.op, fieldNames)
		}
	}
	return ""
}

var collations = map[string]model.Collation{ //nolint:gochecknoglobals // a table
	knownanswer.FoldCase: model.Case, knownanswer.FoldAll: model.CI, knownanswer.ByBytes: model.Binary,
}

// expressionRemedy says what to write if the server does what is suspected of it.
func expressionRemedy(d rest.Definition, f Finding, suspect string) string {
	ordered := slices.Contains([]string{"lt", "lteq", "gt", "gteq", "between", "not between", "or is null"}, f.op)
	fold, folds := map[string]expression.Fold{
		knownanswer.FoldCase: expression.FoldCase, knownanswer.FoldAll: expression.FoldCI, knownanswer.ByBytes: expression.FoldNone,
	}[suspect]
	switch {
	case suspect == knownanswer.TakeNulls:
		return nullRemedy(d, f)
	case folds && ordered:
		return "the server orders texts in its own way: write expression: {text: {order: false}}"
	case folds:
		return fmt.Sprintf("write fold: %s for %s", fold, fieldNames)
	case suspect == knownanswer.ByMinutes:
		return "the server compares whole minutes: write expression: {time: {step: 1m}}"
	case suspect == knownanswer.ByDays:
		return "the server compares whole days: write expression: {time: {step: 24h}}"
	case strings.Contains(suspect, "special character"):
		return "the server does not take texts as they are quoted: correct expression.quote, its escape or refuse"
	}
	return ""
}

// nullRemedy says which answer for null to declare. A test whose negation takes nulls along
// is false for null; any other is true.
func nullRemedy(d rest.Definition, f Finding) string {
	kinds := map[string]string{
		"eq": "eq", "neq": "ne", "in": "in", "not in": "ne", "lt": "order", "lteq": "order", "gt": "order", "gteq": "order", "between": "order", "not between": "order",
	}
	kind, value := kinds[f.op], "true"
	if kind == "" {
		kind = "text"
	}
	_, differs := d.Expression.Ops[expression.NotEqual]
	_, nin := d.Expression.Ops[expression.NotIn]
	switch {
	case f.op == "neq" && !differs, f.op == "not in" && !nin && !differs:
		kind, value = "eq", "false"
	case kind == "text" && strings.HasPrefix(f.op, "not "):
		value = "false"
	case kind == "eq" && f.field.Type == model.TypeBool:
		kind = "bool"
	}
	return fmt.Sprintf("the server takes nulls along: write expression: {nulls: {%s: %s}}", kind, value)
}

// definedOp returns the operator of a definition that a finding is about.
func definedOp(op string) string {
	known := map[string]expression.Op{
		"null": expression.Missing, "null false": expression.Present, "not in": expression.NotIn, "like": expression.Like, "not like": expression.Like,
	}
	if o, ok := known[op]; ok {
		return string(o)
	}
	op = strings.TrimPrefix(op, "not ")
	if o, ok := operators[op]; ok && !strings.Contains(o, " ") {
		return o
	}
	return op
}

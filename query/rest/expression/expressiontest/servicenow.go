package expressiontest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/muster-go/muster/model"
)

var servicenowName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*`)

// servicenow is the encoded query of ServiceNow's tables: ^ is AND, ^OR joins the
// condition before it, ^NQ begins another query, and either may hold. A value is all up to
// the next ^, with nothing quoted. An empty text is null, and so is the value NULL;
// negations leave both out.
func servicenow() language {
	all := []form{word}
	return language{
		parse:       parseServicenow,
		blankIsNull: true, nulls: unknowns(), instants: layouts("2006-01-02 15:04:05", "2006-01-02"),
		literals: map[model.Type][]form{
			model.TypeString: all, model.TypeInt: all, model.TypeDecimal: all, model.TypeBool: all, model.TypeDateTime: all,
		},
	}
}

func parseServicenow(e *Evaluator, text string) (*Node, error) {
	var queries, ands, ors []*Node
	for i, part := range strings.Split(text, "^") {
		rest, or := part, false
		switch {
		case i == 0:
		case strings.HasPrefix(part, "NQ"):
			rest = part[2:]
			queries, ands, ors = append(queries, joined(And, append(ands, joined(Or, ors)))), nil, nil //nolint:prealloc // each query has its own
		case strings.HasPrefix(part, "OR"):
			rest, or = part[2:], true
		}
		n, err := e.encoded(rest)
		if err != nil {
			return nil, err
		}
		if or || len(ors) == 0 {
			ors = append(ors, n)
			continue
		}
		ands, ors = append(ands, joined(Or, ors)), []*Node{n}
	}
	return joined(Or, append(queries, joined(And, append(ands, joined(Or, ors))))), nil
}

// encoded reads one condition.
func (e *Evaluator) encoded(text string) (*Node, error) {
	name := servicenowName.FindString(text)
	rest := text[len(name):]
	for _, c := range []struct {
		text string
		op   Op // "" = not read
	}{
		{"ISNOTEMPTY", Present},
		{"ISEMPTY", Missing},
		{"STARTSWITH", StartsWith},
		{"ENDSWITH", EndsWith},
		{"NOT LIKE", ""},
		{"LIKE", Contains},
		{"NOT IN", NotIn},
		{"INSTANCEOF", ""},
		{"IN", In},
		{"!=", NotEqual},
		{"<=", LessEqual},
		{">=", GreaterEqual},
		{"=", Equal},
		{"<", Less},
		{">", Greater},
	} {
		if !strings.HasPrefix(rest, c.text) || name == "" || c.op == "" {
			if name != "" && c.op == "" && strings.HasPrefix(rest, c.text) {
				return nil, fmt.Errorf("the operator %s is not read", c.text)
			}
			continue
		}
		return e.encodedTest(name, c.op, rest[len(c.text):])
	}
	return nil, fmt.Errorf("no condition: %q", text)
}

func (e *Evaluator) encodedTest(name string, op Op, value string) (*Node, error) {
	if op == Present || op == Missing {
		if value != "" {
			return nil, fmt.Errorf("what is %q", value)
		}
		return e.newTest(name, op)
	}
	values := []string{value}
	if op == In || op == NotIn {
		values = strings.Split(value, ",")
	}
	all := make([]literal, len(values))
	for i, v := range values {
		if strings.HasPrefix(v, "javascript:") {
			return nil, fmt.Errorf("scripts are not run: %q", v)
		}
		all[i] = literal{word, v}
	}
	if value == "" || value == "NULL" {
		switch op { //nolint:exhaustive // the others are handled elsewhere
		case Equal:
			return e.newTest(name, Missing)
		case NotEqual:
			return e.newTest(name, Present)
		}
	}
	return e.newTest(name, op, all...)
}

package judgetest_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// clause is a condition in SQL and the parameters it binds.
type clause struct {
	sql  string
	args []any
}

// render returns the checked tree n as a condition on the row u of users.
//
// Nothing here knows about null, padding or case: NOT, AND, OR and the operators
// are SQL's own words, and what they mean is the database's business. Only that a
// path through references quantifies for itself and is never unknown has to be
// said, and EXISTS says it.
func render(n dsl.Node) clause {
	var r renderer
	r.path = r.ofUser
	r.node(n)
	return clause{r.sql.String(), r.args}
}

type renderer struct {
	sql   strings.Builder
	args  []any
	path  func(p *dsl.Path, test func(column string)) // writes what test writes of the column of a path
	other func(n dsl.Node) bool                       // writes a condition on lists, and reports whether it is one; nil for none
	mark  func(n int) string                          // the placeholder of a parameter, from 1; nil for ?
}

func (r *renderer) write(parts ...string) {
	for _, p := range parts {
		r.sql.WriteString(p)
	}
}

func (r *renderer) bind(v any) {
	r.args = append(r.args, v)
	if r.mark == nil {
		r.write("?")
		return
	}
	r.write(r.mark(len(r.args)))
}

func (r *renderer) node(n dsl.Node) {
	if r.other != nil && r.other(n) {
		return
	}
	switch n := n.(type) {
	case *dsl.And:
		r.join(n.Terms, " AND ")
	case *dsl.Or:
		r.join(n.Terms, " OR ")
	case *dsl.Not:
		r.write("NOT (")
		r.node(n.X)
		r.write(")")
	case *dsl.Const:
		r.write(strings.ToUpper(strconv.FormatBool(n.Value)))
	case *dsl.Compare:
		r.path(n.Path, func(column string) {
			r.write(column, sqlOperator(n.Op))
			r.bind(sqlValue(n.Value))
		})
	case *dsl.In:
		r.path(n.Path, func(column string) { r.list(column, n.Values) })
	case *dsl.Between:
		r.path(n.Path, func(column string) {
			r.write(column, " BETWEEN ")
			r.bind(sqlValue(n.Lo))
			r.write(" AND ")
			r.bind(sqlValue(n.Hi))
		})
	case *dsl.Match:
		r.path(n.Path, func(column string) {
			r.write(column, " LIKE ")
			r.bind(sqlPattern(n))
			r.write(" ESCAPE ")
			r.bind(`\`)
		})
	case *dsl.Is:
		r.path(n.Path, func(column string) {
			r.write(column, map[dsl.IsWhat]string{dsl.IsNull: " IS NULL", dsl.IsTrue: " IS TRUE", dsl.IsFalse: " IS FALSE"}[n.What])
		})
	case nil, *dsl.Truth, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
		panic(fmt.Sprintf("no judge is asked about a %T", n))
	}
}

func (r *renderer) join(terms []dsl.Node, word string) {
	for i, t := range terms {
		if i > 0 {
			r.write(word)
		}
		r.write("(")
		r.node(t)
		r.write(")")
	}
}

func (r *renderer) list(column string, values []*dsl.Literal) {
	r.write(column, " IN (")
	for i, v := range values {
		if i > 0 {
			r.write(", ")
		}
		r.bind(sqlValue(v))
	}
	r.write(")")
}

// ofUser writes what test writes of a column: as it is for a field of the
// user, for any of the references that a path passes through otherwise. The
// join is an outer one, so a reference to what is not there has nulls.
func (r *renderer) ofUser(p *dsl.Path, test func(column string)) {
	through, name, nested := strings.Cut(p.Name, ".")
	switch {
	case !nested:
		test("u." + p.Name)
		return
	case through == "roles":
		column := "o." + name
		if name == "id" {
			column = "l.role_id" // known without the role
		}
		r.write("EXISTS (SELECT 1 FROM role_of l LEFT JOIN roles o ON o.type = l.type AND o.id = l.role_id WHERE l.user_id = u.id AND (")
		test(column)
	default:
		column := "o." + name
		if name == "id" {
			column = "l." + through
		}
		r.write("EXISTS (SELECT 1 FROM users l LEFT JOIN ", through, " o ON o.id = l.", through,
			" WHERE l.id = u.id AND l.", through, " IS NOT NULL AND (")
		test(column)
	}
	r.write("))")
}

func sqlOperator(op dsl.CompareOp) string {
	return map[dsl.CompareOp]string{dsl.Eq: " = ", dsl.Lt: " < ", dsl.Le: " <= ", dsl.Gt: " > ", dsl.Ge: " >= "}[op]
}

// sqlValue binds instants as microseconds since 1970, which is how the tables hold them.
func sqlValue(l *dsl.Literal) any {
	switch l.Value.Type() { //nolint:exhaustive // judges are asked about these types and integers
	case model.TypeString:
		return l.Value.Str()
	case model.TypeDateTime:
		return l.Value.Time().UnixMicro()
	case model.TypeBool:
		return l.Value.Bool()
	}
	return l.Value.Int()
}

// sqlPattern says the string tests as LIKE patterns.
func sqlPattern(n *dsl.Match) string {
	text := n.Pattern.Value.Str()
	switch n.Op {
	case dsl.Like:
		return closedPattern(text)
	case dsl.StartsWith:
		return quotedPattern(text) + "%"
	case dsl.EndsWith:
		return "%" + quotedPattern(text)
	case dsl.Contains:
		return "%" + quotedPattern(text) + "%"
	case dsl.Matches:
	}
	panic("a regular expression has no judge")
}

// closedPattern doubles a backslash that has nothing to escape. In the language,
// as in MariaDB, it stands for itself; SQLite's LIKE matches nothing then.
// TestSettled has the question.
func closedPattern(p string) string {
	trailing := len(p) - len(strings.TrimRight(p, `\`))
	if trailing%2 == 1 {
		p += `\`
	}
	return p
}

func quotedPattern(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

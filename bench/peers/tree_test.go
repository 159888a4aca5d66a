package peers

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/ganigeorgiev/fexpr"
	"github.com/muster-go/muster/query/shipstream"
	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
)

// TestTrees reads the trees of the engines that evaluate nothing, as a caller of
// theirs would have to: they must say what the query says.
func TestTrees(t *testing.T) {
	readers := map[string]func(text string, u *shipstream.User) (bool, error){
		"fexpr": func(text string, u *shipstream.User) (bool, error) {
			groups, err := fexpr.Parse(text)
			if err != nil {
				return false, err
			}
			return fexprHolds(groups, u)
		},
		"aip": func(text string, u *shipstream.User) (bool, error) {
			var p filtering.Parser
			p.Init(text)
			parsed, err := p.Parse()
			if err != nil {
				return false, err
			}
			return truth(aipValue(parsed.GetExpr(), u))
		},
	}
	for _, e := range every(t) {
		read := readers[e.name]
		if (e.bind == nil) != (read != nil) {
			t.Errorf("%s: evaluates: %v; has a reader here: %v", e.name, e.bind != nil, read != nil)
		}
		if read == nil {
			continue
		}
		for _, c := range answers() {
			t.Run(e.name+"/"+c.name, func(t *testing.T) {
				got, err := read(e.query, c.user)
				if err != nil || got != c.want {
					t.Errorf("%v, %v; want %v", got, err, c.want)
				}
			})
		}
	}
}

// fexprHolds joins the groups from left to right; the query mixes no && and ||
// in one list.
func fexprHolds(groups []fexpr.ExprGroup, u *shipstream.User) (answer bool, err error) {
	for i, g := range groups {
		var holds bool
		switch item := g.Item.(type) {
		case fexpr.Expr:
			holds, err = fexprCompare(item, u)
		case []fexpr.ExprGroup:
			holds, err = fexprHolds(item, u)
		default:
			err = fmt.Errorf("unexpected %T", item)
		}
		if err != nil {
			return false, err
		}
		switch {
		case i == 0:
			answer = holds
		case g.Join == fexpr.JoinAnd:
			answer = answer && holds
		default:
			answer = answer || holds
		}
	}
	return answer, nil
}

func fexprCompare(e fexpr.Expr, u *shipstream.User) (bool, error) {
	r := rowOf(u)
	switch got := e.Left.Literal + " " + string(e.Op); got {
	case "is_active =":
		return strconv.FormatBool(r.IsActive) == e.Right.Literal, nil
	case "created_at >":
		bound, err := time.Parse(time.DateOnly, e.Right.Literal)
		return r.CreatedAt.After(bound), err
	case "email =":
		return r.Email == e.Right.Literal, nil
	case "id =":
		return strconv.Itoa(r.ID) == e.Right.Literal, nil
	default:
		return false, fmt.Errorf("unexpected %s", got)
	}
}

// aipValue is the value of an expression: a bool, an int64, a string or a time.
func aipValue(e *expr.Expr, u *shipstream.User) (any, error) {
	r := rowOf(u)
	switch kind := e.GetExprKind().(type) {
	case *expr.Expr_ConstExpr:
		if text, ok := kind.ConstExpr.GetConstantKind().(*expr.Constant_StringValue); ok {
			return text.StringValue, nil
		}
		return kind.ConstExpr.GetInt64Value(), nil
	case *expr.Expr_IdentExpr:
		fields := map[string]any{
			"id": int64(r.ID), "email": r.Email, "is_active": r.IsActive, "created_at": r.CreatedAt, "true": true,
		}
		v, ok := fields[kind.IdentExpr.GetName()]
		if !ok {
			return nil, fmt.Errorf("unexpected %s", kind.IdentExpr.GetName())
		}
		return v, nil
	case *expr.Expr_CallExpr:
		return aipCall(kind.CallExpr, u)
	default:
		return nil, fmt.Errorf("unexpected %T", kind)
	}
}

func aipCall(call *expr.Expr_Call, u *shipstream.User) (any, error) {
	args := make([]any, len(call.GetArgs()))
	for i, arg := range call.GetArgs() {
		v, err := aipValue(arg, u)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	holds := func(i int) bool { return args[i] == any(true) }
	switch call.GetFunction() {
	case filtering.FunctionEquals:
		return args[0] == args[1], nil
	case filtering.FunctionAnd:
		return holds(0) && holds(1), nil
	case filtering.FunctionOr:
		return holds(0) || holds(1), nil
	case filtering.FunctionTimestamp:
		text, _ := args[0].(string)
		return time.Parse(time.RFC3339, text)
	case filtering.FunctionGreaterThan:
		a, isTime := args[0].(time.Time)
		b, isTimeToo := args[1].(time.Time)
		if !isTime || !isTimeToo {
			return nil, fmt.Errorf("%T > %T", args[0], args[1])
		}
		return a.After(b), nil
	default:
		return nil, fmt.Errorf("unexpected function %s", call.GetFunction())
	}
}

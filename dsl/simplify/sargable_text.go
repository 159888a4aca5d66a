package simplify

import (
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/internal/number"
	"github.com/muster-go/muster/model"
)

// cased drops lower and upper under a collation that ignores case. They leave a character alone
// if its case pair has another weight. So a text and their result have the same weights. Regular
// expressions stay, because they see more than weights.
func (s *sargable) cased(x *ast.Call, test ast.Node) (plain ast.Node, exact bool) {
	if match, ok := test.(*ast.Match); ok && match.Op == ast.Matches || x.Result.Collation == model.Binary {
		return none()
	}
	return s.condition(x.Args[0], test)
}

// trimmed weakens `trim(x) = k`: the text begins with a space, or it is k with spaces behind it.
// Under [model.CI] spaces at the end do not count.
func (s *sargable) trimmed(x *ast.Call, test ast.Node) (plain ast.Node, exact bool) {
	return s.anyValue(test, func(k string) (ast.Node, bool) {
		padded := x.Result.Collation == model.CI
		switch empty := withoutPadding(k) == ""; {
		case padded && empty:
			return s.condition(x.Args[0], s.equal(test, ""))
		case empty || !padded && strings.Trim(k, " ") != k:
			return none()
		}
		same := s.starting(test, k)
		if padded {
			same = s.equal(test, k)
		}
		is, _ := s.condition(x.Args[0], same)
		begins, _ := s.condition(x.Args[0], s.starting(test, " "))
		if is == nil || begins == nil {
			return none()
		}
		return ast.Disjunction([]ast.Node{is, begins}, s.at), false
	})
}

// beginning turns `substring(x, 1, n) = k` into `x starts with k`. That is exact if k has n
// characters and no space at its end.
func (s *sargable) beginning(x *ast.Call, test ast.Node) (plain ast.Node, exact bool) {
	from, okFrom := x.Args[1].(*ast.Literal)
	n, ok := x.Args[2].(*ast.Literal)
	if !ok || !okFrom || from.Value.Int() != 1 || n.Value.Int() < 1 {
		return none()
	}
	return s.anyValue(test, func(k string) (ast.Node, bool) {
		if !utf8.ValidString(k) { // it may end within a character of the text
			return none()
		}
		end := k
		if x.Result.Collation == model.CI {
			end = withoutPadding(k)
		}
		characters := int64(utf8.RuneCountInString(end))
		switch {
		case characters > n.Value.Int():
			return s.never(), true
		case characters == n.Value.Int() && end == k:
			return s.condition(x.Args[0], s.starting(test, k))
		case x.Result.Collation != model.CI: // a shorter substring is the whole text
			return s.condition(x.Args[0], s.equal(test, k))
		case end == "":
			return none()
		}
		plain, _ := s.condition(x.Args[0], s.starting(test, end))
		return plain, false
	})
}

// anyValue calls of for each text that a test compares for equality, and joins the results.
func (s *sargable) anyValue(test ast.Node, of func(k string) (ast.Node, bool)) (plain ast.Node, exact bool) {
	values, ok := constantsOf(test)
	if !ok {
		return none()
	}
	terms := make([]ast.Node, len(values))
	exact = true
	for i, v := range values {
		n, same := of(v.Value.Str())
		if n == nil {
			return none()
		}
		terms[i], exact = n, exact && same
	}
	return ast.Disjunction(terms, s.at), exact
}

// never returns a condition that no text satisfies.
func (s *sargable) never() ast.Node {
	if s.strict && s.path.Direct() {
		return unsatisfiable(s.path, s.at)
	}
	return &ast.Const{Value: false, Range: s.at}
}

func (s *sargable) equal(test ast.Node, k string) ast.Node {
	return &ast.Compare{Path: ast.PathOf(test), Op: ast.Eq, Value: ast.ValueLiteral(model.String(k), s.at), Range: s.at}
}

func (s *sargable) starting(test ast.Node, k string) ast.Node {
	return &ast.Match{Path: ast.PathOf(test), Op: ast.StartsWith, Pattern: ast.ValueLiteral(model.String(k), s.at), Range: s.at}
}

// withoutPadding returns a text without the characters at its end that weigh as spaces under
// [model.CI].
func withoutPadding(k string) string {
	for k != "" {
		_, n := utf8.DecodeLastRuneInString(k)
		if collate.Strings(model.CI, k[len(k)-n:], "") != 0 {
			return k
		}
		k = k[:len(k)-n]
	}
	return k
}

// coalesced turns a test of `coalesce(x, k)` into the same test of x. If k passes the test, it
// adds `or x is null`.
func (s *sargable) coalesced(x *ast.Call, test ast.Node) (plain ast.Node, exact bool) {
	path, ok := x.Args[0].(*ast.Path)
	other, constant := x.Args[1].(*ast.Literal)
	if !ok || !constant || path.Field.Element() != x.Result.Type {
		return none()
	}
	if x.Result.Type == model.TypeBool {
		return s.truth(path, other.Value.Bool(), test)
	}
	d := domain{scalar(path.Field)}
	set, ok := d.of(test)
	if !ok {
		return none()
	}
	point := bound{v: number.As(x.Result.Type, other.Value)} // as coalesce returns it
	both, _ := d.combine([]intervals{set, {interval{point, point}}}, true)
	null := &ast.Is{Path: path, What: ast.IsNull, Range: s.at}
	on := s.placed(ast.WithPath(test, path))
	switch ofNull := len(both) > 0; {
	case ofNull && !path.Direct(): // no condition finds a null inside some object
		return none()
	case ofNull:
		return ast.Disjunction([]ast.Node{on, null}, s.at), true
	case s.strict && path.Direct():
		return ast.Conjunction([]ast.Node{on, &ast.Not{X: null, Range: s.at}}, s.at), true
	}
	return on, true
}

// truth is coalesced for booleans: `coalesce(x, false) = true` is `x is true`, which is never
// unknown either.
func (s *sargable) truth(path *ast.Path, other bool, test ast.Node) (plain ast.Node, exact bool) {
	var want bool
	switch t := test.(type) {
	case *ast.Compare:
		want = t.Value.Value.Bool()
	case *ast.Is:
		want = t.What == ast.IsTrue
	default:
		return none()
	}
	what := map[bool]ast.IsWhat{true: ast.IsTrue, false: ast.IsFalse}
	switch {
	case want != other:
		return &ast.Is{Path: path, What: what[want], Range: s.at}, true
	case path.Direct():
		return &ast.Not{X: &ast.Is{Path: path, What: what[!want], Range: s.at}, Range: s.at}, true
	}
	return none()
}

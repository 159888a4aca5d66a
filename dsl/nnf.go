package dsl

// NNF returns the negation normal form of a checked tree: negation stands only
// directly around a predicate, and there only where it cannot be said without.
// Its truth value is that of n for every record, unknown included.
//
// `and` and `or` change places by De Morgan's laws, which hold with unknown. An
// ordering on a field of the record flips (not < is >=), since both are unknown
// for null and only for null; a negated between becomes `below or above`. Under
// a reference path nothing flips: `not roles.id < 3` means that no role is below
// 3, and not that some role is at least 3. The negations of =, in, is and the
// string tests have no positive form and keep their Not.
func NNF(n Node) Node {
	if n == nil {
		return nil
	}
	return nnf(n, false)
}

func nnf(n Node, negated bool) Node {
	switch n := n.(type) {
	case *And:
		terms, changed := eachTerm(n.Terms, func(t Node) Node { return nnf(t, negated) })
		switch {
		case negated:
			return disjunction(terms, n.Range)
		case changed:
			return conjunction(terms, n.Range)
		}
		return n
	case *Or:
		terms, changed := eachTerm(n.Terms, func(t Node) Node { return nnf(t, negated) })
		switch {
		case negated:
			return conjunction(terms, n.Range)
		case changed:
			return disjunction(terms, n.Range)
		}
		return n
	case *Not:
		return nnfNot(n, negated)
	case *Const:
		if negated {
			return &Const{Value: !n.Value, Range: n.Range}
		}
		return n
	case nil, *Truth, *Compare, *In, *Between, *Match, *Is, *On:
	}
	if !negated {
		return n
	}
	if flipped, ok := opposed(n, n.Span()); ok {
		return flipped
	}
	return &Not{X: n, Range: n.Span()}
}

// nnfNot keeps the Not that is already there where it has to stay, so that its
// range is kept and nothing is copied.
func nnfNot(n *Not, negated bool) Node {
	if negated {
		return nnf(n.X, false)
	}
	switch n.X.(type) {
	case *And, *Or, *Not, *Const:
		return nnf(n.X, true)
	}
	if flipped, ok := opposed(n.X, n.Range); ok {
		return flipped
	}
	return n
}

// opposed returns the positive form of a predicate's negation, if it has one.
func opposed(n Node, at Span) (Node, bool) {
	switch n := n.(type) {
	case *Compare:
		if op, ok := flip(n.Op); ok && n.Path.Direct() {
			return &Compare{Path: n.Path, Op: op, Value: n.Value, Range: at}, true
		}
	case *Between:
		if n.Path.Direct() {
			return &Or{Terms: []Node{
				&Compare{Path: n.Path, Op: Lt, Value: n.Lo, Range: at},
				&Compare{Path: n.Path, Op: Gt, Value: n.Hi, Range: at},
			}, Range: at}, true
		}
	case *Truth, *In, *Match, *Is, *On, *Const, *Not, *And, *Or:
	}
	return nil, false
}

// flip returns the ordering that holds, of two values that are not null,
// exactly when op does not.
func flip(op CompareOp) (CompareOp, bool) {
	switch op {
	case Lt:
		return Ge, true
	case Le:
		return Gt, true
	case Gt:
		return Le, true
	case Ge:
		return Lt, true
	case Eq:
	}
	return op, false
}

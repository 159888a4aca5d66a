package expression

import "strings"

// checkPlaces checks that values stand in quotes once: {v} brings its own, and {text} has
// none.
func (r *Renderer) checkPlaces(op Op, o Operator) error {
	template, ok := o.Template.(string)
	if !ok || r.Quote.By == "" {
		return nil
	}
	quoted := false
	for rest := template; rest != ""; rest = rest[1:] {
		switch {
		case strings.HasPrefix(rest, r.Quote.By):
			quoted = !quoted
		case quoted && strings.HasPrefix(rest, "{v}"):
			return faultf("the template of %s has {v}, which brings its own quotes, in quotes: write {text} there, or {v} alone", op)
		case !quoted && strings.HasPrefix(rest, "{text}") && len(o.Refuse)+len(r.Quote.Refuse) == 0:
			return faultf("the template of %s has {text} outside of quotes: write {v}, or name in refuse what would end the text", op)
		}
	}
	return nil
}

// checkGroup checks that an OR inside an AND is set apart. Without a group it is not if
// conditions stand at the ends of both templates. The shapes [CNF] and [DNF] say which of the
// two binds tighter, and need no group.
func (r *Renderer) checkGroup() error {
	if r.Dialect.Group != "" || r.and == nil || r.or == nil || !isOpen(r.Dialect.And) || !isOpen(r.Dialect.Or) {
		return nil
	}
	switch r.Dialect.Shape {
	case Tree, "":
		return faultf("the group {} sets nothing apart, and an OR inside an AND would be sent as %q: write group: \"({})\", or shape: %s or %s, whichever of the two binds tighter",
			Format(r.and.join([]any{"a", r.or.join([]any{"b", "c"})})), CNF, DNF)
	case DNF:
		if r.Base != nil {
			return faultf("the group {} sets nothing apart, and the base would be joined to the first AND alone: write group: \"({})\", or leave the base out")
		}
	case And, CNF:
	}
	return nil
}

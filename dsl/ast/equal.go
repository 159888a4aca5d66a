package ast

import (
	"math"
	"slices"

	"github.com/muster-go/muster/model"
)

// Equal reports whether a and b are the same tree; spans do not count. Terms are compared
// in order, and constants as they are written: `now` never equals an instant. A constant
// of kind [LitValue] equals the literal of its value.
func Equal(a, b Node) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *And:
		b, ok := b.(*And)
		return ok && slices.EqualFunc(a.Terms, b.Terms, Equal)
	case *Or:
		b, ok := b.(*Or)
		return ok && slices.EqualFunc(a.Terms, b.Terms, Equal)
	case *Not:
		b, ok := b.(*Not)
		return ok && Equal(a.X, b.X)
	case *Const:
		b, ok := b.(*Const)
		return ok && a.Value == b.Value
	case *Truth:
		b, ok := b.(*Truth)
		return ok && equalPath(a.Path, b.Path)
	case *Compare:
		b, ok := b.(*Compare)
		return ok && a.Op == b.Op && equalPath(a.Path, b.Path) && equalLiteral(a.Value, b.Value)
	case *In:
		b, ok := b.(*In)
		return ok && equalPath(a.Path, b.Path) && slices.EqualFunc(a.Values, b.Values, equalLiteral)
	case *Between:
		b, ok := b.(*Between)
		return ok && equalPath(a.Path, b.Path) && equalLiteral(a.Lo, b.Lo) && equalLiteral(a.Hi, b.Hi)
	case *Match:
		b, ok := b.(*Match)
		return ok && a.Op == b.Op && equalPath(a.Path, b.Path) && equalLiteral(a.Pattern, b.Pattern)
	case *Is:
		b, ok := b.(*Is)
		return ok && a.What == b.What && equalPath(a.Path, b.Path)
	case *On:
		b, ok := b.(*On)
		return ok && equalPath(a.Path, b.Path) && equalLiteral(a.Date, b.Date)
	case *Relation:
		b, ok := b.(*Relation)
		return ok && a.Op == b.Op && EqualOperand(a.Left, b.Left) && EqualOperand(a.Right, b.Right)
	case *Computed:
		b, ok := b.(*Computed)
		return ok && EqualOperand(a.X, b.X) && Equal(a.Test, b.Test)
	case *Quantifier, *Count:
		return equalElements(a, b)
	}
	return false
}

func equalPath(a, b *Path) bool { return a.Name == b.Name }

func equalLiteral(a, b *Literal) bool {
	ka, ta := spelling(a)
	kb, tb := spelling(b)
	if ka != kb {
		return false
	}
	switch ka {
	case LitInt, LitDecimal, LitString, LitBool, LitValue:
		return a.Value == b.Value
	case LitDate, LitDateTime, LitRelative, LitParam, LitDuration:
		return ta == tb
	case LitNull:
	}
	return true
}

// spelling returns the kind and the text of a literal as it would be written.
func spelling(l *Literal) (LiteralKind, string) {
	if l.Kind != LitValue {
		return l.Kind, l.Text
	}
	switch l.Value.Type() {
	case model.TypeInt:
		return LitInt, ""
	case model.TypeDecimal:
		if _, scale := l.Value.Decimal(); scale == 0 {
			return LitInt, ""
		}
		return LitDecimal, ""
	case model.TypeFloat:
		if f := l.Value.Float(); f == math.Trunc(f) {
			return LitInt, ""
		}
		return LitDecimal, ""
	case model.TypeString:
		return LitString, ""
	case model.TypeBool:
		return LitBool, ""
	case model.TypeDateTime:
		return LitDateTime, l.Value.String()
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return LitNull, ""
}

// ValueLiteral returns the literal for a value, with the value set.
func ValueLiteral(v model.Value, at Span) *Literal {
	l := LiteralOf(v, at)
	return &l
}

// LiteralOf is ValueLiteral for memory of the caller's.
func LiteralOf(v model.Value, at Span) Literal {
	l := Literal{Kind: LitValue, Value: v, Range: at}
	l.Kind, l.Text = spelling(&l)
	return l
}

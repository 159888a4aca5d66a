package complete_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// prefixTexts are filters whose starts are completed. Each condition runs through one list or
// reference at most, because a filter with three does not check.
func prefixTexts() []string {
	return []string{
		"any tags (name = 'a' and id > 2) or active",
		"not no tags (any marks (this = 'a'))",
		"all labels (this like 'x')",
		"count(tags where id = 1 or name is null) >= 2",
		"count(labels) = size and 1 < count(tags)",
		"abs(count(tags where length(name) > id)) + 1 > 2",
		"length(name) > 12 and coalesce(name, note) = 'x'",
		"flag = coalesce(active, false)",
		"created_at < seen_at + 7d",
		"now - created_at > 90d",
		"7d > seen_at - created_at",
		"created_at + 7d > max(date(now), seen_at - 1d)",
		"(id + size) * 2 > 3 and lower(name) = name",
		"id > (size + 1) * 2",
		"((size + 3)) / 2 < abs(price - 1.5)",
		"3 + 1 < size and -2 * 3 != id",
		"'a' = code or true = flag",
		"2024-01-01 < created_at",
		"substring(code, size + 1, min(size, 3)) = concat(code, upper(code), 'x')",
		"substring(lower(name), 1, 2) != note",
		"name + 1 = 2",
		"flag + 1 = 2",
		"code * 2 > 1",
		"now - seen_at + 1 > 2",
		"owner.name in ('a', 'b')",
		"id between 1 and size",
		"created_at not between today and now - 1d",
		"risk(code) * 2 > price and even(size + 1)",
		"even(2) and dice() > 3",
		"day_of(name, 'UTC') < id",
		"label(size) = brand",
		"tags.name not like 'x' and labels is not empty",
		"visits on 2024-01-01 and name starts with 'a'",
		"ratings > price",
		"date(created_at) = today",
	}
}

// everyNth returns every nth text, from one on.
func everyNth(texts []string, n, from int) []string {
	var some []string
	for i := from % n; i < len(texts); i += n {
		some = append(some, texts[i])
	}
	return some
}

// ownFunctions has functions of every kind of argument.
func ownFunctions(t *testing.T) *dsl.Env {
	t.Helper()
	env, err := dsl.NewEnv(
		dsl.Function{
			Name: "risk", Args: []dsl.Argument{{Name: "code", Type: model.TypeString}}, Result: model.TypeFloat,
			Call: func([]model.Value) (model.Value, error) { return model.Float(1), nil },
		},
		dsl.Function{
			Name: "even", Args: []dsl.Argument{{Name: "n", Type: model.TypeInt}}, Result: model.TypeBool, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) { return model.Bool(args[0].Int()%2 == 0), nil },
		},
		dsl.Function{
			Name: "day_of", Args: []dsl.Argument{{Name: "text", Type: model.TypeString}, {Name: "zone", Type: model.TypeString}}, Result: model.TypeInt,
			Call: func([]model.Value) (model.Value, error) { return model.Int(1), nil },
		},
		dsl.Function{
			Name: "label", Args: []dsl.Argument{{Name: "n", Type: model.TypeDecimal}}, Result: model.TypeString,
			Call: func([]model.Value) (model.Value, error) { return model.String("x"), nil },
		},
		dsl.Function{Name: "dice", Result: model.TypeInt, Call: func([]model.Value) (model.Value, error) { return model.Int(4), nil }},
	)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// TestCompleteLeavesPrefixes applies every proposal at every place of some filters, also of
// such as do not check. The result is a filter that checks, or the start of one.
func TestCompleteLeavesPrefixes(t *testing.T) {
	t.Parallel()
	s := starts{env: ownFunctions(t), schema: modeltest.Schema(), known: map[string]bool{}}
	texts := prefixTexts()
	if testing.Short() {
		texts = everyNth(texts, 5, 0)
	}
	for _, text := range texts {
		for cursor := range len(text) + 1 {
			if !s.filter(text[:cursor]) && !s.filter(text[:lastWord(text[:cursor])]) {
				continue // a mistake stands before the place
			}
			got := s.env.Complete(s.schema, text, cursor)
			for _, c := range got.Candidates {
				if applied := text[:got.Range.Start] + c.Text; !s.filter(applied) {
					t.Errorf("at %d of %s: %s", cursor, text, applied)
				}
			}
		}
	}
	if len(s.known) < 300 {
		t.Errorf("%d texts: too few to tell", len(s.known))
	}
}

// TestCompleteProposesOperands writes each operand at each place of some filters. If the text
// is the start of a filter that checks, a completion proposes the operand.
func TestCompleteProposesOperands(t *testing.T) {
	t.Parallel()
	s := starts{env: ownFunctions(t), schema: modeltest.Schema(), known: map[string]bool{}}
	heads := []string{"count(", "now", "today", "true", "false"}
	for _, name := range []string{
		"lower", "upper", "trim", "length", "substring", "concat", "coalesce", "year", "month", "day", "hour", "weekday", "date", "abs", "round", "min", "max",
		"risk", "even", "day_of", "label", "dice",
	} {
		heads = append(heads, name+"(")
	}
	for i := range s.schema.Len() {
		heads = append(heads, syntax.FormatPath(s.schema.Field(i).Name))
	}
	heads = append(heads, "this", "marks", "rate", "weight") // of elements
	texts := prefixTexts()
	if testing.Short() {
		texts = everyNth(texts, 9, 0)
	}
	tried := 0
	for _, text := range texts {
		for cursor := range len(text) + 1 {
			before := text[:cursor]
			if !startsOperand(before) {
				continue
			}
			for _, head := range everyNth(heads, 3, cursor) {
				if !s.filter(before + head) {
					continue
				}
				tried++
				typed := before + head[:strings.LastIndexByte(head, '.')+2]
				got := s.env.Complete(s.schema, typed, len(typed))
				proposed := false
				for _, c := range got.Candidates {
					proposed = proposed || typed[:got.Range.Start]+c.Text == before+head
				}
				if !proposed && !comparesWithItself(before, head) {
					t.Errorf("%s[%s] is not proposed", before, head)
				}
			}
		}
	}
	if tried < 50 {
		t.Errorf("%d operands: too few to tell", tried)
	}
}

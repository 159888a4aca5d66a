package complete_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// corpus is a schema, and filters whose starts are completed.
type corpus struct {
	schema   *model.Schema
	texts    []string
	elements []string // fields of elements
	fills    []string // operands that may end a text
	blocks   []string // what may end a text behind a quantifier
}

// corpora are filters of fields of every type, and of lists inside lists.
func corpora() []corpus {
	return []corpus{
		{
			modeltest.Schema(), prefixTexts(),
			[]string{"this", "marks", "rate", "weight"},
			[]string{"id", "name", "code", "created_at", "flag", "brand", "tags", "this", "code, code", "name, note", "id, id", "label(1"},
			[]string{" tags (true", " marks (true", " - created_at"},
		},
		{
			modeltest.Orders(), nestedTexts(),
			[]string{"this", "sku", "marks", "product.name", "discounts", "discounts.code", "code", "percent", "uses", "uses.at", "at"},
			[]string{"id", "note", "sku", "percent", "code", "at", "this", "lines", "sku, sku", "code, code", "this, this", "discounts", "uses", "lines.discounts.uses.at"},
			[]string{" lines (true", " discounts (true", " uses (true", " - at", " - lines.discounts.uses.at"},
		},
	}
}

// nestedTexts are filters of lists inside lists. Some conditions run through a third list.
func nestedTexts() []string {
	return []string{
		"concat(lines.discounts.code, lines.marks) = lines.taxes.code",
		"any lines (concat(discounts.code, marks) = taxes.code or sku = product.name)",
		"any lines (any discounts (code = 'x' and no uses (at < now - 1d)))",
		"count(lines.discounts where percent > 2) > lines.quantity",
		"lines.discounts.uses.at - lines.discounts.uses.at > 1d",
		"all lines (no discounts (any labels (this = 'x')))",
		"any lines (count(discounts) = quantity)",
		"customer.name = concat(lines.sku, tags)",
	}
}

// prefixTexts are filters of fields of every type. Some conditions run through a third list.
func prefixTexts() []string {
	return []string{
		"concat(owner.name, tags.name) = labels",
		"ratings + tags.weight > visits",
		"tags.weight = answers + ratings",
		"'2024-01-01' - created_at > 1d",
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
	for _, corpus := range corpora() {
		s := startsOf(t, corpus)
		texts := corpus.texts
		if testing.Short() {
			texts = everyNth(texts, 5, 0)
		}
		for _, text := range texts {
			for cursor := range len(text) + 1 {
				if !s.filter(text[:lastWord(text[:cursor])]) && !s.filter(text[:cursor]) {
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
		if len(s.known) < 100 {
			t.Errorf("%s: %d texts: too few to tell", s.schema.Name(), len(s.known))
		}
	}
}

// TestCompleteProposesOperands writes each operand at each place of some filters. If the text
// is the start of a filter that checks, a completion proposes the operand.
func TestCompleteProposesOperands(t *testing.T) {
	t.Parallel()
	for _, corpus := range corpora() {
		s := startsOf(t, corpus)
		texts := everyNth(corpus.texts, 3, 0) // the search for an ending takes long where there is none
		if testing.Short() {
			texts = everyNth(texts, 5, 0)
		}
		heads := headsOf(corpus)
		tried := 0
		for _, text := range texts {
			for cursor := range len(text) + 1 {
				if before := text[:cursor]; startsOperand(before) {
					tried += s.proposes(t, before, everyNth(heads, 6, cursor))
				}
			}
		}
		if tried < 10 {
			t.Errorf("%s: %d operands: too few to tell", s.schema.Name(), tried)
		}
	}
}

// headsOf returns how operands may start.
func headsOf(corpus corpus) []string {
	heads := []string{"count(", "now", "today", "true", "false"}
	for _, name := range []string{
		"lower", "upper", "trim", "length", "substring", "concat", "coalesce", "year", "month", "day", "hour", "weekday", "date", "abs", "round", "min", "max",
		"risk", "even", "day_of", "label", "dice",
	} {
		heads = append(heads, name+"(")
	}
	for i := range corpus.schema.Len() {
		heads = append(heads, syntax.FormatPath(corpus.schema.Field(i).Name))
	}
	return append(heads, corpus.elements...)
}

// proposes fails at operands that may follow a text and are not proposed. It returns how many may.
func (s *starts) proposes(t *testing.T, before string, heads []string) int {
	t.Helper()
	tried := 0
	for _, head := range heads {
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
	return tried
}

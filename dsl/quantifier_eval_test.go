package dsl_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func checkPeople(t *testing.T, filter string) *dsl.Checked {
	t.Helper()
	c, err := dsl.Check(mustParse(t, filter), modeltest.People())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// peopleWithRoles are rows with and without elements, and with elements that are null.
func peopleWithRoles() map[string]*modeltest.Record {
	person := func(fields map[string]any) *modeltest.Record {
		fields["id"] = 1
		return modeltest.MustRecord(modeltest.People(), fields)
	}
	role := func(id int, name any, permissions ...any) modeltest.Object {
		o := modeltest.Object{"id": id, "name": name}
		if permissions != nil {
			o["permissions"] = permissions
		}
		return o
	}
	return map[string]*modeltest.Record{
		"none":  person(map[string]any{}),
		"empty": person(map[string]any{"roles": []modeltest.Object{}, "tags": []any{}}),
		"two": person(map[string]any{
			"roles": []modeltest.Object{role(1, "Pickers", "warehouse/staff", "orders"), role(2, "Admins", "users")},
			"tags":  []any{"a", "abc"}, "default_warehouse": modeltest.Object{"id": 5, "name": "East"},
		}),
		"nulls": person(map[string]any{"roles": []modeltest.Object{role(1, nil), role(2, "Pickers", nil, "orders")}, "tags": []any{nil, "a"}}),
	}
}

// TestElements: the answers of conditions on elements, row by row.
func TestElements(t *testing.T) {
	t.Parallel()
	const rows = "none empty two nulls"
	people := peopleWithRoles()
	for filter, want := range map[string]string{ // by row: y(es), n(o); none is unknown
		"any roles (true)":                                                    "nnyy",
		"no roles (true)":                                                     "yynn",
		"all roles (true)":                                                    "yyyy",
		"all roles (false)":                                                   "yynn",
		"any roles (name = 'Pickers')":                                        "nnyy",
		"no roles (name = 'Pickers')":                                         "yynn",
		"all roles (name = 'Pickers')":                                        "yynn",
		"all roles (name != 'Boss')":                                          "yyyn", // a name that is null is not known to differ
		"not all roles (name != 'Boss')":                                      "nnny",
		"any roles (not name != 'Boss')":                                      "nnnn", // negation never enters a block
		"any roles (name is null)":                                            "nnny",
		"any roles (name = 'Pickers' and id = 2)":                             "nnny", // of the same role
		"roles.name = 'Pickers' and roles.id = 2":                             "nnyy", // of any two
		"any roles (permissions = 'orders' and name = 'Pickers')":             "nnyy",
		"any roles (permissions is empty)":                                    "nnny",
		"any roles (permissions is null)":                                     "nnny",
		"any roles (permissions is not null and id = 1)":                      "nnyn",
		"any roles (any permissions (this starts with 'ware'))":               "nnyn",
		"all roles (any permissions (this is not null))":                      "yyyn",
		"any roles (no permissions (this = 'users'))":                         "nnyy",
		"any roles (all permissions (this != 'orders'))":                      "nnyy",
		"any roles (count(permissions) = 2)":                                  "nnyy",
		"count(roles where count(permissions where this = 'orders') = 1) = 1": "nnyy",
		"any roles.permissions (this = 'users')":                              "nnyn",
		"all roles.permissions (this is not null)":                            "yyyn",
		"count(roles.permissions) = 3":                                        "nnyn",
		"count(roles.permissions) = 2":                                        "nnny",
		"any tags (this starts with 'a' and this ends with 'c')":              "nnyn",
		"all tags (this starts with 'a')":                                     "yyyn",
		"no tags (this is null)":                                              "yyyn",
		"count(tags) = 0":                                                     "yynn",
		"count(tags) > 1":                                                     "nnyy",
		"count(tags where this = 'A') = 1":                                    "nnyy", // people compare in any letter case
		"count(tags where this != 'abc') != 1":                                "yynn",
		"not count(tags) >= 2":                                                "yynn",
		"count(roles) <= 1":                                                   "yynn",
		"count(roles) < 9223372036854775807":                                  "yyyy",
		"count(roles) > 9223372036854775807":                                  "nnnn",
		"count(roles) >= -5":                                                  "yyyy",
		"any default_warehouse (name = 'East' and id = 5)":                    "nnyn",
		"all default_warehouse (id = 6)":                                      "yyny",
		"count(default_warehouse) = 1":                                        "nnyn",
	} {
		for i, name := range strings.Fields(rows) {
			row, answer := people[name], dsl.False
			if want[i] == 'y' {
				answer = dsl.True
			}
			c := checkPeople(t, filter)
			for form, n := range map[string]dsl.Node{"as it is": c.Root, "simplified": dsl.Simplify(c.Root), "folded": dsl.Fold(c.Root), "normal": dsl.NNF(c.Root)} {
				p, err := dsl.Compile(n, c.Schema)
				if err != nil {
					t.Fatal(err)
				}
				if got := p.Eval(row); got != answer {
					t.Errorf("%s, %s, of %s: %v, want %v", filter, form, name, got, answer)
				}
				if got := dsltest.Eval(n, row); got != answer {
					t.Errorf("%s, %s, of %s, by the plain evaluator: %v, want %v", filter, form, name, got, answer)
				}
			}
		}
	}
}

// TestSimplifyElements shows what becomes of conditions on elements.
func TestSimplifyElements(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		"not count(roles) > 2":                               "count(roles) <= 2",
		"not count(roles) = 2":                               "count(roles) != 2",
		"not not any roles (id = 1)":                         "any roles (id = 1)",
		"not (any roles (id = 1) or is_active)":              "no roles (id = 1) and is_active != true",
		"not any roles (not id < 3)":                         "no roles (id >= 3)",
		"any roles (id > 1 and id > 2)":                      "any roles (id > 2)",
		"any roles (id = 1 or id = 2)":                       "any roles (id in (1, 2))",
		"any roles (id = 1 and id = 2)":                      "false",
		"no roles (id = 1 and id = 2)":                       "true",
		"all roles (id = 1 or true)":                         "true",
		"all roles (id = 1 and id = 2)":                      "all roles (false)",
		"any roles (id = 1 or id != 1)":                      "any roles (id is not null)",
		"any roles (true)":                                   "any roles (true)",
		"count(roles where true) > 2":                        "count(roles) > 2",
		"count(roles where id = 1 and id = 2) > 2":           "false",
		"count(roles where id = 1 and id = 2) <= 0":          "true",
		"count(roles where id = 1 and id = 2) = 0":           "true",
		"count(roles where id = 1 and id = 2) >= 0":          "true",
		"count(roles where id = 1 and id = 2) < 1":           "true",
		"count(roles) >= 0":                                  "true",
		"count(roles) < 0":                                   "false",
		"count(roles) = -1":                                  "false",
		"count(roles) > -1":                                  "true",
		"count(roles) <= -1":                                 "false",
		"count(roles) <= 9223372036854775807":                "true",
		"count(roles) > 9223372036854775807":                 "false",
		"any roles (id = 1) and any roles (id = 1)":          "any roles (id = 1)",
		"any roles (any permissions (this = 'a' and false))": "false",
	} {
		if got := dsl.Format(dsl.Simplify(checkPeople(t, filter).Root)); got != want {
			t.Errorf("%s: %s, want %s", filter, got, want)
		}
	}
}

// longRow is a row with n roles of one permission each, which is what matters, and n tags.
type longRow struct {
	n      int
	fields *model.Schema
}

func (r longRow) Value(int) model.Value { return model.Null() }
func (r longRow) Len(int) int           { return r.n }

func (r longRow) At(field, i int) model.Value {
	if r.fields.Field(field).Type == model.TypeInt {
		return model.Int(int64(i))
	}
	return model.String("x")
}

func (r longRow) ListLen(field, _ int) int {
	if r.fields.Field(field).Through != "" {
		return 1
	}
	return r.n
}

func (r longRow) Element(_, _, j int) model.Value { return model.Int(int64(j)) }

// TestMaxSteps: a million elements take steps that are linear in them, and a limit ends the
// evaluation early.
func TestMaxSteps(t *testing.T) {
	t.Parallel()
	const million = 1_000_000
	row := longRow{million, modeltest.People()}
	for filter, each := range map[string]int{
		"roles.id = -1":                                                  1,
		"any roles (id = -1)":                                            2,
		"all roles (id >= 0 and id >= -1)":                               3,
		"no roles (id = -1 or id = -2 and name = 'x')":                   3,
		"any roles (any permissions (this = 'x'))":                       4,
		"count(roles where count(permissions where this = 'x') = 1) = 1": 4,
		"any roles.permissions (this = 'x')":                             2,
		"count(tags) = 0 or any tags (this = 'x')":                       2,
		"count(tags) + 0 = -1":                                           1,
		"count(roles where count(permissions) + 0 = 5) = id":             4,
		"tags = 'x'": 1,
	} {
		root := checkPeople(t, filter).Root
		compile := func(most int) *dsl.Predicate {
			p, err := dsl.Compile(root, modeltest.People(), dsl.MaxSteps(most))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		if got, err := compile((each + 1) * million).Test(row); err != nil {
			t.Errorf("%s takes more than %d steps an element: %v, %v", filter, each+1, got, err)
		}
		for _, most := range []int{1, 1000, million / 2} {
			p := compile(most)
			got, err := p.Test(row)
			if got || !errors.Is(err, dsl.ErrSteps) || !errors.Is(err, dsl.ErrLimit) {
				t.Errorf("%s in %d steps: %v, %v", filter, most, got, err)
			}
			if p.Match(row) || p.Eval(row) != dsl.Unknown {
				t.Errorf("%s in %d steps matches", filter, most)
			}
		}
		for _, most := range []int{0, -1, math.MaxInt} {
			if _, err := compile(most).Test(row); err != nil {
				t.Errorf("%s with the limit %d: %v", filter, most, err)
			}
		}
	}
}

// readRow counts what is read of a long row.
type readRow struct {
	longRow

	reads *int
}

func (r readRow) At(field, i int) model.Value {
	*r.reads++
	return r.longRow.At(field, i)
}

func (r readRow) Element(field, i, j int) model.Value {
	*r.reads++
	return r.longRow.Element(field, i, j)
}

// TestMaxStepsEnd: where no step is left, an evaluation reads no further element.
func TestMaxStepsEnd(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{
		"roles.id = -1", "tags = 'x'", "tags matches 'y'", "roles.permissions = 'x'", "length(tags) < 0", "any tags (this = 'x')",
		"roles.id = -1 or tags = 'x' or count(tags where this = 'x') = 3", "roles.name = tags", "not tags = 'x' and not roles.id = -1",
	} {
		p, err := dsl.Compile(checkPeople(t, filter).Root, modeltest.People(), dsl.MaxSteps(100))
		if err != nil {
			t.Fatal(err)
		}
		row := readRow{longRow{1_000_000, modeltest.People()}, new(int)}
		if got, err := p.Test(row); got || !errors.Is(err, dsl.ErrSteps) || *row.reads > 300 {
			t.Errorf("%s: %v, %v after %d reads", filter, got, err, *row.reads)
		}
	}
}

// textRow has a long text beside a long list.
type textRow struct{ longRow }

func (textRow) Value(int) model.Value { return model.String(strings.Repeat("x", 64_000)) }

// TestMaxStepsOfTexts: what a function makes of a text for each element counts by its length.
func TestMaxStepsOfTexts(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{"length(concat(username, tags)) = 3", "upper(concat(tags, name)) = 'y'"} {
		p, err := dsl.Compile(checkPeople(t, filter).Root, modeltest.People(), dsl.MaxSteps(1_000_000))
		if err != nil {
			t.Fatal(err)
		}
		for n, want := range map[int]error{100: nil, 2000: dsl.ErrSteps} {
			if got, err := p.Test(textRow{longRow{n, modeltest.People()}}); got || !errors.Is(err, want) {
				t.Errorf("%s over %d elements: %v, %v", filter, n, got, err)
			}
		}
	}
}

// TestMaxStepsOfNegation: a filter that runs out of steps does not match, also where the answer
// so far is negated.
func TestMaxStepsOfNegation(t *testing.T) {
	t.Parallel()
	row := longRow{1000, modeltest.People()}
	for _, filter := range []string{"no roles (id = -1)", "not roles.id = -1", "count(roles) != 3", "count(roles) + 0 != 3", "not all roles (id = 0 or id >= 0)", "id is null or any roles (true)"} {
		p, err := dsl.Compile(checkPeople(t, filter).Root, modeltest.People(), dsl.MaxSteps(1))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Test(row); filter != "id is null or any roles (true)" && (got || err == nil) {
			t.Errorf("%s: %v, %v", filter, got, err)
		}
	}
}

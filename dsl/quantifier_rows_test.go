package dsl_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

type shelfItem struct {
	Code  string   `filter:"code"`
	Price float64  `filter:"price"`
	Marks []string `filter:"marks"`
}

type shelfRow struct {
	ID    int          `filter:"id"`
	Items []shelfItem  `filter:"items"`
	Spare []*shelfItem `filter:"spare"`
	Words []string     `filter:"words"`
	Sizes []int        `filter:"sizes"`
}

func shelfRows() []shelfRow {
	return []shelfRow{
		{ID: 1},
		{ID: 2, Items: []shelfItem{}, Words: []string{}},
		{
			ID: 3, Words: []string{"ab", "b"}, Sizes: []int{3, 5}, Spare: []*shelfItem{nil, {Code: "s"}},
			Items: []shelfItem{{"a", 1.5, []string{"new", "red"}}, {"b", 20, nil}, {"c", 3, []string{"red"}}},
		},
	}
}

// TestElementsOfStructs: slices of structs and of scalars are lists to quantify over.
func TestElementsOfStructs(t *testing.T) {
	structs, err := dsl.For[shelfRow]()
	if err != nil {
		t.Fatal(err)
	}
	rows := shelfRows()
	for filter, want := range map[string]string{
		"any items (code = 'a' and price < 2)":                   "nny",
		"any items (code = 'a' and price > 2)":                   "nnn",
		"all items (price > 1)":                                  "yyy",
		"no items (any marks (this = 'new'))":                    "yyn",
		"any items (marks is empty)":                             "nny",
		"count(items where marks = 'red') = 2":                   "nny",
		"count(items) = 0":                                       "yyn",
		"any items.marks (this starts with 'n')":                 "nny",
		"any spare (code = 's')":                                 "nny",
		"any spare (code is null)":                               "nny",
		"count(spare) = 2":                                       "nny",
		"any words (this starts with 'a' and this contains 'b')": "nny",
		"all sizes (this > 4)":                                   "yyn",
		"count(sizes where this > 4) = 1":                        "nny",
	} {
		m, err := structs.Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if got, err := m.Test(&rows[i]); err != nil || got != (want[i] == 'y') {
				t.Errorf("%s of row %d: %v, %v", filter, i+1, got, err)
			}
		}
	}
}

// TestElementsOfRows: arrays of objects in JSON and in maps are lists to quantify over.
func TestElementsOfRows(t *testing.T) {
	t.Parallel()
	s, err := model.NewSchema("rows",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "items", Type: model.TypeRefs},
		model.Field{Name: "items.code", Type: model.TypeString, Collation: model.Binary, Through: "items"},
		model.Field{Name: "items.marks", Type: model.TypeList, Of: model.TypeString, Collation: model.Binary, Through: "items"},
		model.Field{Name: "words", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "owner", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "owner.name", Type: model.TypeString, Collation: model.CI, Through: "owner"},
	)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{
		`{"id": 1}`,
		`{"id": 2, "items": [], "words": null, "owner": null}`,
		`{"id": 3, "items": [{"code": "a", "marks": ["x", null]}, {"marks": []}, {}], "words": ["ab"], "owner": {"name": "Ana"}}`,
	}
	for filter, want := range map[string]string{
		"any items (code = 'a')":                            "nny",
		"count(items) = 3":                                  "nny",
		"count(items where code is null) = 2":               "nny",
		"any items (code = 'a' and any marks (this = 'x'))": "nny",
		"any items (code is null and marks = 'x')":          "nnn",
		"all items (marks is empty)":                        "yyn",
		"no words (this contains 'b')":                      "yyn",
		"any owner (name = 'Ana')":                          "nny",
		"all owner (name = 'Bob')":                          "yyn",
	} {
		fromJSON, err := dsl.JSON(s).Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		fromMap, err := dsl.Map(s).Compile(filter)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if got, err := fromJSON.Match([]byte(text)); err != nil || got != (want[i] == 'y') {
				t.Errorf("%s of %s: %v, %v", filter, text, got, err)
			}
			var row map[string]any
			if err := json.Unmarshal([]byte(text), &row); err != nil {
				t.Fatal(err)
			}
			if got, err := fromMap.Match(row); err != nil || got != (want[i] == 'y') {
				t.Errorf("%s of %v: %v, %v", filter, row, got, err)
			}
		}
	}
}

// TestMaxStepsOfRows: what compiles a filter at once takes the limit, too.
func TestMaxStepsOfRows(t *testing.T) {
	t.Parallel()
	structs, err := dsl.For[shelfRow]()
	if err != nil {
		t.Fatal(err)
	}
	m, err := structs.Compile("count(items) > 5", dsl.MaxSteps(2))
	if err != nil {
		t.Fatal(err)
	}
	rows := shelfRows()
	if got, err := m.Test(&rows[2]); got || !errors.Is(err, dsl.ErrSteps) {
		t.Errorf("Test: %v, %v", got, err)
	}
	if got, err := m.Eval(&rows[2]); got != dsl.Unknown || !errors.Is(err, dsl.ErrLimit) {
		t.Errorf("Eval: %v, %v", got, err)
	}
	if m.Match(&rows[2]) {
		t.Error("Match: true")
	}
	if got, err := m.Test(&rows[0]); got || err != nil {
		t.Errorf("a short row: %v, %v", got, err)
	}
	fromJSON, err := dsl.JSON(modelOfWords(t)).Compile("no words (this = 'x')", dsl.MaxSteps(3))
	if err != nil {
		t.Fatal(err)
	}
	for text, fails := range map[string]bool{`{"words": ["a"]}`: false, `{"words": ["a", "b", "c"]}`: true} {
		got, err := fromJSON.Match([]byte(text))
		if errors.Is(err, dsl.ErrSteps) != fails || got == fails {
			t.Errorf("Match of %s: %v, %v", text, got, err)
		}
		if _, err := fromJSON.Eval([]byte(text)); errors.Is(err, dsl.ErrSteps) != fails {
			t.Errorf("Eval of %s: %v", text, err)
		}
	}
}

func modelOfWords(t *testing.T) *model.Schema {
	t.Helper()
	s, err := model.NewSchema("rows", model.Field{Name: "words", Type: model.TypeList, Of: model.TypeString, Collation: model.CI})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

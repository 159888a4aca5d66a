package judgetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
	"pgregory.net/rapid"
)

// elementSchema is of things with lists of scalars, references, and lists behind references.
func elementSchema(c model.Collation) *model.Schema {
	s, err := model.NewSchema("things",
		model.Field{Name: "size", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "code", Type: model.TypeString, Nullable: true, Collation: c},
		model.Field{Name: "words", Type: model.TypeList, Of: model.TypeString, Nullable: true, Collation: c},
		model.Field{Name: "numbers", Type: model.TypeList, Of: model.TypeInt, Nullable: true},
		model.Field{Name: "owner", Type: model.TypeRef, Nullable: true},
		model.Field{Name: "owner.name", Type: model.TypeString, Nullable: true, Through: "owner", Collation: c},
		model.Field{Name: "owner.active", Type: model.TypeBool, Nullable: true, Through: "owner"},
		model.Field{Name: "tags", Type: model.TypeRefs},
		model.Field{Name: "tags.name", Type: model.TypeString, Nullable: true, Through: "tags", Collation: c},
		model.Field{Name: "tags.weight", Type: model.TypeInt, Nullable: true, Through: "tags"},
		model.Field{Name: "tags.active", Type: model.TypeBool, Nullable: true, Through: "tags"},
		model.Field{Name: "tags.marks", Type: model.TypeList, Of: model.TypeString, Nullable: true, Through: "tags", Collation: c},
	)
	if err != nil {
		panic(err)
	}
	return s
}

// elements is a database of things. Their elements are there twice: as JSON in columns, and as
// rows of tables, which are called of_ and the name of the list.
type elements struct {
	*things

	schema    *model.Schema
	text      string                                      // the type of texts, with their collation
	json      string                                      // the type of JSON
	keepsNull bool                                        // JSON that is null becomes the text null there
	each      func(value string, columns []column) string // reads a JSON array as rows
}

// elementDatabases returns each database under each of its collations.
func elementDatabases() map[string]func(*testing.T) *elements {
	open := func(name string, c model.Collation, e elements) func(*testing.T) *elements {
		return func(t *testing.T) *elements {
			t.Helper()
			e.things, e.schema = computing()[name](t), elementSchema(c)
			e.makeTables(t.Context(), t)
			return &e
		}
	}
	return map[string]func(*testing.T) *elements{
		"SQLite":         open("SQLite", model.Binary, elements{text: "TEXT", json: "TEXT", each: eachOfSQLite}),
		"PostgreSQL":     open("PostgreSQL", model.Binary, elements{text: `TEXT COLLATE "C"`, json: "JSONB", each: eachOfPostgreSQL}),
		"MariaDB binary": open("MariaDB", model.Binary, elements{text: mariadbText("utf8mb4_nopad_bin"), json: "JSON", keepsNull: true, each: eachOfMariaDB}),
		"MariaDB ci":     open("MariaDB", model.CI, elements{text: mariadbText("utf8mb4_general_ci"), json: "JSON", keepsNull: true, each: eachOfMariaDB}),
	}
}

// scalars reports whether the elements of an array are scalars, and not objects.
func scalars(columns []column) bool { return columns[0].name == model.This }

func eachOfSQLite(value string, columns []column) string {
	if scalars(columns) {
		return "(SELECT value AS this FROM json_each(" + value + "))"
	}
	selected := make([]string, len(columns))
	for i, c := range columns {
		selected[i] = "value ->> '$." + c.name + "' AS " + c.name
	}
	return "(SELECT " + strings.Join(selected, ", ") + " FROM json_each(" + value + "))"
}

func eachOfPostgreSQL(value string, columns []column) string {
	if scalars(columns) {
		typ, collation, _ := strings.Cut(columns[0].typ, " COLLATE ")
		selected := "CAST(x.v AS " + typ + ")"
		if collation != "" {
			selected += " COLLATE " + collation
		}
		return "(SELECT " + selected + " AS this FROM jsonb_array_elements_text(" + value + ") AS x (v))"
	}
	return "(SELECT * FROM jsonb_to_recordset(" + value + ") AS x (" + definitions(columns) + "))"
}

func eachOfMariaDB(value string, columns []column) string {
	paths := make([]string, len(columns))
	for i, c := range columns {
		paths[i] = c.name + " " + c.typ + " PATH '$." + c.name + "'"
		if scalars(columns) {
			paths[i] = c.name + " " + c.typ + " PATH '$'"
		}
	}
	return "JSON_TABLE(" + value + ", '$[*]' COLUMNS (" + strings.Join(paths, ", ") + "))"
}

func definitions(columns []column) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.name + " " + c.typ
	}
	return strings.Join(out, ", ")
}

// columnsOf returns the columns of a thing, or of an element.
func (e *elements) columnsOf(s *model.Schema) []column {
	var out []column
	for i := range s.Len() {
		switch f := s.Field(i); {
		case f.Through != "":
		case f.Type == model.TypeList, f.Type == model.TypeRef, f.Type == model.TypeRefs:
			out = append(out, column{f.Name, e.json})
		case f.Type == model.TypeString:
			out = append(out, column{f.Name, e.text})
		default:
			out = append(out, column{f.Name, e.types[f.Type]})
		}
	}
	return out
}

// ofElement returns the schema of the elements of a list.
func (e *elements) ofElement(list string) *model.Schema {
	f, _ := e.schema.Lookup(list)
	s, _ := e.schema.Elements(f)
	return s
}

func elementLists() []string { return []string{"words", "numbers", "owner", "tags", "tags.marks"} }

func tableOf(list string) string { return "of_" + strings.ReplaceAll(list, ".", "_") }

func (e *elements) makeTables(ctx context.Context, t *testing.T) {
	t.Helper()
	e.exec(ctx, t, "CREATE TEMPORARY TABLE things (nr INT PRIMARY KEY, "+definitions(e.columnsOf(e.schema))+")")
	for _, list := range elementLists() {
		e.exec(ctx, t, "CREATE TEMPORARY TABLE "+tableOf(list)+" (nr INT PRIMARY KEY, parent INT, "+definitions(e.columnsOf(e.ofElement(list)))+")")
	}
}

// fromTables finds elements in the tables of elements.
func (*elements) fromTables(list, parent, alias string) string {
	return " FROM " + tableOf(list) + " " + alias + " WHERE " + alias + ".parent = " + parent + ".nr AND "
}

// fromJSON finds elements in the JSON of the row.
func (e *elements) fromJSON(list, parent, alias string) string {
	value := parent + "." + list[strings.LastIndex(list, ".")+1:]
	return " FROM " + e.each(value, e.columnsOf(e.ofElement(list))) + " " + alias + " WHERE "
}

// load replaces the rows of the tables.
func (e *elements) load(ctx context.Context, t fatal, rows []model.Record) {
	t.Helper()
	tables := make(map[string][][]any)
	for nr, row := range rows {
		e.add(tables, "things", nil, e.schema, e.document(row, nr%2 == 0))
	}
	e.replace(ctx, t, "things", tables["things"])
	for _, list := range elementLists() {
		e.replace(ctx, t, tableOf(list), tables[tableOf(list)])
	}
}

// document returns a row as JSON has it. What is null or has no objects may be left out.
func (e *elements) document(row model.Record, leaveOut bool) map[string]any {
	out := make(map[string]any)
	for i := range e.schema.Len() {
		f := e.schema.Field(i)
		_, member, nested := strings.Cut(f.Name, ".")
		switch {
		case nested:
			objects, _ := out[f.Through].([]any)
			for k, o := range objects {
				v := row.At(i, k)
				if v.IsNull() && (leaveOut || f.Type == model.TypeList && e.keepsNull) {
					continue
				}
				if object, isObject := o.(map[string]any); isObject {
					object[member] = v.Any()
				}
			}
		case f.Type == model.TypeRef || f.Type == model.TypeRefs:
			if leaveOut && row.Len(i) == 0 {
				continue
			}
			objects := make([]any, row.Len(i))
			for k := range objects {
				objects[k] = make(map[string]any)
			}
			out[f.Name] = objects
		default:
			out[f.Name] = row.Value(i).Any()
		}
	}
	return out
}

// add appends a document to the rows of a table, and its elements to those of theirs.
func (e *elements) add(tables map[string][][]any, table string, parent []any, s *model.Schema, document map[string]any) {
	nr := len(tables[table])
	tables[table] = append(tables[table], nil) // its place, before the elements of its elements
	cells := append([]any{nr}, parent...)
	for i := range s.Len() {
		f := s.Field(i)
		children, isList := document[f.Name].([]any)
		switch {
		case f.Through != "":
		case !isList:
			cells = append(cells, document[f.Name])
		default:
			text, err := json.Marshal(children)
			if err != nil {
				panic(err)
			}
			cells = append(cells, string(text))
			for _, child := range children {
				object, isObject := child.(map[string]any)
				if !isObject {
					object = map[string]any{model.This: child}
				}
				e.add(tables, tableOf(f.Origin().Name), []any{nr}, e.ofElement(f.Origin().Name), object)
			}
		}
	}
	tables[table][nr] = cells
}

// judge holds every way to evaluate a filter to what the database says of each row.
func (e *elements) judge(ctx context.Context, t fatal, root dsl.Node, rows []model.Record) {
	t.Helper()
	for form, from := range map[string]func(list, parent, alias string) string{"tables": e.fromTables, "JSON": e.fromJSON} {
		c := newElementRenderer(e.flavour.Placeholder, from).render(root)
		e.holdTo(ctx, t, form, c, root, rows)
	}
}

func (e *elements) holdTo(ctx context.Context, t fatal, form string, c clause, root dsl.Node, rows []model.Record) {
	t.Helper()
	verdicts := verdictsOf(ctx, t, e.conn, "SELECT ("+c.sql+") FROM things r ORDER BY r.nr", c.args)
	for _, v := range waysOf(t, root, e.schema) {
		p, err := dsl.Compile(v.root, e.schema)
		if err != nil {
			t.Fatal(err)
		}
		for nr, row := range rows {
			got, want := p.Eval(row), verdicts[nr]
			if p.Match(row) != (want == dsl.True) || got != want && !v.trueOnly {
				t.Fatalf("%s: %+q\nis %v and %s says %v of its %s: %s\nof %+v", v.name, dsl.Format(v.root), got, e.flavour.Name, want, form, c, e.document(row, false))
			}
		}
	}
}

// judgeable reports whether a database can be asked about a filter: none speaks RE2, and
// PostgreSQL takes no NUL.
func judgeable(root dsl.Node) bool {
	may := true
	dsl.Walk(root, func(n dsl.Node) bool {
		match, isMatch := n.(*dsl.Match)
		may = may && !(isMatch && match.Op == dsl.Matches)
		return may
	})
	return may && !strings.Contains(dsl.Format(root), `\u0000`)
}

// rows generates rows without NUL.
func (e *elements) rows() *rapid.Generator[*modeltest.Record] {
	return valuetest.Records(e.schema).Filter(func(r *modeltest.Record) bool {
		return !strings.Contains(fmt.Sprintf("%q", e.document(r, false)), `\x00`)
	})
}

// filters generates conditions on elements, by themselves and beside others.
func (e *elements) filters() *rapid.Generator[dsl.Node] {
	return rapid.Custom(func(t *rapid.T) dsl.Node {
		list := rapid.SampledFrom(elementLists()).Draw(t, "list")
		of, block := dsl.Field(list), treetest.Trees(e.ofElement(list)).Draw(t, "block")
		number := rapid.IntRange(0, 3).Draw(t, "number")
		n := rapid.SampledFrom([]dsl.Node{
			of.Any(block), of.All(block), of.No(block), dsl.Negate(of.All(block)),
			of.Count(block).Eq(number), of.Count(block).Lt(number), of.Count(block).Ge(number), of.Count(nil).Le(number),
		}).Draw(t, "form")
		switch rapid.IntRange(0, 3).Draw(t, "beside") {
		case 2:
			n = dsl.All(n, treetest.Trees(e.schema).Draw(t, "tree"))
		case 3:
			n = dsl.Any(n, treetest.Trees(e.schema).Draw(t, "tree"))
		}
		checked, err := dsl.Check(dsl.Where(n), e.schema)
		if err != nil {
			t.Fatalf("%s: %v", dsl.Format(n), err)
		}
		return checked.Root
	})
}

// TestElementsOfRandomFilters: quantifiers, counts and conditions on lists mean EXISTS, NOT EXISTS
// and COUNT over child tables and over JSON arrays.
func TestElementsOfRandomFilters(t *testing.T) {
	t.Parallel()
	for name, open := range elementDatabases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t)
			judged := 0
			rapid.Check(t, func(r *rapid.T) {
				var rows []model.Record
				for _, row := range rapid.SliceOfN(e.rows(), 1, 8).Draw(r, "rows") {
					rows = append(rows, row)
				}
				e.load(t.Context(), r, rows)
				for range filtersPerRun {
					if root := e.filters().Draw(r, "filter"); judgeable(root) {
						judged++
						e.judge(t.Context(), r, root, rows)
					}
				}
			})
			if judged < filtersPerRun {
				t.Errorf("%d filters were judged: too few to tell", judged)
			}
		})
	}
}

// TestElementsMeanTheirSQL reads filters as they are written and holds them to SQL over the tables
// of elements that a person wrote.
func TestElementsMeanTheirSQL(t *testing.T) {
	t.Parallel()
	const (
		tag   = "FROM of_tags t WHERE t.parent = r.nr"
		mark  = "FROM of_tags t JOIN of_tags_marks m ON m.parent = t.nr WHERE t.parent = r.nr"
		inner = "FROM of_tags_marks m WHERE m.parent = t.nr"
		word  = "FROM of_words w WHERE w.parent = r.nr"
		owner = "FROM of_owner o WHERE o.parent = r.nr"
	)
	cases := [][2]string{
		{"any tags (name = 'a' and weight > 1)", "EXISTS (SELECT 1 " + tag + " AND t.name = 'a' AND t.weight > 1)"},
		{"tags.name = 'a' and tags.weight > 1", "EXISTS (SELECT 1 " + tag + " AND t.name = 'a') AND EXISTS (SELECT 1 " + tag + " AND t.weight > 1)"},
		{"any tags (not name = 'a')", "EXISTS (SELECT 1 " + tag + " AND NOT t.name = 'a')"},
		{"not any tags (name = 'a')", "NOT EXISTS (SELECT 1 " + tag + " AND t.name = 'a')"},
		{"tags.name != 'a'", "NOT EXISTS (SELECT 1 " + tag + " AND t.name = 'a')"},
		{"no tags (weight is null)", "NOT EXISTS (SELECT 1 " + tag + " AND t.weight IS NULL)"},
		{"all tags (weight > 1)", "(SELECT COUNT(*) " + tag + ") = (SELECT COUNT(*) " + tag + " AND t.weight > 1)"},
		{"not all tags (weight > 1)", "EXISTS (SELECT 1 " + tag + " AND (t.weight IS NULL OR t.weight <= 1))"},
		{"all tags (active is true or weight > 1)", "NOT EXISTS (SELECT 1 " + tag + " AND t.active IS NOT TRUE AND (t.weight > 1) IS NOT TRUE)"},
		{"any tags (name = 'a') or size > 1", "EXISTS (SELECT 1 " + tag + " AND t.name = 'a') OR r.size > 1"},
		{"not (all tags (weight > 1) and size > 1)", "NOT (NOT EXISTS (SELECT 1 " + tag + " AND (t.weight > 1) IS NOT TRUE) AND r.size > 1)"},
		{"any tags (coalesce(weight, 0) < 1 and trim(name) = name)", "EXISTS (SELECT 1 " + tag + " AND COALESCE(t.weight, 0) < 1 AND TRIM(t.name) = t.name)"},
		{"coalesce(tags.weight, 0) < 1", "EXISTS (SELECT 1 " + tag + " AND COALESCE(t.weight, 0) < 1)"},
		{"tags.weight > size", "EXISTS (SELECT 1 " + tag + " AND t.weight > r.size)"},
		{"not tags.weight > size", "NOT EXISTS (SELECT 1 " + tag + " AND t.weight > r.size)"},
		{"tags.weight != size", "NOT EXISTS (SELECT 1 " + tag + " AND t.weight = r.size)"},
		{"tags.name >= owner.name", "EXISTS (SELECT 1 " + tag + " AND EXISTS (SELECT 1 " + owner + " AND t.name >= o.name))"},
		{"words = tags.name", "EXISTS (SELECT 1 " + word + " AND EXISTS (SELECT 1 " + tag + " AND t.name = w.this))"},
		{"words = code or tags.marks = tags.name", "EXISTS (SELECT 1 " + word + " AND w.this = r.code) OR EXISTS (SELECT 1 " + mark + " AND m.this = t.name)"},
		{"tags is empty", "NOT EXISTS (SELECT 1 " + tag + ")"},
		{"count(tags) = 2", "(SELECT COUNT(*) " + tag + ") = 2"},
		{"count(tags) != 2", "(SELECT COUNT(*) " + tag + ") <> 2"},
		{"count(tags where weight > 1) <= 1", "(SELECT COUNT(*) " + tag + " AND t.weight > 1) <= 1"},
		{"any tags (any marks (this starts with 'a'))", "EXISTS (SELECT 1 " + mark + " AND m.this LIKE 'a%')"},
		{"any tags (all marks (this starts with 'a'))", "EXISTS (SELECT 1 " + tag + " AND NOT EXISTS (SELECT 1 " + inner + " AND (m.this LIKE 'a%') IS NOT TRUE))"},
		{"all tags (no marks (this is null))", "NOT EXISTS (SELECT 1 " + mark + " AND m.this IS NULL)"},
		{"all tags (count(marks) > 1)", "NOT EXISTS (SELECT 1 " + tag + " AND (SELECT COUNT(*) " + inner + ") <= 1)"},
		{"any tags.marks (this = 'a')", "EXISTS (SELECT 1 " + mark + " AND m.this = 'a')"},
		{"all tags.marks (this >= 'a')", "NOT EXISTS (SELECT 1 " + mark + " AND (m.this >= 'a') IS NOT TRUE)"},
		{"count(tags.marks where this < 'b') >= 2", "(SELECT COUNT(*) " + mark + " AND m.this < 'b') >= 2"},
		{"tags.marks is empty", "EXISTS (SELECT 1 " + tag + " AND NOT EXISTS (SELECT 1 " + inner + "))"},
		{"words = 'a'", "EXISTS (SELECT 1 " + word + " AND w.this = 'a')"},
		{"words != 'a'", "NOT EXISTS (SELECT 1 " + word + " AND w.this = 'a')"},
		{"words in ('a', 'b') and words starts with 'a'", "EXISTS (SELECT 1 " + word + " AND w.this IN ('a', 'b')) AND EXISTS (SELECT 1 " + word + " AND w.this LIKE 'a%')"},
		{"words is empty", "NOT EXISTS (SELECT 1 " + word + ")"},
		{"words is null", "r.words IS NULL"},
		{"words is null or words is not empty", "r.words IS NULL OR EXISTS (SELECT 1 " + word + ")"},
		{"all words (this = 'a')", "NOT EXISTS (SELECT 1 " + word + " AND (w.this <> 'a' OR w.this IS NULL))"},
		{"no words (this is null)", "NOT EXISTS (SELECT 1 " + word + " AND w.this IS NULL)"},
		{"any numbers (this > 1 and this < 9)", "EXISTS (SELECT 1 FROM of_numbers n WHERE n.parent = r.nr AND n.this > 1 AND n.this < 9)"},
		{"any owner (active is not true)", "EXISTS (SELECT 1 " + owner + " AND o.active IS NOT TRUE)"},
		{"all owner (active is true)", "NOT EXISTS (SELECT 1 " + owner + " AND o.active IS NOT TRUE)"},
		{"count(owner) = 0", "NOT EXISTS (SELECT 1 " + owner + ")"},
	}
	for name, open := range elementDatabases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t)
			rows := make([]model.Record, largeWorld)
			for i := range rows {
				rows[i] = e.rows().Example(i)
			}
			e.load(t.Context(), t, rows)
			for _, c := range cases {
				checked := checkedBy(t, c[0], e.schema)
				e.holdTo(t.Context(), t, "tables", clause{sql: c[1]}, checked.Root, rows)
			}
		})
	}
}

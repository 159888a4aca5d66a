package plan_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// thing is a record with an id of its own.
type thing struct {
	model.Record
	id int64
}

func (r thing) Value(field int) model.Value {
	if field == 0 {
		return model.Int(r.id)
	}
	return r.Record.Value(field)
}

// TestInvariant plans random filters over random resources with random options, and
// holds each plan to the invariant that [plan.Plan] states, to what a request can hold,
// and to what its strategy and its sort rely on. A plan that went through JSON is the
// same plan.
func TestInvariant(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		y := drawToy(rt)
		node := drawFilter(rt)
		o := drawOptions(rt)
		checked := &dsl.Checked{Root: node, Schema: y.Schema(), Now: time.Unix(1_700_000_000, 0).UTC(), Zone: time.UTC}
		p, err := plan.Make(y, checked, o)
		if err != nil {
			if !errors.Is(err, plan.ErrUnanswerable) && !errors.Is(err, plan.ErrOption) {
				rt.Fatalf("%s: %v", dsl.Format(node), err)
			}
			return
		}
		records := drawThings(rt)
		answers(rt, p, node, records, o.Deleted)
		fits(rt, y, p)
		carries(rt, p)
		fetches(rt, y, p, o)
		reloads(rt, y, p)
	})
}

func drawToy(t *rapid.T) *toy {
	kinds := []string{
		"compare", "in", "between", "match", "is", "or", "array", "const",
		"not compare", "not in", "not between", "not match", "not is", "relation", "computed", "not relation", "not computed",
	}
	y := &toy{verdicts: make(map[string]plan.Verdict), dependent: rapid.Bool().Draw(t, "dependent"), sorts: rapid.Bool().Draw(t, "sorts")}
	for _, kind := range kinds {
		y.verdicts[kind] = rapid.SampledFrom([]plan.Verdict{plan.Exact, plan.Exact, plan.Superset, plan.Unsupported}).Draw(t, kind)
	}
	y.verdicts["const"] = plan.Unsupported
	y.keepDeleted = rapid.Bool().Draw(t, "keeps deleted")
	y.caps.Paging = rapid.SampledFrom([]plan.Paging{plan.PagingKeyset, plan.PagingKeyset, plan.PagingForward, plan.PagingToken, plan.PagingOffset, plan.PagingLink}).Draw(t, "paging")
	y.caps.Spills = rapid.Bool().Draw(t, "spills")
	if rapid.Bool().Draw(t, "own room") {
		y.caps.Room = plan.Room{Size: rapid.IntRange(1, 60).Draw(t, "room"), Reason: "the form is full"}
	}
	return y
}

func drawFilter(t *rapid.T) dsl.Node {
	if rapid.IntRange(0, 2).Draw(t, "on elements") == 0 {
		return drawElements(t)
	}
	schema := modeltest.Schema()
	trees := rapid.OneOf(treetest.CheckedTrees(schema), treetest.ComputedTrees(schema), treetest.CallingTrees(schema, dsltest.Functions()))
	terms := []dsl.Node{trees.Draw(t, "tree")}
	for range rapid.IntRange(0, 2).Draw(t, "lists") {
		terms = append(terms, drawList(t))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	if rapid.IntRange(0, 3).Draw(t, "or") == 0 {
		return dsl.NNF(&dsl.Or{Terms: terms})
	}
	return &dsl.And{Terms: terms}
}

// drawList draws a condition with a list that a request may not hold.
func drawList(t *rapid.T) dsl.Node {
	name := rapid.SampledFrom([]string{"id", "size", "secret", "code", "name", "brand", "seen_at", "price"}).Draw(t, "field")
	n := rapid.IntRange(1, 80).Draw(t, "values")
	values := make([]string, n)
	for i := range values {
		switch name {
		case "code", "name", "brand":
			values[i] = fmt.Sprintf("'%c%d'", 'a'+i%3, i*7%n)
		case "seen_at":
			values[i] = fmt.Sprintf("'%s'", time.Unix(int64(i*7%n)*3600, 0).UTC().Format(time.RFC3339))
		default:
			values[i] = strconv.Itoa(i * 7 % n)
		}
	}
	text := name + rapid.SampledFrom([]string{" in (", " in (", " not in ("}).Draw(t, "not") + strings.Join(values, ", ") + ")"
	if rapid.IntRange(0, 3).Draw(t, "or null") == 0 {
		text = "(" + text + " or " + name + " is null)"
	}
	return reread(t, text)
}

func drawOptions(t *rapid.T) plan.Options {
	return plan.Options{
		Order:    rapid.SampledFrom([]string{"", "", "id", "-id", "name", "-price,name", "secret", "seen_at", "flag,-id"}).Draw(t, "order"),
		ByKey:    rapid.Bool().Draw(t, "by key"),
		Limit:    rapid.SampledFrom([]int64{0, 0, 1, 5, 100, 60_000}).Draw(t, "limit"),
		PageSize: rapid.SampledFrom([]int{0, 1, 7, 100}).Draw(t, "page size"),
		Deleted:  rapid.SampledFrom([]plan.Deleted{plan.DeletedNone, plan.DeletedNone, plan.DeletedOnly, plan.DeletedInclude}).Draw(t, "deleted"),
		Select:   rapid.SampledFrom([][]string{nil, nil, {"created_at"}, {"owner.*", "flag"}, {"*"}}).Draw(t, "select"),
		Without:  rapid.SliceOfNDistinct(rapid.SampledFrom(plan.Rules()), 0, 2, rapid.ID[string]).Draw(t, "without"),
	}
}

func drawThings(t *rapid.T) []thing {
	records := make([]thing, 40)
	drawn := rapid.SliceOfN(valuetest.Records(modeltest.Schema()), 4, 12).Draw(t, "records")
	for i := range records {
		records[i] = thing{drawn[i%len(drawn)], int64(i + 1)}
	}
	return records
}

// answers holds the plan to its invariant, by a server that evaluates the parameters.
func answers(t *rapid.T, p *plan.Plan, filter dsl.Node, records []thing, deleted plan.Deleted) {
	schema := modeltest.Schema()
	got := make(map[bool]map[int64]int) // by deleted: how often each row is in an answer
	got[false], got[true] = make(map[int64]int), make(map[int64]int)
	for i, s := range p.Scans {
		predicate := compiled(t, residualOf(s), schema)
		params := append(slices.Clone(s.Query["filter"]), s.Query["weaker"]...)
		var sent []*dsl.Predicate
		for _, text := range params {
			sent = append(sent, compiled(t, reread(t, text), schema))
		}
		rows := int64(0) // that match
		for _, r := range records {
			if !within(s.IDs, r.id) || slices.ContainsFunc(sent, func(c *dsl.Predicate) bool { return !c.Match(r) }) {
				continue
			}
			if predicate.Match(r) {
				rows++
				got[s.Deleted][r.id]++
			}
		}
		if (s.Query.Get("deleted") == "true") != s.Deleted || s.Deleted && deleted == plan.DeletedNone {
			t.Fatalf("scan %d: deleted is %v, and its parameters are %v", i, s.Deleted, s.Query)
		}
		if rows > s.MaxRows {
			t.Fatalf("scan %d has %d rows, and the bound is %d", i, rows, s.MaxRows)
		}
	}
	for _, of := range []bool{false, true} {
		asked := of == (deleted == plan.DeletedOnly) || deleted == plan.DeletedInclude
		for _, r := range records {
			want := 0
			if asked && dsltest.Eval(filter, r) == dsl.True {
				want = 1
			}
			if got[of][r.id] != want {
				t.Fatalf("%s\nrow %d, deleted %v, is %d times in the answer, want %d:\n%v\n%v", dsl.Format(filter), r.id, of, got[of][r.id], want, r.Record, p)
			}
		}
	}
	if p.Empty != "" && len(p.Scans) > 0 {
		t.Fatalf("an empty answer has scans:\n%v", p)
	}
}

// residualOf is the residual of a scan, which must be its conjuncts that are not exact.
func residualOf(s plan.Scan) dsl.Node {
	if s.Residual == nil {
		return &dsl.Const{Value: true}
	}
	return s.Residual
}

func compiled(t *rapid.T, n dsl.Node, schema *model.Schema) *dsl.Predicate {
	p, err := dsl.Compile(n, schema)
	if err != nil {
		t.Fatalf("%s: %v", dsl.Format(n), err)
	}
	return p
}

func reread(t *rapid.T, text string) dsl.Node {
	f, err := dsl.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	c, err := dsl.Check(f, modeltest.Schema(), functions(t))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c.Root
}

// functions lets a filter call what those of [drawFilter] do.
func functions(t *rapid.T) dsl.CheckOption {
	env, err := dsl.NewEnv(dsltest.Functions()...)
	if err != nil {
		t.Fatal(err)
	}
	return dsl.Functions(env)
}

func within(b paginate.Bounds, id int64) bool { return id >= b.Lo && (b.Hi == 0 || id < b.Hi) }

// fits holds each request to its room.
func fits(t *rapid.T, y *toy, p *plan.Plan) {
	for _, s := range p.Scans {
		size := 0
		for _, c := range s.Conjuncts {
			if y.caps.Room.Size > 0 {
				size += c.Size
				continue
			}
			for _, param := range c.Params {
				size += len("&=") + len(url.QueryEscape(param.Name)) + len(url.QueryEscape(param.Value))
			}
		}
		most := y.caps.Room.Size
		if most == 0 {
			most = 7 << 10
		}
		if size > most {
			t.Fatalf("a request takes %d of %d:\n%v", size, most, p)
		}
	}
}

// carries holds rows to carry what the residual and a local sort read, and to hide what
// was not selected.
func carries(t *rapid.T, p *plan.Plan) {
	for _, s := range p.Scans {
		var read []*model.Field
		if s.Residual != nil {
			read = dsl.Fields(s.Residual)
		}
		if p.Sort.Gathers() {
			for _, k := range p.Order {
				read = append(read, k.Field)
			}
		}
		requested := strings.Split(s.Query.Get("fields"), ",")
		for _, f := range read {
			if f.Returned == model.ReturnedNo || f.Returned != model.ReturnedAlways && !slices.Contains(requested, f.Name) {
				t.Fatalf("%s is read, and requested are %v:\n%v", f.Name, requested, p)
			}
		}
		for _, f := range p.Select {
			if f.Returned != model.ReturnedAlways && !slices.Contains(requested, f.Name) {
				t.Fatalf("%s is selected, and requested are %v:\n%v", f.Name, requested, p)
			}
		}
	}
}

// fetches holds the strategy and the sort to what they rely on.
func fetches(t *rapid.T, y *toy, p *plan.Plan, o plan.Options) {
	page := int64(p.PageSize)
	follows := y.caps.Paging == plan.PagingToken || y.caps.Paging == plan.PagingOffset || y.caps.Paging == plan.PagingLink
	limited := p.Limit > 0 && p.Limit <= page && p.Exact()
	single := len(p.Scans) == 1
	ok := true
	switch p.Strategy {
	case plan.StrategyNone:
		ok = p.Empty != ""
	case plan.StrategyOnePage:
		few := !slices.ContainsFunc(p.Scans, func(s plan.Scan) bool { return s.MaxRows > page })
		ok = !follows && (few || limited)
	case plan.StrategyFollowTokens:
		ok = follows
	case plan.StrategyReadAhead:
		ok = p.Sort == plan.SortByID && y.caps.Paging == plan.PagingKeyset
	case plan.StrategySplitRanges, plan.StrategyFirstPageThenSplit:
		ok = p.Sort != plan.SortByID && y.caps.Paging == plan.PagingKeyset
	case plan.StrategySerial:
		ok = !follows
	}
	if !ok {
		t.Fatalf("%v pages are fetched as %v:\n%v", y.caps.Paging, p.Strategy, p)
	}
	switch p.Sort {
	case plan.SortNone:
		ok = len(p.Order) == 0
	case plan.SortByID:
		ok = !follows && p.Order[0].Field.Name == "id" && (y.caps.Paging == plan.PagingKeyset || !p.Order[0].Descending)
	case plan.SortServer:
		ok = y.sorts && single && (follows || p.Exact()) || p.Empty != ""
	case plan.SortTopK:
		ok = p.Limit > 0 && p.Limit <= 50_000
	case plan.SortLocal:
		ok = p.Limit == 0 || p.Limit > 50_000
	}
	if !ok || slices.Contains(o.Without, "order") && len(p.Order) > 0 && !p.Sort.Gathers() {
		t.Fatalf("%v pages by %v are sorted %v without %v:\n%v", y.caps.Paging, p.OrderText(), p.Sort, o.Without, p)
	}
	if want := !p.Sort.Gathers() && (p.Sort != plan.SortServer || follows); p.Empty == "" && p.Resumable() != want {
		t.Fatalf("resumable is %v:\n%v", p.Resumable(), p)
	}
}

// reloads holds a plan that went through JSON to be the same plan.
func reloads(t *rapid.T, y *toy, p *plan.Plan) {
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := plan.Load(y, text, functions(t))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := p.Document()
	want.Rejected = nil
	if diff := gocmp.Diff(textOf(t, want), textOf(t, withoutRejected(again.Document()))); diff != "" {
		t.Fatalf("read again, the plan differs (-was +is):\n%s", diff)
	}
	for i, s := range p.Scans {
		a := again.Scans[i]
		if a.MaxRows != s.MaxRows || !s.IDs.Empty() && a.IDs != s.IDs || (a.Residual == nil) != (s.Residual == nil) || a.MaxRows == 0 && s.MaxRows == math.MaxInt64 {
			t.Fatalf("scan %d is %+v, and was %+v", i, a, s)
		}
	}
}

func withoutRejected(d plan.Document) plan.Document {
	d.Rejected = nil
	return d
}

func textOf(t *rapid.T, d plan.Document) string {
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

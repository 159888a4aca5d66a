package plan_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

var update = flag.Bool("update", false, "write the golden plans anew")

// planNow is what `now` means in every golden plan.
var planNow = time.Date(2026, 5, 17, 10, 30, 0, 0, time.UTC)

// TestPlan compares plans with those in testdata/plan. The comment of each archive has
// `option: value` lines that its cases share. A case has two files: NAME.filter, with
// options of its own above an empty line, and NAME.plan. The archive of the same name in
// testdata/explainjson has the JSON of the plans.
func TestPlan(t *testing.T) {
	files, err := filepath.Glob("testdata/plan/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden plans: %v", err)
	}
	cases := 0
	defer func() {
		if cases < 120 {
			t.Errorf("%d golden plans, fewer than 120", cases)
		}
	}()
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases += len(archive.Files) / 2
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { testPlans(t, file) })
	}
}

func testPlans(t *testing.T, file string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	jsonFile := filepath.Join("testdata", "explainjson", filepath.Base(file))
	programs, err := txtar.ParseFile(jsonFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var out, outJSON []txtar.File
	for _, f := range archive.Files {
		name, isFilter := strings.CutSuffix(f.Name, ".filter")
		if !isFilter {
			continue
		}
		got := explainCase(t, string(archive.Comment)+string(f.Data))
		out = append(out, f, txtar.File{Name: name + ".plan", Data: []byte(got.text)})
		if got.json != "" {
			outJSON = append(outJSON, txtar.File{Name: name + ".json", Data: []byte(got.json)})
		}
		t.Run(name, func(t *testing.T) {
			if *update {
				return
			}
			if diff := cmp.Diff(wanted(archive, name+".plan"), got.text); diff != "" {
				t.Errorf("the plan changed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(wanted(programs, name+".json"), got.json); diff != "" {
				t.Errorf("the plan for programs changed (-want +got):\n%s", diff)
			}
			if got.json != "" {
				holdToText(t, got)
			}
		})
	}
	if *update {
		archive.Files = out
		write(t, file, archive)
		write(t, jsonFile, &txtar.Archive{Files: outJSON})
	}
}

func write(t *testing.T, file string, a *txtar.Archive) {
	t.Helper()
	if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
		t.Fatal(err)
	}
}

func wanted(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// explainCase plans a case: `option: value` lines, then the filter.
func explainCase(t *testing.T, text string) explanation {
	t.Helper()
	c := planCase{opts: []query.Option{query.Now(planNow)}}
	for strings.Contains(text, "\n") {
		line, below, _ := strings.Cut(text, "\n")
		key, value, ok := strings.Cut(line, ": ")
		switch {
		case ok && planOptions[key] != nil:
			if err := planOptions[key](&c, value); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		case line == "" || strings.HasPrefix(line, "#"):
		default:
			return c.plan(t, strings.TrimSpace(text))
		}
		text = below
	}
	return c.plan(t, strings.TrimSpace(text))
}

type planCase struct {
	resource string // "" = users
	caps     shipstream.Capabilities
	opts     []query.Option
}

var planOptions = map[string]func(*planCase, string) error{
	"resource": func(c *planCase, v string) error { c.resource = v; return nil },
	"functions": func(c *planCase, _ string) error {
		env, err := ownFunctions()
		c.opts = append(c.opts, query.Functions(env))
		return err
	},
	"select": func(c *planCase, v string) error {
		c.opts = append(c.opts, query.Select(strings.Split(v, ",")...))
		return nil
	},
	"sort": func(c *planCase, v string) error { c.opts = append(c.opts, query.OrderBy(v)); return nil },
	"limit": func(c *planCase, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		c.opts = append(c.opts, query.Limit(n))
		return err
	},
	"page size": func(c *planCase, v string) error {
		n, err := strconv.Atoi(v)
		c.opts = append(c.opts, query.PageSize(n))
		return err
	},
	"deleted": func(c *planCase, v string) error {
		for _, d := range []query.Deleted{query.DeletedNone, query.DeletedOnly, query.DeletedInclude} {
			if d.String() == v {
				c.opts = append(c.opts, query.WithDeleted(d))
				return nil
			}
		}
		return errors.New("unknown")
	},
	"profile": func(c *planCase, v string) (err error) {
		c.caps.Profile, err = wire.Profile{}.With(strings.Split(v, ",")...)
		return err
	},
	"timestamps": func(c *planCase, v string) error {
		for r := model.ReturnedUnknown; r <= model.ReturnedNo; r++ {
			if r.String() == v {
				c.caps.Timestamps = r
				return nil
			}
		}
		return errors.New("unknown")
	},
	"collation": func(c *planCase, v string) error {
		if v == "binary" {
			c.caps.Collation = model.Some(model.Binary)
		}
		return nil
	},
}

// definition is the resource of a case as a file defines it.
func (c planCase) definition() rest.Definition {
	with := shipstream.With(c.caps)
	switch c.resource {
	case "userRoles":
		return shipstream.RolesDefinition(shipstream.AnyUser, with)
	case "warehouses":
		return shipstream.WarehousesDefinition(with)
	}
	return shipstream.UsersDefinition(shipstream.AnyUser, with)
}

func (c planCase) source(t *testing.T) query.Resource {
	t.Helper()
	if c.resource == "" {
		return shipstream.Users(nil, shipstream.AnyUser, shipstream.With(c.caps))
	}
	src, err := rest.New(nil, c.definition())
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// explanation is both forms of a plan.
type explanation struct {
	text string
	json string // "" when there is no plan: text says why
}

// plan explains the plan of a filter. The definition of the resource, written to a file
// and read again, has the same plan; a table has no definition.
func (c planCase) plan(t *testing.T, filter string) explanation {
	t.Helper()
	if c.resource == "members" {
		return explained(t, database(t), filter, c.opts)
	}
	text, err := yaml.Write(c.definition())
	if err != nil {
		t.Fatal(err)
	}
	read, err := yaml.Read(text, shipstream.Syntax(wire.Profile{}))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	fromFile, err := rest.New(nil, read)
	if err != nil {
		t.Fatal(err)
	}
	plan := explained(t, c.source(t), filter, c.opts)
	if diff := cmp.Diff(plan, explained(t, fromFile, filter, c.opts), cmp.AllowUnexported(explanation{})); diff != "" {
		t.Errorf("%s: the definition, read back, has another plan (-built in +from the file):\n%s", filter, diff)
	}
	return plan
}

func explained(t *testing.T, res query.Resource, filter string, opts []query.Option) explanation {
	t.Helper()
	plan, err := query.Prepare(res, filter, opts...)
	if err != nil {
		return explanation{text: "error: " + err.Error() + "\n"}
	}
	var text, program strings.Builder
	if err := errors.Join(plan.Explain(&text), plan.ExplainJSON(&program)); err != nil {
		t.Fatal(err)
	}
	return explanation{text.String(), program.String()}
}

// TestPlanIsStable: the same query always has the same plan, although planning uses maps.
func TestPlanIsStable(t *testing.T) {
	c := planCase{opts: []query.Option{query.Now(planNow), query.Select("roles.name", "default_warehouse.name", "merchant.code")}}
	const filter = `roles.name = 'x' and default_warehouse.is_active and merchant.name = 'y' and id > 5`
	want := c.plan(t, filter)
	for range 50 {
		if got := c.plan(t, filter); got != want {
			t.Fatalf("another plan:\n%s\nthan:\n%s", got.text, want.text)
		}
	}
}

// TestStars: a star selects the fields that are known to be returned, and fails if there
// are none. Members of members count as fields below a reference.
func TestStars(t *testing.T) {
	shelf := func(returned model.Returned) rest.Definition {
		field := func(name string, typ model.Type, r model.Returned, through string) rest.Field {
			return rest.Field{Field: model.Field{Name: name, Type: typ, Returned: r, Through: through}}
		}
		return rest.Definition{
			Name: "books", Path: "/books", Syntax: shipstream.Syntax(wire.Profile{}), Paging: rest.Paging{Style: rest.Keyset}, Fields: []rest.Field{
				field("id", model.TypeInt, model.ReturnedAlways, ""),
				field("title", model.TypeString, model.ReturnedOnRequest, ""),
				field("secret", model.TypeString, model.ReturnedNo, ""),
				field("author", model.TypeRef, returned, ""),
				field("author.id", model.TypeInt, returned, "author"),
				field("author.name", model.TypeString, returned, "author"),
			},
		}
	}
	for _, test := range []struct {
		of   model.Returned
		name string
		want string
	}{
		{model.ReturnedOnRequest, "*", "id,title,author"},
		{model.ReturnedOnRequest, "author.*", "author.id,author.name"},
		{model.ReturnedOnRequest, "author.name, author.* ,title,*,title", "author.name,author.id,title,id,author"},
		{model.ReturnedUnknown, "*", "id,title"},
		{model.ReturnedUnknown, "author.*", `select "author.*": the server is not known to return any of these fields`},
		{model.ReturnedNo, "author.*", `select "author.*": the server is not known to return any of these fields`},
	} {
		src, err := rest.New(nil, shelf(test.of))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := query.Prepare(src, "", query.Select(strings.Split(test.name, ",")...))
		got := fmt.Sprint(err)
		if err == nil {
			var names []string
			for _, f := range plan.Select {
				names = append(names, f.Name)
			}
			got = strings.Join(names, ",")
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// TestOptionErrors: an unusable option is reported by name, before any request.
func TestOptionErrors(t *testing.T) {
	src := shipstream.Users(nil, shipstream.AnyUser)
	for _, test := range []struct {
		opt  query.Option
		want string
	}{
		{query.Limit(-1), `limit "-1": must be 0 (no limit) or more`},
		{query.PageSize(1001), `page size "1001": must be between 1 and 1000`},
		{query.PageSize(-1), `page size "-1": must be between 1 and 1000`},
		{query.Select("emial"), `select "emial": no such field; did you mean email?`},
		{query.Select("name", "rolls.*"), `select "rolls.*": no such fields; did you mean roles.*?`},
		{query.Select("name.*"), `select "name.*": no such fields; valid names are *, roles.*, default_warehouse.*, merchant.*`},
		{query.Select("na*"), `select "na*": no such fields; valid names are *, roles.*, default_warehouse.*, merchant.*`},
		{query.OrderBy("-creatd_at"), `sort "-creatd_at": no such field; did you mean created_at?`},
		{query.OrderBy("roles.name"), `sort "roles.name": a reference has no order`},
	} {
		_, err := query.Prepare(src, "", test.opt)
		if !errors.Is(err, query.ErrOption) || fmt.Sprint(err) != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

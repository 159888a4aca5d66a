package muster_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/muster-go/muster"

// listed is the part of a package's `go list -json` that the rules read.
type listed struct {
	ImportPath string   `json:"ImportPath"`
	Standard   bool     `json:"Standard"` // of the standard library
	Imports    []string `json:"Imports"`  // by files that are no tests
	Deps       []string `json:"Deps"`     // all that an importer links, found by following Imports
}

// name is the import path below the module: "dsl/check"; "" for the root.
func (p listed) name() string { return below(p.ImportPath) }

func below(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

func inModule(importPath string) bool {
	return importPath == module || strings.HasPrefix(importPath, module+"/")
}

// standard is the set of the standard library's import paths.
type standard map[string]bool

// rule forbids edges of the import graph.
type rule struct {
	name string
	// links makes the rule one over Deps; otherwise it is one over Imports.
	links bool
	// allows reports whether the package may have the edge.
	allows func(importer, imported string, std standard) bool
}

func rules() []rule {
	return []rule{
		{
			name:   "imports run model <- {dsl, transport, paginate} <- query <- {cmd, fuzz, bench}, never sideways",
			allows: allowedByLayer,
		},
		{
			name:   "inside dsl imports run ast <- syntax <- {check, foreign} <- {simplify, eval, complete} <- dsl",
			links:  true,
			allows: allowedByStage,
		},
		{
			name:   "inside query imports run plan <- internal/exec <- query <- {rest, sink, sqlsource, querytest} <- vendors",
			links:  true,
			allows: allowedInQuery,
		},
		{
			name:   "query/shipstream/shipstreamtest imports only model, model/collation, titanous/json5 and the standard library",
			allows: allowedInEmulator,
		},
		{
			name:   "a vendor, as query/shipstream, is imported by itself, the commands, fuzz and bench only",
			allows: allowedVendor,
		},
		{
			name:   "a ...test package is imported by tests, other ...test packages and cmd/muster only",
			allows: allowedTestPackage,
		},
		{
			name:   "the core links only participle, go-retryablehttp with go-cleanhttp, x/time, go-json-experiment/json and the standard library",
			links:  true,
			allows: allowedInCore,
		},
		{
			name:   "kin-openapi is imported below cmd/muster/internal only",
			allows: allowedReader,
		},
	}
}

// allowedReader keeps the reader of OpenAPI documents, which is large, from the library.
func allowedReader(importer, imported string, _ standard) bool {
	return !inModule(importer) || !strings.HasPrefix(imported, "github.com/getkin/kin-openapi") || strings.HasPrefix(below(importer), "cmd/muster/internal/")
}

// layer returns the height of a package, which is that of its top folder. The
// root package documents the others and stands beside cmd.
func layer(name string) (top string, height int, ok bool) {
	heights := map[string]int{
		"model": 0,
		"dsl":   1, "transport": 1, "paginate": 1,
		"query": 2,
		"":      3, "cmd": 3, "fuzz": 3, "bench": 3,
	}
	top, _, _ = strings.Cut(name, "/")
	height, ok = heights[top]
	return top, height, ok
}

func allowedByLayer(importer, imported string, _ standard) bool {
	if !inModule(imported) {
		return true
	}
	from, fromHeight, fromKnown := layer(below(importer))
	to, toHeight, toKnown := layer(below(imported))
	return fromKnown && toKnown && (from == to || toHeight < fromHeight)
}

// stage returns the height of a package of the filter language; false for a package
// that is not one of its stages.
func stage(name string) (height int, ok bool) {
	heights := map[string]int{
		"dsl/ast":      0,
		"dsl/syntax":   1,
		"dsl/check":    2,
		"dsl/foreign":  2,
		"dsl/simplify": 3, "dsl/eval": 3, "dsl/complete": 3,
		"dsl": 4,
	}
	height, ok = heights[name]
	return height, ok
}

// isStage reports whether the folder's package is a stage behind a facade.
func isStage(folder string) bool {
	_, ok := stage(folder)
	return ok && folder != "dsl"
}

// allowedByStage holds a stage to the stages below it. What the stages share stands in
// dsl/internal, links at most the tree, and is imported by any of them.
func allowedByStage(importer, imported string, _ standard) bool {
	from, ok := stage(below(importer))
	if strings.HasPrefix(below(importer), "dsl/internal/") {
		from, ok = 1, true
	}
	to, known := stage(below(imported))
	if !known && strings.HasPrefix(below(imported), "dsl/") {
		return !ok || strings.HasPrefix(below(imported), "dsl/internal/")
	}
	return !ok || !known || to < from
}

// vendorHeight is the height of a folder of query that [queryHeights] does not name: it
// has one vendor's code.
const vendorHeight = 4

// queryHeights returns the height of each folder of query that serves every vendor.
// otelhooks and promhooks are missing, because they are modules of their own, which import
// the published query.
func queryHeights() map[string]int {
	return map[string]int{
		"query/plan": 0, "query/knownanswer": 0,
		"query/internal/exec": 1, "query/internal/spill": 1,
		"query":      2,
		"query/rest": 3, "query/sink": 3, "query/sloghooks": 3, "query/sqlsource": 3, "query/querytest": 3,
	}
}

// queryStage returns the height of a package below query, which is that of its folder
// there; false for a package of another top folder.
func queryStage(name string) (folder string, height int, ok bool) {
	heights := queryHeights()
	for folder = name; folder != "."; folder = path.Dir(folder) {
		if height, ok = heights[folder]; ok && (folder != "query" || name == "query") {
			return folder, height, true
		}
		if path.Dir(folder) == "query" && folder != "query/internal" {
			return folder, vendorHeight, true
		}
	}
	return "", 0, false
}

// allowedInQuery holds a package below query to the packages below it. Test packages
// may link one another, because only tests import them.
func allowedInQuery(importer, imported string, _ standard) bool {
	if !inModule(importer) || !inModule(imported) || !strings.HasPrefix(below(imported)+"/", "query/") {
		return true
	}
	from, fromHeight, fromKnown := queryStage(below(importer))
	if !strings.HasPrefix(below(importer)+"/", "query/") {
		return true
	}
	to, toHeight, toKnown := queryStage(below(imported))
	if !fromKnown || !toKnown {
		return false
	}
	return from == to || toHeight < fromHeight || isTestPackage(importer) && isTestPackage(imported)
}

func allowedInEmulator(importer, imported string, std standard) bool {
	if below(importer) != "query/shipstream/shipstreamtest" {
		return true
	}
	return std[imported] || imported == module+"/model" || imported == module+"/model/collation" || imported == "github.com/titanous/json5"
}

func allowedVendor(importer, imported string, _ standard) bool {
	if !inModule(imported) {
		return true
	}
	vendor, stage, _ := queryStage(below(imported))
	own, _, _ := queryStage(below(importer))
	_, height, _ := layer(below(importer))
	return stage != vendorHeight || own == vendor || height == 3
}

func allowedTestPackage(importer, imported string, _ standard) bool {
	if !inModule(imported) || !isTestPackage(imported) {
		return true
	}
	return isTestPackage(importer) || below(importer) == "cmd/muster"
}

func isTestPackage(importPath string) bool { return strings.HasSuffix(path.Base(importPath), "test") }

func corePackages() []string {
	return []string{
		"model", "dsl", "dsl/ast", "dsl/syntax", "dsl/check", "dsl/simplify", "dsl/eval", "dsl/complete", "query/shipstream/wire", "transport", "paginate", "query", "query/shipstream", "query/sink", "query/rest", "query/sqlsource",
	}
}

// coreModules are what an importer of the core links besides the standard library.
func coreModules() []string {
	return []string{
		"github.com/alecthomas/participle/v2",
		"github.com/hashicorp/go-retryablehttp",
		"github.com/hashicorp/go-cleanhttp", // go-retryablehttp's own
		"golang.org/x/time",
		"github.com/go-json-experiment/json",
	}
}

func allowedInCore(importer, imported string, std standard) bool {
	if !slices.Contains(corePackages(), below(importer)) || std[imported] || inModule(imported) {
		return true
	}
	return slices.ContainsFunc(coreModules(), func(m string) bool {
		return imported == m || strings.HasPrefix(imported, m+"/")
	})
}

// violations returns one line for each edge that a rule forbids.
func violations(packages []listed) []string {
	std := make(standard)
	for _, p := range packages {
		std[p.ImportPath] = p.Standard
	}
	std["C"] = true // cgo's own, which no listing has

	var found []string
	for _, p := range packages {
		if !inModule(p.ImportPath) {
			continue
		}
		for _, r := range rules() {
			edges, verb := p.Imports, "imports"
			if r.links {
				edges, verb = p.Deps, "links"
			}
			for _, imported := range edges {
				if !r.allows(p.ImportPath, imported, std) {
					found = append(found, fmt.Sprintf("%s %s %s; but %s", p.ImportPath, verb, imported, r.name))
				}
			}
		}
	}
	return found
}

func TestLayers(t *testing.T) {
	packages := list(t)

	var names []string
	for _, p := range packages {
		if inModule(p.ImportPath) {
			names = append(names, p.name())
		}
	}
	// A rule over a package that has moved away would hold for ever.
	named := slices.AppendSeq(append(corePackages(), "query/shipstream/shipstreamtest", "cmd/muster"), maps.Keys(queryHeights()))
	for _, name := range named {
		if !slices.Contains(names, name) {
			t.Errorf("package %s, which the rules name, does not exist", name)
		}
	}
	for _, v := range violations(packages) {
		t.Error(v)
	}
}

// TestFacadeLinksParticiple: the filter language is read by participle's lexer
// interface and specified by its grammar, in the product and not only in tests.
func TestFacadeLinksParticiple(t *testing.T) {
	for _, p := range list(t) {
		if p.name() == "dsl" && inModule(p.ImportPath) {
			if !slices.Contains(p.Deps, "github.com/alecthomas/participle/v2") || !slices.Contains(p.Deps, "github.com/alecthomas/participle/v2/lexer") {
				t.Error("./dsl does not link participle and its lexer")
			}
			return
		}
	}
	t.Error("./dsl is not listed")
}

// TestWeight holds what COMPATIBILITY.md says of the core's weight to what it links: all
// of it, and nothing that it no longer links.
func TestWeight(t *testing.T) {
	readme, err := os.ReadFile("COMPATIBILITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(readme), "## What the library links")
	text, _, _ = strings.Cut(text, "\n## ")
	var told []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(text, -1) {
		told = append(told, m[1])
	}
	if slices.Sort(told); !slices.Equal(told, slices.Sorted(slices.Values(coreModules()))) {
		t.Errorf("COMPATIBILITY.md names %v, allowed are %v", told, coreModules())
	}
	linked := make(map[string]bool)
	for _, p := range list(t) {
		for _, dep := range p.Deps {
			for _, m := range coreModules() {
				if slices.Contains(corePackages(), p.name()) && (dep == m || strings.HasPrefix(dep, m+"/")) {
					linked[m] = true
				}
			}
		}
	}
	for _, m := range coreModules() {
		if !linked[m] {
			t.Errorf("the core no longer links %s", m)
		}
	}
}

// list asks the go command for the packages of this module and all they link.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps", "./...")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, &stderr)
	}
	var packages []listed
	for d := json.NewDecoder(&stdout); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("%v: %v", cmd, err)
		}
		packages = append(packages, p)
	}
}

// TestLayersCatch holds the checker itself to made-up packages, one edge each. A
// path with a dot is another module's, one without is this module's.
func TestLayersCatch(t *testing.T) {
	const layers, stages, queries, emulator, vendor, tests, core, reader = 0, 1, 2, 3, 4, 5, 6, 7
	cases := []struct {
		importer, imported string
		breaks             []int // indices into rules
	}{
		{importer: "model", imported: "dsl", breaks: []int{layers}},
		{importer: "dsl", imported: "model"},
		{importer: "query/shipstream/wire", imported: "dsl"},
		{importer: "dsl", imported: "transport", breaks: []int{layers}},
		{importer: "transport", imported: "paginate", breaks: []int{layers}},
		{importer: "paginate", imported: "dsl", breaks: []int{layers}},
		{importer: "paginate", imported: "query", breaks: []int{layers}},
		{importer: "query", imported: "paginate"},
		{importer: "query/sink", imported: "query"},
		{importer: "query", imported: "cmd/muster", breaks: []int{layers}},
		{importer: "query/sink", imported: "bench", breaks: []int{layers}},
		{importer: "cmd/muster", imported: "query/shipstream"},
		{importer: "bench", imported: "fuzz", breaks: []int{layers}},
		{importer: "model", imported: "", breaks: []int{layers}},
		{importer: "elsewhere", imported: "model", breaks: []int{layers}},

		{importer: "dsl/syntax", imported: "dsl/ast"},
		{importer: "dsl/ast", imported: "dsl/syntax", breaks: []int{stages}},
		{importer: "dsl/syntax", imported: "dsl/check", breaks: []int{stages}},
		{importer: "dsl/check", imported: "dsl/syntax"},
		{importer: "dsl/check", imported: "dsl/simplify", breaks: []int{stages}},
		{importer: "dsl/simplify", imported: "dsl/check"},
		{importer: "dsl/simplify", imported: "dsl/eval", breaks: []int{stages}},
		{importer: "dsl/eval", imported: "dsl/complete", breaks: []int{stages}},
		{importer: "dsl/complete", imported: "dsl", breaks: []int{stages}},
		{importer: "dsl", imported: "dsl/complete"},
		{importer: "dsl", imported: "query/shipstream/wire", breaks: []int{layers, vendor}},
		{importer: "dsl/syntax", imported: "dsl/internal/token"},
		{importer: "dsl/internal/token", imported: "dsl/ast"},
		{importer: "dsl/internal/token", imported: "dsl/syntax", breaks: []int{stages}},
		{importer: "query/shipstream/wire", imported: "dsl"},

		{importer: "query/plan", imported: "dsl"},
		{importer: "query/plan", imported: "query/internal/exec", breaks: []int{queries}},
		{importer: "query/plan", imported: "query", breaks: []int{queries}},
		{importer: "query/internal/exec", imported: "query/plan"},
		{importer: "query/internal/exec", imported: "query", breaks: []int{queries}},
		{importer: "query/internal/spill", imported: "query/internal/exec", breaks: []int{queries}},
		{importer: "query", imported: "query/plan"},
		{importer: "query", imported: "query/sink", breaks: []int{queries}},
		{importer: "query", imported: "query/shipstream/wire", breaks: []int{queries, vendor}},
		{importer: "query/rest", imported: "query/internal/spill"},
		{importer: "query/rest", imported: "query/sqlsource", breaks: []int{queries}},
		{importer: "query/rest", imported: "query/shipstream", breaks: []int{queries, vendor}},
		{importer: "query/rest/yaml", imported: "query/rest"},
		{importer: "query/sink", imported: "query/sink/compression"},
		{importer: "query/sink/parquetsink", imported: "query/rest", breaks: []int{queries}},
		{importer: "query/shipstream", imported: "query/rest"},
		{importer: "query/shipstream/usersink", imported: "query/sink/sqlitesink"},
		{importer: "query/shipstream/wire", imported: "query/plan"},
		{importer: "query/sqlsource/sqlsourcetest", imported: "query/querytest"},
		{importer: "query/acme", imported: "query/rest"},
		{importer: "query", imported: "query/acme", breaks: []int{queries, vendor}},
		{importer: "query/acme", imported: "query/shipstream/wire", breaks: []int{queries, vendor}},
		{importer: "query/internal/elsewhere", imported: "query", breaks: []int{queries}},

		{importer: "query/shipstream/shipstreamtest", imported: "model"},
		{importer: "query/shipstream/shipstreamtest", imported: "net/http"},
		{importer: "query/shipstream/shipstreamtest", imported: "github.com/titanous/json5"},
		{importer: "query/shipstream/shipstreamtest", imported: "transport", breaks: []int{emulator}},
		{importer: "query/shipstream/shipstreamtest", imported: "dsl", breaks: []int{emulator}},
		{importer: "query/shipstream/shipstreamtest", imported: "golang.org/x/time/rate", breaks: []int{emulator}},

		{importer: "query/rest", imported: "query/shipstream/wire", breaks: []int{queries, vendor}},
		{importer: "query/shipstream", imported: "query/rest"},
		{importer: "query/shipstream/usersink", imported: "query/shipstream"},
		{importer: "fuzz", imported: "query/shipstream"},

		{importer: "transport", imported: "query/shipstream/shipstreamtest", breaks: []int{layers, vendor, tests}},
		{importer: "query", imported: "model/modeltest", breaks: []int{tests}},
		{importer: "query/querytest", imported: "model/modeltest"},
		{importer: "cmd/muster", imported: "query/shipstream/shipstreamtest"},
		{importer: "bench", imported: "query/shipstream/shipstreamtest", breaks: []int{tests}},

		{importer: "dsl", imported: "github.com/alecthomas/participle/v2/lexer"},
		{importer: "transport", imported: "golang.org/x/time/rate"},
		{importer: "transport", imported: "golang.org/x/timer", breaks: []int{core}},
		{importer: "query/sink", imported: "github.com/parquet-go/parquet-go", breaks: []int{core}},
		{importer: "query/sink/parquetsink", imported: "github.com/parquet-go/parquet-go"},
		{importer: "query/rest/yaml", imported: "github.com/getkin/kin-openapi/openapi3", breaks: []int{reader}},
		{importer: "cmd/muster", imported: "github.com/getkin/kin-openapi/openapi3", breaks: []int{reader}},
		{importer: "cmd/muster/internal/define", imported: "github.com/getkin/kin-openapi/openapi3"},
		{importer: "cmd/muster", imported: "github.com/alecthomas/kong"},
		{importer: "model/modeltest", imported: "github.com/google/go-cmp/cmp"},
	}
	for _, c := range cases {
		t.Run(c.importer+"→"+c.imported, func(t *testing.T) {
			imported := c.imported
			if imported != "net/http" && !strings.Contains(imported, ".") {
				imported = path.Join(module, imported)
			}
			p := listed{ImportPath: module + "/" + c.importer, Imports: []string{imported}, Deps: []string{imported}}
			var want []string
			for _, i := range c.breaks {
				r := rules()[i]
				verb := "imports"
				if r.links {
					verb = "links"
				}
				want = append(want, fmt.Sprintf("%s %s %s; but %s", p.ImportPath, verb, imported, r.name))
			}
			got := violations([]listed{p, {ImportPath: "net/http", Standard: true}})
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

package define

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/muster-go/muster/model/display"
)

// maxDocument bounds an OpenAPI document, in bytes.
const maxDocument = 8 << 20

// DocumentError reports a fault of an OpenAPI document, or what a draft needs and it lacks.
type DocumentError struct {
	File   string
	Line   int // from 1; 0 = of no line
	Reason string
}

// Error names the file and the line.
func (e *DocumentError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s: line %d: %s", e.File, e.Line, e.Reason)
	}
	return e.File + ": " + e.Reason
}

// document drafts from an OpenAPI document.
type document struct {
	Draft

	file    string
	doc     *openapi3.T
	op      *openapi3.Operation
	item    *openapi3.PathItem
	schemas int // that were merged
}

// Document drafts the definition of the listing at a path of an OpenAPI 3 document. It
// fails with a [*DocumentError].
func Document(file, path string) (*Draft, error) {
	d := &document{file: file}
	if err := d.load(); err != nil {
		return nil, err
	}
	if err := d.operation(path); err != nil {
		return nil, err
	}
	d.Name, d.Path = nameOf(path), withVariables(path)
	if err := d.draft(); err != nil {
		return nil, err
	}
	d.head = append([]string{
		fmt.Sprintf("Drafted by muster define from GET %s of an OpenAPI document: what it says was not tried.", shown(path)),
		"Comments give the reason for each guess; a question mark is what could not be told. Have it tried: muster doctor --resource-file FILE",
	}, d.head...)
	if _, err := d.YAML(); err != nil {
		return nil, d.faultf(d.op.Origin, "the draft has faults: %v", err)
	}
	return &d.Draft, nil
}

func (d *document) faultf(at *openapi3.Origin, format string, args ...any) error {
	e := &DocumentError{File: d.file, Reason: display.Bounded(fmt.Sprintf(format, args...), 600)}
	if at != nil && at.Key != nil {
		e.Line = at.Key.Line
	}
	return e
}

// load reads the document. References to other files and servers are refused.
func (d *document) load() error {
	file, err := os.Open(d.file)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // opened for reading: closing loses nothing
	text, err := io.ReadAll(io.LimitReader(file, maxDocument+1))
	if err != nil {
		return err
	}
	if len(text) > maxDocument {
		return d.faultf(nil, "the document is longer than %d bytes, the most that is read", maxDocument)
	}
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	d.doc, err = loader.LoadFromData(text)
	switch {
	case err != nil && strings.Contains(err.Error(), "disallowed external reference"):
		return d.faultf(nil, "it refers to another file or server, which is not read: %v; put all into one document", err)
	case err != nil:
		return d.faultf(nil, "it is not an OpenAPI document: %v", err)
	case !strings.HasPrefix(d.doc.OpenAPI, "3."):
		return d.faultf(nil, "it is not an OpenAPI 3 document: openapi is %q, and 3.0 or 3.1 was expected", d.doc.OpenAPI)
	}
	return nil
}

// operation finds GET of the path.
func (d *document) operation(path string) error {
	if !strings.HasPrefix(path, "/") {
		return d.faultf(nil, "the path %q does not begin with /", path)
	}
	if d.doc.Paths != nil {
		d.item = d.doc.Paths.Value(path)
	}
	switch {
	case d.item == nil:
		return d.faultf(nil, "it has no path %q; with GET there are %s", path, d.paths())
	case d.item.Get == nil:
		return d.faultf(d.item.Origin, "%s has no GET, by which a listing is read", path)
	}
	d.op = d.item.Get
	return nil
}

// withVariables returns a path of a document as definitions have it: the names of its
// variables are words, org_id for {org-id}.
func withVariables(path string) string {
	return pathVariable.ReplaceAllStringFunc(path, func(name string) string {
		word := strings.Map(func(r rune) rune {
			if r == '_' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				return r
			}
			return '_'
		}, strings.Trim(name, "{}"))
		if word == "" || unicode.IsDigit(rune(word[0])) {
			word = "_" + word
		}
		return "{" + word + "}"
	})
}

var pathVariable = regexp.MustCompile(`\{[^{}/]*\}`)

// paths lists the first paths that can be read.
func (d *document) paths() string {
	const most = 12
	var all []string
	if d.doc.Paths != nil {
		for _, path := range slices.Sorted(slices.Values(d.doc.Paths.Keys())) {
			if item := d.doc.Paths.Value(path); item != nil && item.Get != nil {
				all = append(all, shown(path))
			}
		}
	}
	if len(all) == 0 {
		return "none"
	}
	if len(all) > most {
		all = append(all[:most], "…")
	}
	return strings.Join(all, ", ")
}

// answer returns the response of a success and the schema of its JSON.
func (d *document) answer() (*openapi3.Response, *openapi3.SchemaRef, error) {
	var response *openapi3.Response
	for _, status := range []string{"200", "2XX", "default"} {
		if d.op.Responses == nil {
			break
		}
		if r := d.op.Responses.Value(status); r != nil && r.Value != nil {
			response = r.Value
			break
		}
	}
	if response == nil {
		return nil, nil, d.faultf(d.op.Origin, "GET %s has no response 200", d.Path)
	}
	for _, name := range mediaTypes(response.Content) {
		if media := response.Content[name]; media.Schema != nil {
			return response, media.Schema, nil
		}
	}
	return nil, nil, d.faultf(d.op.Origin, "the response 200 of GET %s has no schema of JSON", d.Path)
}

// mediaTypes returns those of JSON, application/json first.
func mediaTypes(content openapi3.Content) (all []string) {
	for name, media := range content {
		if media != nil && (strings.Contains(name, "json") || name == "*/*") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// draft drafts each part.
func (d *document) draft() error {
	response, ref, err := d.answer()
	if err != nil {
		return err
	}
	page, err := d.merged(ref, nil)
	if err != nil {
		return err
	}
	rows, err := d.rows(page)
	if err != nil {
		return err
	}
	fields, err := d.fields("", rows, false, nil)
	if err != nil {
		return err
	}
	if err := d.key(fields); err != nil {
		return err
	}
	params := d.parameters("query")
	leaves, err := d.leaves("", page, nil)
	if err != nil {
		return err
	}
	left := d.paging(params, leaves, response)
	d.tell(leaves, response)
	filter, language := d.filterParameter(params, leaves)
	d.conditions(slices.DeleteFunc(left, func(p *openapi3.Parameter) bool { return p.Name == filter }))
	d.dialect(filter, language, leaves)
	d.login()
	d.headers()
	for _, name := range d.Variables() {
		d.headf("the path needs --set %s=VALUE", name)
	}
	if server := d.server(); server != "" {
		d.headf("base URL: %s", server)
	}
	return nil
}

// server returns the first base URL of the document.
func (d *document) server() string {
	servers := d.doc.Servers
	switch {
	case d.op.Servers != nil && len(*d.op.Servers) > 0:
		servers = *d.op.Servers
	case len(d.item.Servers) > 0:
		servers = d.item.Servers
	}
	if len(servers) == 0 || servers[0] == nil {
		return ""
	}
	return servers[0].URL
}

// parameters returns the parameters in a place such as the query, those that all operations
// of the path have among them.
func (d *document) parameters(place string) (all []*openapi3.Parameter) {
	for _, ref := range slices.Concat(d.op.Parameters, d.item.Parameters) {
		if ref == nil || ref.Value == nil || ref.Value.In != place {
			continue
		}
		if !slices.ContainsFunc(all, func(p *openapi3.Parameter) bool { return p.Name == ref.Value.Name }) {
			all = append(all, ref.Value)
		}
	}
	return all
}

// headers asks for those that the server wants, besides the one with the token.
func (d *document) headers() {
	for _, p := range d.parameters("header") {
		if p.Required && !strings.EqualFold(p.Name, "Authorization") && !strings.EqualFold(p.Name, d.Auth.Header) {
			d.unknownf("headers", "the server wants the header %s: give its value below headers, unless it is the token", shown(p.Name))
		}
	}
}

// login says how the token is sent.
func (d *document) login() {
	wanted := d.doc.Security
	if d.op.Security != nil {
		wanted = *d.op.Security
	}
	if len(wanted) == 0 || d.doc.Components == nil {
		return
	}
	for name := range wanted[0] {
		ref := d.doc.Components.SecuritySchemes[name]
		if ref == nil || ref.Value == nil {
			continue
		}
		switch s := ref.Value; {
		case s.Type == "apiKey" && s.In == "query":
			d.Auth.Query = s.Name
		case s.Type == "apiKey" && s.In == "header":
			d.Auth.Header = s.Name
		case s.Type == "http" && strings.EqualFold(s.Scheme, "basic"):
			d.Auth.Scheme = "Basic"
		}
		if err := d.Auth.Check(); err != nil {
			d.unknownf("auth", "the security scheme %s cannot be used: %v", shown(name), errors.Unwrap(err))
			d.Auth.Header, d.Auth.Scheme, d.Auth.Query = "", "", ""
		}
		d.becausef("auth", "the security scheme %s", shown(name))
		d.headf("login: the security scheme %s", shown(name))
		return
	}
}

package rest

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// variable is a place in a path that a value fills.
var variable = regexp.MustCompile(`\{[A-Za-z_][A-Za-z0-9_]*\}`)

// Variables returns the names of the path's variables that have no value yet, each once, in
// the order of the path: owner and repo of /repos/{owner}/{repo}/issues. Those of the parent's
// path follow, and those of the login; the one that the parent fills is not among them.
func (d Definition) Variables() []string {
	names := d.requestVariables()
	for _, name := range d.OAuth.Variables() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// requestVariables returns those without whose values no request can be made.
func (d Definition) requestVariables() (names []string) {
	names = d.pathVariables()
	if d.Parent == nil {
		return names
	}
	filled := d.withParent().Parent.Variable
	names = slices.DeleteFunc(names, func(name string) bool { return name == filled })
	for _, name := range d.Parent.Definition.pathVariables() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (d Definition) pathVariables() (names []string) {
	for _, found := range variable.FindAllString(d.Path, -1) {
		if name := strings.Trim(found, "{}"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Set returns the definition with values for variables of its path and of its login. A value
// is one segment of a path or a part of one, not escaped; a slash in it is sent as %2F. In a
// login it has letters, digits, dots, hyphens and underscores alone. Set fails with a
// [*VariableError] for a name that is not there and for a value that cannot be used.
// Variables without a value stay.
func (d Definition) Set(values map[string]string) (Definition, error) {
	names, ofLogin := d.Variables(), d.OAuth.Variables()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		switch {
		case !slices.Contains(names, name):
			return d, &VariableError{Path: d.Path, Name: name, Reason: "is not there"}
		case slices.Contains(ofLogin, name) && !isLoginWord(value):
			return d, &VariableError{Path: d.OAuth.TokenURL, Name: name, Reason: fmt.Sprintf("cannot be %.100q: in a login it has letters, digits, dots, hyphens and underscores", value)}
		case !isSegment(value):
			return d, &VariableError{Path: d.Path, Name: name, Reason: fmt.Sprintf("cannot be %.100q: a segment of a path is not empty, . or .., also between slashes, and has no backslash, ?, # or brace", value)}
		}
	}
	set := func(path string) string {
		return variable.ReplaceAllStringFunc(path, func(found string) string {
			if value, ok := values[strings.Trim(found, "{}")]; ok {
				return escapeSegment(slashed(value))
			}
			return found
		})
	}
	login := func(name string) string {
		if value, ok := values[name]; ok {
			return value
		}
		return "{" + name + "}"
	}
	d.OAuth = d.OAuth.filled(login)
	if d.Parent != nil {
		p := *d.Parent
		p.Definition.OAuth = p.Definition.OAuth.filled(login)
		p.Variable, p.Definition.Path = d.withParent().Parent.Variable, set(p.Definition.Path) // which is the last no more
		d.Parent = &p
	}
	d.Path = set(d.Path)
	return d, nil
}

// isSegment reports whether a value can be a segment of a path that is written by hand. A
// slash in it is escaped, and yet no server that reads it as a real one is led elsewhere.
func isSegment(value string) bool {
	return !strings.ContainsAny(value, `\?#{}`) && isKeySegment(slashed(value))
}

// isKeySegment reports whether a value, escaped, can be a segment of a path: no server that
// reads a slash or a backslash in it as a real one is led elsewhere.
func isKeySegment(value string) bool {
	for part := range strings.SplitSeq(value, "/") {
		if strings.Trim(part, ".") == "" {
			return false
		}
	}
	for part := range strings.FieldsFuncSeq(slashed(value), func(r rune) bool { return r == '/' || r == '\\' }) {
		if strings.Trim(part, ".") == "" {
			return false
		}
	}
	return CheckText(value, false) == nil
}

// escapeSegment escapes in a value what would end a segment of a path or be a variable. A
// percent sign is escaped only if what follows would make it an escape.
func escapeSegment(value string) string {
	if plainPath(value) != value {
		value = strings.ReplaceAll(value, "%", "%25")
	}
	return strings.NewReplacer("/", "%2F", "?", "%3F", "#", "%23", `\`, "%5C", "{", "%7B", "}", "%7D").Replace(value)
}

// slashed returns a path in which every slash is one.
func slashed(path string) string {
	return strings.NewReplacer("%2F", "/", "%2f", "/").Replace(path)
}

// plainPath returns a path without the escapes that [escapeSegment] makes.
func plainPath(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	return strings.NewReplacer(
		"%2F", "/", "%2f", "/", "%3F", "?", "%3f", "?", "%23", "#", "%5C", `\`, "%5c", `\`,
		"%7B", "{", "%7b", "{", "%7D", "}", "%7d", "}", "%25", "%",
	).Replace(path)
}

// paths returns a path of a definition as requests have it: unescaped and, if a segment
// has an escape or a percent sign, escaped.
func paths(path string) (plain, raw string) {
	if !strings.Contains(path, "%") {
		return path, ""
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(plainPath(segment))
	}
	return plainPath(path), strings.Join(segments, "/")
}

// VariableError reports a variable that cannot be set, or has no value when a request
// needs it.
type VariableError struct {
	Path   string // of the definition, or the address of its login
	Name   string // the variable
	Parent string // the listing whose rows fill the variable; "" = [Definition.Set] does
	Reason string
}

// Error names the variable and the path.
func (e *VariableError) Error() string {
	return fmt.Sprintf("the variable %s of the path %s %s", e.Name, e.Path, e.Reason)
}

// unset returns an error if a variable of the path has no value.
func (d Definition) unset() error {
	for _, name := range d.requestVariables() {
		return &VariableError{Path: d.Path, Name: name, Reason: "has no value"}
	}
	return nil
}

// variables checks the braces of the path.
func (c *checker) variables() {
	if strings.ContainsAny(variable.ReplaceAllString(c.Path, ""), "{}") {
		c.badf("path", "its path %q has a brace that belongs to no variable; write a variable as {name}, of letters, digits and _", c.Path)
	}
}

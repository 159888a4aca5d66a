package shelf

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
)

// Prefix stands before a name where the name of a file could stand too.
const Prefix = "shelf:"

// files are the definitions, as VENDOR/RESOURCE.yaml.
//
//go:embed */*.yaml
var files embed.FS

const extension = ".yaml"

// Names returns the names of all definitions, such as "okta/users", in order.
func Names() []string {
	paths, _ := fs.Glob(files, "*/*"+extension) // the pattern is right, and nothing else fails
	for i, path := range paths {
		paths[i] = strings.TrimSuffix(path, extension)
	}
	slices.Sort(paths)
	return paths
}

// Text returns the YAML of a definition, which is the caller's. It fails with a
// [*NotFoundError].
func Text(name string) ([]byte, error) {
	text, err := files.ReadFile(name + extension)
	if err != nil {
		return nil, &NotFoundError{Name: name, Near: near(name)}
	}
	return text, nil
}

// Read returns a definition. It fails with a [*NotFoundError].
func Read(name string) (rest.Definition, error) {
	text, err := Text(name)
	if err != nil {
		return rest.Definition{}, err
	}
	return yaml.Read(text)
}

// Summary returns the first line of the comment at the beginning of a definition, which
// says what it lists; "" if there is no such definition.
func Summary(name string) string {
	text, err := Text(name)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimLeft(line, "# ")
}

// NotFoundError reports a name that no definition has.
type NotFoundError struct {
	Name string
	Near []string // the names that are meant perhaps
}

// Error names the definition and those that are near, or else all.
func (e *NotFoundError) Error() string {
	hint, names := "did you mean ", e.Near
	if len(names) == 0 {
		hint, names = "there are ", Names()
	}
	return fmt.Sprintf("the shelf has no definition %q; %s%s", e.Name, hint, strings.Join(names, ", "))
}

// near returns the name that is spelled alike and those of the vendor, or else those of the
// same resource.
func near(name string) []string {
	meant := dsl.Suggest(name, Names())
	vendor, resource, of := strings.Cut(name, "/")
	if !of {
		resource = name
	}
	var nearest, alike []string
	for _, n := range Names() {
		v, r, _ := strings.Cut(n, "/")
		if n == meant || v == vendor {
			nearest = append(nearest, n)
		}
		if r == resource {
			alike = append(alike, n)
		}
	}
	if len(nearest) > 0 {
		return nearest
	}
	return alike
}

package yaml

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/query/rest"
)

// files opens files by their names.
type files struct {
	open func(name string) (io.ReadCloser, error)
	join func(name, relative string) string // the file that another names
}

// ReadFS is [ReadFile] of a file in a file system.
func ReadFS(fsys fs.FS, name string, syntaxes ...rest.Syntax) (rest.Definition, error) {
	return files{
		open: func(name string) (io.ReadCloser, error) { return fsys.Open(name) },
		join: func(name, relative string) string { return path.Join(path.Dir(name), relative) },
	}.definition(name, syntaxes)
}

// onDisk are the files of the operating system.
func onDisk() files {
	return files{
		open: func(name string) (io.ReadCloser, error) { return os.Open(name) }, //nolint:gosec // G304: the caller names it, or a file that it named
		join: func(name, relative string) string {
			if filepath.IsAbs(relative) {
				return relative
			}
			return filepath.Join(filepath.Dir(name), relative)
		},
	}
}

// definition reads the definition in a file.
func (f files) definition(name string, syntaxes []rest.Syntax) (rest.Definition, error) {
	text, err := f.text(name)
	if err != nil {
		return rest.Definition{}, err
	}
	return read(name, text, &f, syntaxes)
}

func (f files) text(name string) ([]byte, error) {
	file, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // opened for reading: closing loses nothing
	return io.ReadAll(io.LimitReader(file, maxText+1))
}

// parent reads {definition: FILE, field: NAME, …}. The definition may stand there itself.
func (r *reader) parent(to **rest.Parent) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if r.child != nil {
			r.failf(n, "%s has a parent itself, and listings are read for the rows of one parent: fill the variable of its path by --set", r.child.Value)
			return
		}
		p := &rest.Parent{}
		*to = p
		var definition *yaml.Node
		r.members(n, "a parent", "parent.", map[string]func(*yaml.Node){
			"definition": func(n *yaml.Node) { definition = n },
			"field":      r.text(&p.Field), "variable": r.text(&p.Variable), "as": r.text(&p.As), "key": r.text(&p.Key),
			"gone": r.switched(&p.SkipGone, "error", "skip"),
		})
		switch {
		case n.Kind != yaml.MappingNode:
		case definition == nil:
			r.failf(n, "a parent has a definition: the name of a file, or the definition itself")
		default:
			p.Definition = r.parentDefinition(definition)
		}
	}
}

// parentDefinition reads the definition of a parent from its file, or where it stands.
func (r *reader) parentDefinition(n *yaml.Node) rest.Definition {
	inner := &reader{file: r.file, syntaxes: r.syntaxes, parts: map[string]*yaml.Node{"": n}, unknown: map[string]string{}, child: n}
	if n.Kind != yaml.MappingNode {
		var name string
		if r.text(&name)(n); name == "" {
			return rest.Definition{}
		}
		if r.files == nil {
			r.failf(n, "this text came from no file that %q could stand beside: write the definition of the parent here", name)
			return rest.Definition{}
		}
		inner.file = r.files.join(r.file, name)
		text, err := r.files.text(inner.file)
		switch {
		case err != nil:
			r.failf(n, "the definition of the parent: %v", err)
			return rest.Definition{}
		case len(text) > maxText:
			r.failf(n, "the definition of the parent is longer than %d bytes", maxText)
			return rest.Definition{}
		}
		root, wrong := parse(text)
		if wrong != nil {
			wrong.File = inner.file
			r.errs = append(r.errs, wrong)
			return rest.Definition{}
		}
		inner.parts[""] = root
	}
	d := inner.definition(inner.parts[""])
	inner.check(d, inner.unread(inner.parts[""]))
	r.errs = append(r.errs, inner.errs...)
	return d
}

// parentOf writes the parent of a definition; nil if it has none.
func parentOf(d rest.Definition) *parent {
	if d.Parent == nil {
		return nil
	}
	p := *d.Parent
	out := &parent{Definition: fileOf(p.Definition), Field: p.Field, Variable: p.Variable, As: p.As, Key: p.Key}
	if p.SkipGone {
		out.Gone = "skip"
	}
	return out
}

type parent struct {
	Definition file   `yaml:"definition"`
	Field      string `yaml:"field,omitempty"`
	Variable   string `yaml:"variable,omitempty"`
	As         string `yaml:"as,omitempty"`
	Key        string `yaml:"key,omitempty"`
	Gone       string `yaml:"gone,omitempty"`
}

package completion

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/shelf"
)

// kind is the kind of value that a flag or an argument takes.
type kind int

const (
	anything kind = iota
	filterText
	fieldName
	fieldList // parted by commas
	selection // a list in which roles.* is all that is below roles
	path
)

// kindOf goes by the name of the value in the help: the placeholder of a flag, or the
// name of an argument.
func kindOf(v *kong.Value) kind {
	called := v.Name
	if v.Flag != nil {
		called = v.Flag.PlaceHolder
	}
	switch strings.ToUpper(called) {
	case "FILTER":
		return filterText
	case "FIELD,…":
		return selection
	case "KEY,…":
		return fieldList
	case "FIELD", "FIELD[:UNIT]":
		return fieldName
	case "FILE":
		return path
	}
	return anything
}

// Proposal is the completions of a line.
type Proposal struct {
	// Files says that the word is a path, which shells complete by themselves.
	Files bool

	word   word
	start  int  // the offset in the word's text that candidates replace from
	open   bool // the word continues after a candidate
	quoted bool // and contains blanks
	found  []candidate
}

// candidate is one completion.
type candidate struct {
	text   string
	shown  string // in a menu; "" = text
	detail string
}

// Propose completes text, a command line up to the cursor that begins with the
// program's name. fields returns the fields of the resource that the complete words
// name, without a flag that lacks its value; nil if they name none.
func Propose(app *kong.Node, fields func(words []string) *model.Schema, text string) *Proposal {
	l := split(text)
	p := &Proposal{word: l.last}
	at := walk(app, l.words)
	if at.flag != nil {
		l.words = l.words[:len(l.words)-1]
	}
	typed := l.last.text
	name, value, assigned := strings.Cut(typed, "=")
	if flag := at.find(name); at.flag == nil && assigned && strings.HasPrefix(name, "--") && flag != nil {
		at.flag, typed, p.start = flag, value, len(name)+1
	}
	schema := func() *model.Schema { return fields(l.words) }
	switch {
	case at.flag != nil:
		p.value(at.flag.Value, schema, typed)
	case strings.HasPrefix(typed, "-") && !at.dashed:
		p.flags(at, typed)
	case len(at.node.Children) > 0:
		for _, c := range at.node.Children {
			if !c.Hidden {
				p.add(typed, c.Name, c.Help)
			}
		}
	case at.argument != nil:
		p.value(at.argument, schema, typed)
	}
	return p
}

// add adds a candidate if it begins with what was typed.
func (p *Proposal) add(typed, text, detail string) {
	if strings.HasPrefix(text, typed) {
		p.found = append(p.found, candidate{text: text, detail: detail})
	}
}

// flags proposes the flags that may still be given.
func (p *Proposal) flags(at place, typed string) {
	for _, group := range at.node.AllFlags(true) {
		for _, f := range group {
			if !at.given[f] || f.IsCumulative() {
				p.add(typed, "--"+f.Name, f.Help)
			}
		}
	}
}

// value proposes the values of a flag or an argument.
func (p *Proposal) value(v *kong.Value, schema func() *model.Schema, typed string) {
	if v.Enum != "" {
		for _, choice := range v.EnumSlice() {
			p.add(typed, choice, "")
		}
		return
	}
	switch k := kindOf(v); k {
	case path:
		if p.Files = !strings.HasPrefix(typed, shelf.Prefix); !p.Files {
			for _, name := range shelf.Names() {
				p.add(typed, shelf.Prefix+name, shelf.Summary(name))
			}
		}
	case fieldList, selection:
		item := typed[strings.LastIndexAny(typed, ",-")+1:]
		p.start, p.open = p.start+len(typed)-len(item), true // the list may go on
		p.fieldNames(schema(), item, k == selection)
	case fieldName:
		p.fieldNames(schema(), typed, false)
	case filterText:
		p.filter(schema(), typed)
	case anything:
	}
}

// fieldNames proposes the fields that begin with what was typed, and REFERENCE.* for
// all fields below a reference.
func (p *Proposal) fieldNames(s *model.Schema, typed string, stars bool) {
	if s == nil {
		return
	}
	for i := range s.Len() {
		f := s.Field(i)
		if p.add(typed, f.Name, f.Doc); stars && (f.Type == model.TypeRef || f.Type == model.TypeRefs) {
			p.add(typed, f.Name+".*", "all of it: "+f.Doc)
		}
	}
}

// filter completes a filter.
func (p *Proposal) filter(s *model.Schema, typed string) {
	if s == nil {
		return
	}
	c := dsl.Complete(s, typed, len(typed))
	p.start, p.open, p.quoted = c.Range.Start, true, true
	for _, f := range c.Candidates {
		p.found = append(p.found, candidate{text: f.Text, detail: f.Detail})
	}
	if len(p.found) != 1 {
		return
	}
	// A shell takes a single candidate for the end of the word, and closes its quote.
	// So it gets every completion of the text after it, too, and inserts what they
	// have in common.
	first := p.found[0]
	only := first.text + " "
	next := dsl.Complete(s, typed[:p.start]+only, p.start+len(only)).Candidates
	if len(next) == 0 {
		next = []dsl.Candidate{{Text: "…", Detail: "a value"}}
	}
	p.found = []candidate{{text: only, shown: first.text, detail: first.detail}}
	for _, f := range next {
		p.found = append(p.found, candidate{text: only + f.Text, shown: f.Text, detail: f.Detail})
	}
}

// place is the position that a line has reached.
type place struct {
	node     *kong.Node  // the command
	flag     *kong.Flag  // that lacks its value; nil = none
	argument *kong.Value // the next one; nil = none
	given    map[*kong.Flag]bool
	dashed   bool // after --, which ends the flags
}

// walk reads the words after the program's name as kong does, and ignores mistakes.
func walk(app *kong.Node, words []string) place {
	at := place{node: app, given: map[*kong.Flag]bool{}}
	arguments := 0
	for _, w := range words[min(1, len(words)):] {
		switch {
		case at.flag != nil:
			at.flag = nil
		case at.dashed || w == "-" || !strings.HasPrefix(w, "-"):
			if child := at.child(w); child != nil && !at.dashed && arguments == 0 {
				at.node = child
			} else {
				arguments++
			}
		case w == "--":
			at.dashed = true
		default:
			at.passFlag(w)
		}
	}
	if positional := at.node.Positional; arguments < len(positional) {
		at.argument = positional[arguments]
	} else if n := len(positional); n > 0 && positional[n-1].IsCumulative() {
		at.argument = positional[n-1]
	}
	return at
}

func (at *place) child(name string) *kong.Node {
	for _, c := range at.node.Children {
		if c.Name == name || slices.Contains(c.Aliases, name) {
			return c
		}
	}
	return nil
}

// passFlag reads a word that is a flag, with its value or without.
func (at *place) passFlag(w string) {
	name, _, assigned := strings.Cut(w, "=")
	if flag := at.find(name); flag != nil {
		at.given[flag] = true
		if !assigned && !flag.IsBool() && !flag.IsCounter() {
			at.flag = flag
		}
	}
}

// find returns the flag that is written as --name, --no-name or -n.
func (at *place) find(written string) *kong.Flag {
	for _, group := range at.node.AllFlags(false) {
		for _, f := range group {
			if written == "--"+f.Name || written == "--no-"+f.Name || (f.Short != 0 && written == "-"+string(f.Short)) {
				return f
			}
		}
	}
	return nil
}

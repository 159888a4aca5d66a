package manpage

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// About is what the model does not know.
type About struct {
	Summary  string // what the program does, in a few words
	Version  string
	Date     string    // of the version, YYYY-MM-DD; "" = not known
	Sections []Section // after the commands
}

// Section is a part of the page with a heading and text: paragraphs with empty
// lines between them. A paragraph that is indented stands as it is.
type Section struct{ Heading, Text string }

// shared is from how many commands on a flag is explained once for all of them.
const shared = 3

// Write writes the page of a command line with all its commands.
func Write(w io.Writer, app *kong.Application, about About) error {
	p := &page{common: commonFlags(app.Node)}
	p.macro("TH", strings.ToUpper(app.Name), "1", about.Date, strings.TrimSpace(app.Name+" "+about.Version), "User Commands")
	p.macro("SH", "NAME")
	p.text(app.Name + ` \- ` + escape(about.Summary))
	p.macro("SH", "SYNOPSIS")
	p.text(bold(app.Name) + " " + italic("command") + " [" + italic("argument") + " | " + italic("flag") + "]...")
	p.macro("SH", "DESCRIPTION")
	p.text(escape(app.Help))
	p.macro("SH", "COMMANDS")
	for _, c := range commands(app.Node) {
		p.command(c)
	}
	p.macro("SH", "FLAGS OF SEVERAL COMMANDS")
	byName := func(a, b *kong.Flag) int { return cmp.Compare(a.Name, b.Name) }
	for _, f := range slices.SortedFunc(maps.Values(p.common), byName) {
		p.flag(f)
	}
	p.macro("SH", "FLAGS OF ALL COMMANDS")
	for _, f := range app.Flags {
		p.flag(f)
	}
	for _, s := range about.Sections {
		p.macro("SH", s.Heading)
		p.paragraphs(s.Text)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// commands are the commands below n that are shown and can be run, in their order.
func commands(n *kong.Node) (all []*kong.Node) {
	for _, c := range n.Children {
		switch {
		case c.Hidden:
		case c.Leaf():
			all = append(all, c)
		default:
			all = append(all, commands(c)...)
		}
	}
	return all
}

// meaning tells flags of the same name apart that are not the same.
type meaning struct{ name, help, value string }

func meaningOf(f *kong.Flag) meaning { return meaning{f.Name, f.Help, f.Default} }

// commonFlags are the flags that many commands have.
func commonFlags(app *kong.Node) map[meaning]*kong.Flag {
	found, of := map[meaning]*kong.Flag{}, map[meaning]int{}
	for _, c := range commands(app) {
		for _, f := range c.Flags {
			found[meaningOf(f)] = f
			of[meaningOf(f)]++
		}
	}
	maps.DeleteFunc(found, func(m meaning, _ *kong.Flag) bool { return of[m] < shared })
	return found
}

// page is a page that is being written.
type page struct {
	b      strings.Builder
	common map[meaning]*kong.Flag
}

// macro writes a line that begins with a macro.
func (p *page) macro(name string, arguments ...string) {
	p.b.WriteString("." + name)
	for _, a := range arguments {
		p.b.WriteString(` "` + strings.ReplaceAll(a, `"`, `\(dq`) + `"`)
	}
	p.b.WriteString("\n")
}

// text writes a line of text, which is escaped already.
func (p *page) text(line string) {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	p.b.WriteString(line + "\n")
}

// command writes a command's part: what it is for, its examples and its flags.
func (p *page) command(c *kong.Node) {
	var line strings.Builder
	line.WriteString(c.FullPath())
	for _, a := range c.Positional {
		line.WriteString(" " + a.Summary())
	}
	p.macro("SS", escape(line.String()))
	p.text(escape(c.Help))
	p.paragraphs("\n" + c.Detail)
	var others []string
	for _, f := range c.Flags {
		switch {
		case f.Hidden:
		case p.common[meaningOf(f)] != nil:
			others = append(others, bold(escape("--"+f.Name)))
		default:
			p.flag(f)
		}
	}
	if len(others) > 0 {
		p.macro("PP")
		p.text("And, as other commands: " + strings.Join(others, ", ") + ".")
	}
}

// flag writes a flag, what it takes and where its value comes from.
func (p *page) flag(f *kong.Flag) {
	name := bold(escape("--" + f.Name))
	if f.Short != 0 {
		name = bold(escape("-"+string(f.Short))) + ", " + name
	}
	if !f.IsBool() {
		name += " " + italic(escape(cmp.Or(f.PlaceHolder, strings.ToUpper(f.Name))))
	}
	help := escape(f.Help)
	if len(f.Envs) > 0 {
		help += " Environment: " + escape(strings.Join(f.Envs, ", ")) + "."
	}
	if f.HasDefault && !f.IsBool() {
		help += " Default: " + escape(f.Default) + "."
	}
	p.macro("TP")
	p.text(name)
	p.text(help)
}

// paragraphs writes plain text: lines that are indented stand as they are.
func (p *page) paragraphs(text string) {
	verbatim, apart := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if line == "" {
			apart = true
			continue
		}
		if indented := strings.HasPrefix(line, "  "); indented != verbatim {
			verbatim = indented
			p.macro(map[bool]string{true: "EX", false: "EE"}[verbatim])
			apart = apart && !verbatim
		}
		switch {
		case apart && verbatim:
			p.text("")
		case apart:
			p.macro("PP")
		}
		apart = false
		p.text(escape(line))
	}
	if verbatim {
		p.macro("EE")
	}
}

func bold(escaped string) string   { return `\fB` + escaped + `\fR` }
func italic(escaped string) string { return `\fI` + escaped + `\fR` }

// escape is text as the macros take it: a backslash and a hyphen by name, and so
// is whatever is not ASCII.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '…':
			b.WriteString("...") // not every device has it
		case r < 0x80:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}

package completion

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/muster-go/muster/model/display"
)

// Shell is a shell that completes.
type Shell string

// The shells.
const (
	Bash Shell = "bash"
	Zsh  Shell = "zsh"
	Fish Shell = "fish"
)

// breaks are the characters at which bash's line editor splits a word. It replaces only
// the text after the last of them.
const breaks = `"'><=;|&(:`

// Write writes a line for each candidate, as the script of the shell reads it: the text
// to insert, the text to show and a description, separated by tabs. For a path it
// writes only ":files".
func (p *Proposal) Write(w io.Writer, s Shell) error {
	if p.Files {
		_, err := fmt.Fprintln(w, ":files")
		return err
	}
	for _, c := range p.found {
		text, ok := p.insert(c, s)
		shown := cmp.Or(c.shown, c.text)
		if !ok || display.Clean(shown) != shown { // a menu cannot show it, nor can a line of ours hold a tab
			continue
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", text, shown, display.Clean(c.detail)); err != nil {
			return err
		}
	}
	return nil
}

// insert returns the text that replaces the word. It reports false if the shell cannot
// insert it. A blank follows a complete word.
func (p *Proposal) insert(c candidate, s Shell) (string, bool) {
	if s == Fish { // it quotes and adds the blank by itself
		return p.word.text[:p.start] + c.text, true
	}
	text := p.word.with(p.start, c.text, p.quoted)
	if !p.open && p.word.quote == 0 {
		text += " "
	}
	return strings.CutPrefix(text, p.word.raw[:p.kept(s)])
}

// kept returns how much of a word a shell leaves unchanged: everything before an open
// quote, and in bash everything before a character that splits words.
func (p *Proposal) kept(s Shell) int {
	switch {
	case p.word.quote != 0:
		return p.word.opened
	case s == Bash:
		return strings.LastIndexAny(p.word.raw, breaks) + 1
	}
	return 0
}

package completion

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/muster-go/muster/model/display"
)

// Shell is a shell that can be told.
type Shell string

// The shells.
const (
	Bash Shell = "bash"
	Zsh  Shell = "zsh"
	Fish Shell = "fish"
)

// breaks are the characters at which bash's line editor cuts a word, so that it
// only replaces what stands behind the last of them.
const breaks = `"'><=;|&(:`

// Write writes a line for each candidate, as the script of the shell reads it: what
// to insert, what to show and, if there is one, a note, parted by tabs. A path is
// the one line ":files".
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

// insert is what takes the place of the word; false where the shell cannot put it
// there. A word that is done is followed by a blank.
func (p *Proposal) insert(c candidate, s Shell) (string, bool) {
	if s == Fish { // quotes by itself, and sets the blank
		return p.word.text[:p.start] + c.text, true
	}
	text := p.word.with(p.start, c.text, p.quoted)
	if !p.open && p.word.quote == 0 {
		text += " "
	}
	return strings.CutPrefix(text, p.word.raw[:p.kept(s)])
}

// kept is how much of a word a shell leaves as it is: all before a quote that is
// open, and in bash all before a character that breaks words.
func (p *Proposal) kept(s Shell) int {
	switch {
	case p.word.quote != 0:
		return p.word.opened
	case s == Bash:
		return strings.LastIndexAny(p.word.raw, breaks) + 1
	}
	return 0
}

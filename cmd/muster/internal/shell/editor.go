package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/display"
)

// editor reads lines with completion and history, and says below the line how
// many rows it matches. All but the counting happens on the goroutine that reads.
type editor struct {
	rl      *readline.Shell
	session *session
	counter *counter
	size    func() (width, height int)
	styled  bool
}

// newEditor makes an editor on standard input and output.
func newEditor(s *session, t Terminal, past *history) *editor {
	rl := readline.NewShell(inputrc.WithApp("muster"))
	rl.History.Add("filters", past)
	e := &editor{rl: rl, session: s, size: t.Size, styled: t.Styled}
	rl.Prompt.Primary(e.prompt)
	e.counter = &counter{matching: s.engine.Matching, changed: rl.Keys.RequestRefresh, cancel: func() {}}
	rl.Completer = e.complete
	e.configure()
	return e
}

// configure makes Tab show what there is to choose from, and then go through it.
func (e *editor) configure() {
	e.rl.Keymap.Register(map[string]func(){dropLine: e.drop})
	for _, keys := range e.rl.Config.Binds {
		keys[interrupt] = inputrc.Bind{Action: dropLine}
		keys[escape+interrupt] = inputrc.Bind{Action: dropLine} // a sequence, for who closed a menu by Escape first
	}
	e.rl.Config.Vars["menu-complete-display-prefix"] = true
	// To ask the terminal where the cursor is costs a round trip a key, hangs where
	// nobody answers, and drops what is typed before the answer: see prompt.
	e.rl.Config.Vars["cursor-position-probe"] = false
	e.rl.Config.Vars["completion-ignore-case"] = true
}

// Ctrl-C, and what it does. The editor's own command for it looks at the key that
// was typed next, which is then lost.
const (
	interrupt = "\x03"
	escape    = "\x1b"
	dropLine  = "drop-line"
)

// drop ends the reading of a line, whatever has been typed or is being chosen.
func (e *editor) drop() {
	e.rl.Display.ResetHelpers()
	e.rl.Display.AcceptLine()
	e.rl.History.Accept(false, false, readline.ErrInterrupt)
}

// read returns the next line; io.EOF for Ctrl-D on an empty one, and the
// context's error once that has ended. Ctrl-C drops what was typed and begins anew.
func (e *editor) read(ctx context.Context) (string, error) {
	e.rl.Hint.SetProvider(func(line []rune, _ int) []rune { return e.hint(ctx, string(line)) })
	wakened := context.AfterFunc(ctx, e.rl.Keys.RequestRefresh)
	defer wakened()
	for {
		line, err := e.rl.Readline()
		e.counter.stop()
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case !errors.Is(err, readline.ErrInterrupt):
			return line, err
		}
	}
}

// prompt is the prompt, after it has made sure that there are rows below it for
// the line and one more: where the screen ends, the editor would go wrong by one.
// A vertical tab goes down a row, and scrolls, without leaving its column.
func (e *editor) prompt() string {
	prompt, line := e.session.prompt(), string(*e.rl.Line())
	width, height := e.size()
	if width <= 0 || height <= 2 {
		return prompt
	}
	rows := 1 + strings.Count(line, "\n") + (display.Width(prompt+line)+longCandidate)/width
	rows = min(rows, height-2)
	return fmt.Sprintf("%s\x1b[%dA%s", strings.Repeat("\v", rows), rows, prompt)
}

// longCandidate is room for what Tab puts into the line before it is part of it.
const longCandidate = 40

// hint is what stands below the line. The editor asks for it before it waits for
// a key, which is also where it can be told to give up.
func (e *editor) hint(ctx context.Context, line string) []rune {
	if ctx.Err() != nil {
		e.rl.Keys.Feed(false, []rune(interrupt)...)
		return nil
	}
	words, ok := e.counter.of(ctx, line)
	switch {
	case !ok:
		return nil
	case e.styled:
		words = "\x1b[2m" + words + "\x1b[0m"
	}
	return []rune(words)
}

// complete gives the editor the candidates for the place of the cursor.
func (e *editor) complete(line []rune, cursor int) readline.Completions {
	text, at := string(line), len(string(line[:min(cursor, len(line))]))
	start, found := e.session.candidates(text, at)
	prefix, hidden := text[start:at], ""
	if prefix == "" {
		// The editor would take what stands before the cursor up to a blank for the
		// beginning of the word; so it gets candidates that begin so.
		hidden = text[strings.LastIndexAny(text[:at], " \t\n")+1 : at]
		prefix = hidden
	}
	if !ascii(prefix) {
		return readline.Completions{} // it counts the bytes of what it replaces as characters
	}
	done := e.menu(hidden, found)
	done.PREFIX = prefix
	return done
}

// menu is the candidates as a list with what they are, or close together without:
// where nothing is said of them, and where the screen is too low, as a menu has to
// fit on it.
func (e *editor) menu(hidden string, found []dsl.Candidate) readline.Completions {
	const around = 6 // rows for the line, the count and the headings
	_, height := e.size()
	room := max(height-around, 1)
	found = slices.DeleteFunc(found, func(c dsl.Candidate) bool { return display.Clean(c.Text) != c.Text }) // a menu cannot show it
	noted := slices.ContainsFunc(found, func(c dsl.Candidate) bool { return c.Detail != "" })
	dense := !noted || len(found) > room
	values := make([]readline.Completion, 0, len(found))
	for _, c := range found[:min(len(found), 2*room)] { // two names fit a row
		v := readline.Completion{Value: hidden + c.Text, Display: c.Text, Tag: c.Kind.String() + "s"}
		if !dense {
			v.Description = display.Clean(c.Detail)
		}
		values = append(values, v)
	}
	list := readline.CompleteRaw(values).NoSort()
	if !dense {
		list = list.DisplayList()
	}
	return list
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

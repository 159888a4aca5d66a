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

// editor reads lines with completion and history, and shows below the line how many
// rows it matches. Everything but the counting happens on the goroutine that reads.
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

// configure makes Tab show the candidates first, and then go through them.
func (e *editor) configure() {
	e.rl.Keymap.Register(map[string]func(){dropLine: e.drop})
	for _, keys := range e.rl.Config.Binds {
		keys[interrupt] = inputrc.Bind{Action: dropLine}
		keys[escape+interrupt] = inputrc.Bind{Action: dropLine} // a sequence, for users who close a menu by Escape first
	}
	e.rl.Config.Vars["menu-complete-display-prefix"] = true
	// A query for the cursor's position costs a round trip a key, hangs if nobody
	// answers, and drops what is typed before the answer: see prompt.
	e.rl.Config.Vars["cursor-position-probe"] = false
	e.rl.Config.Vars["completion-ignore-case"] = true
}

// Ctrl-C, and its command. The editor's own command reads the next key, and loses it.
const (
	interrupt = "\x03"
	escape    = "\x1b"
	dropLine  = "drop-line"
)

// drop ends the reading of a line, whatever was typed.
func (e *editor) drop() {
	e.rl.Display.ResetHelpers()
	e.rl.Display.AcceptLine()
	e.rl.History.Accept(false, false, readline.ErrInterrupt)
}

// read returns the next line; io.EOF for Ctrl-D on an empty one, and the
// context's error once that has ended. Ctrl-C drops what was typed and starts over.
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

// prompt returns the prompt, after escapes that make room below it for the line and
// one row more: at the end of the screen, the editor would be off by one. A vertical
// tab moves down a row, and scrolls, without leaving its column.
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

// hint returns the text below the line. The editor calls it before it waits for a key,
// so this is also where a cancelled context ends the reading.
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

// complete returns the candidates at the cursor.
func (e *editor) complete(line []rune, cursor int) readline.Completions {
	text, at := string(line), len(string(line[:min(cursor, len(line))]))
	start, found := e.session.candidates(text, at)
	prefix, hidden := text[start:at], ""
	if prefix == "" {
		// The editor takes the text before the cursor, up to a blank, for the beginning
		// of the word, so the candidates must begin with it.
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

// menu returns the candidates as a list with descriptions. Without any description, or
// if the list does not fit the screen, it returns them close together.
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

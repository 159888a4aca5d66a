package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/muster-go/muster/cmd/muster/internal/console"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// session is a shell's state between lines.
type session struct {
	engine   Engine
	out      io.Writer
	terminal *Terminal // nil for a script
	commands []command
	last     string // the filter of the last line that had one
}

// command is a line that starts with a backslash.
type command struct {
	name     string // without the backslash
	argument string // a word for what may follow; "" = nothing
	help     string
	run      func(ctx context.Context, argument string) error
	filter   bool     // the argument is a filter
	setting  *Setting // the argument is its value
}

func newSession(e Engine, out io.Writer) *session {
	s := &session{engine: e, out: out}
	s.commands = []command{
		{name: "d", help: "list the fields that a filter can name", run: s.fields},
		{name: "explain", argument: "[FILTER]", filter: true, help: "show the plan of a filter, or of the last one", run: s.explain},
		{name: "count", argument: "[FILTER]", filter: true, help: "print how many rows satisfy a filter, or the last one", run: s.count},
		{name: "set", help: "list the settings", run: s.settings},
	}
	for i := range e.Settings {
		setting := &e.Settings[i]
		s.commands = append(s.commands, command{
			name: setting.Name, argument: "[" + setting.Argument + "]", help: setting.Help, setting: setting,
			run: func(_ context.Context, value string) error { return s.set(setting, value) },
		})
	}
	s.commands = append(s.commands,
		command{name: "help", help: "list the commands", run: s.help},
		command{name: "q", help: "leave, as Ctrl-D does", run: func(context.Context, string) error { return errQuit }},
	)
	return s
}

// prompt is the name of the resource, before each line.
func (s *session) prompt() string { return display.Clean(s.engine.Schema.Name()) + "> " }

// printf writes to the output. If the output is closed, the next run reports it.
func (s *session) printf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if s.engine.Terminal {
		text = console.Clean(text)
	}
	_, _ = io.WriteString(s.out, text)
}

// do runs a line. It ignores an empty line and a comment.
func (s *session) do(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	switch {
	case line == "" || strings.HasPrefix(line, "--"):
		return nil
	case strings.HasPrefix(line, `\`):
		name, argument, _ := strings.Cut(line[1:], " ")
		if name == "?" {
			name = "help"
		}
		c, err := s.command(name)
		if err != nil {
			return err
		}
		if argument = strings.TrimSpace(argument); argument != "" && c.argument == "" {
			return fmt.Errorf(`\%s takes no argument`, name)
		}
		return c.run(ctx, argument)
	}
	s.last = ended(line)
	return s.run(ctx, s.last)
}

// ended returns a filter without the final semicolon that SQL users type.
func ended(filter string) string { return strings.TrimRight(strings.TrimSuffix(filter, ";"), " ") }

func (s *session) command(name string) (*command, error) {
	names := make([]string, len(s.commands))
	for i := range s.commands {
		if names[i] = s.commands[i].name; names[i] == name {
			return &s.commands[i], nil
		}
	}
	err := fmt.Errorf(`\%s is not a command; \help lists them`, name)
	if near := dsl.Suggest(name, names); near != "" {
		err = fmt.Errorf(`\%s is not a command; did you mean \%s?`, name, near)
	}
	return nil, err
}

// run prints the rows of a filter, through a pager if there are many.
func (s *session) run(ctx context.Context, filter string) error {
	var summary string
	err := s.paged(ctx, func(ctx context.Context, w io.Writer) (err error) {
		summary, err = s.engine.Run(ctx, w, filter)
		return err
	})
	if err == nil && summary != "" {
		s.printf("%s\n", summary)
	}
	return err
}

func (s *session) explain(ctx context.Context, filter string) error {
	return s.withFilter(filter, func() error {
		return s.paged(ctx, func(ctx context.Context, w io.Writer) error { return s.engine.Explain(ctx, w, s.last) })
	})
}

func (s *session) count(ctx context.Context, filter string) error {
	return s.withFilter(filter, func() error {
		return s.interruptible(ctx, func(ctx context.Context) error { return s.engine.Count(ctx, s.out, s.last) })
	})
}

// withFilter runs f after it has stored the filter as the last one. An empty filter
// keeps the last one.
func (s *session) withFilter(filter string, f func() error) error {
	if filter = ended(filter); filter != "" {
		s.last = filter
	}
	if s.last == "" {
		return errors.New("there is no filter yet: write one after the command")
	}
	return f()
}

func (s *session) fields(ctx context.Context, _ string) error {
	return s.paged(ctx, func(_ context.Context, w io.Writer) error {
		return table(w, func(row func(cells ...string)) {
			schema := s.engine.Schema
			for i := range schema.Len() {
				f := schema.Field(i)
				row(f.Name, f.TypeName(), f.Doc)
			}
		})
	})
}

// set changes a setting, or shows it.
func (s *session) set(setting *Setting, value string) error {
	if value != "" {
		if err := setting.Set(value); err != nil {
			return fmt.Errorf(`\%s %s: %w`, setting.Name, value, err)
		}
		if s.terminal == nil {
			return nil
		}
	}
	s.printf("%s is %s\n", setting.Name, setting.Get())
	return nil
}

func (s *session) settings(context.Context, string) error {
	return table(s.out, func(row func(cells ...string)) {
		for _, setting := range s.engine.Settings {
			row(`\`+setting.Name, setting.Get(), setting.Help)
		}
	})
}

func (s *session) help(context.Context, string) error {
	return table(s.out, func(row func(cells ...string)) {
		row("FILTER", "show the rows that satisfy it; `true` selects all")
		for i := range s.commands {
			row(strings.TrimSpace(`\`+s.commands[i].name+" "+s.commands[i].argument), s.commands[i].help)
		}
	})
}

// table writes aligned columns.
func table(out io.Writer, rows func(row func(cells ...string))) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	rows(func(cells ...string) {
		for i := range cells {
			cells[i] = display.Clean(cells[i])
		}
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t")) // Flush has the error
	})
	return w.Flush()
}

// paged runs f with an output that becomes a pager if it is long.
func (s *session) paged(ctx context.Context, f func(ctx context.Context, w io.Writer) error) error {
	if s.terminal == nil {
		return f(ctx, s.out)
	}
	return s.interruptible(ctx, func(ctx context.Context) error {
		_, height := s.terminal.Size()
		p := &pager{command: s.terminal.Pager, lines: height - 2, out: s.out}
		return p.around(ctx, f)
	})
}

// interruptible runs f with a context that Ctrl-C ends. It ignores a Ctrl-C from
// before.
func (s *session) interruptible(ctx context.Context, f func(ctx context.Context) error) error {
	if s.terminal == nil {
		return f(ctx)
	}
	select {
	case <-s.terminal.Interrupt:
	default:
	}
	ctx, cancel := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-s.terminal.Interrupt:
			cancel()
		case <-ctx.Done():
		}
	}()
	defer func() { cancel(); <-watched }()
	return f(ctx)
}

// candidates returns the candidates at the cursor of a line, and the start of the word
// that they replace.
func (s *session) candidates(line string, cursor int) (start int, found []dsl.Candidate) {
	lead := len(line) - len(strings.TrimLeft(line, " "))
	if !strings.HasPrefix(line[lead:], `\`) {
		c := dsl.Complete(s.engine.Schema, line, cursor)
		return c.Range.Start, c.Candidates
	}
	name, _, more := strings.Cut(line[lead+1:cursor], " ")
	if !more {
		for _, c := range s.commands {
			found = append(found, dsl.Candidate{Text: `\` + c.name, Kind: dsl.KindKeyword, Detail: c.help})
		}
		return lead, beginning(found, line[lead:cursor])
	}
	at := lead + 1 + len(name) + 1
	c, err := s.command(name)
	switch {
	case err != nil:
	case c.filter:
		inner := dsl.Complete(s.engine.Schema, line[at:], cursor-at)
		return at + inner.Range.Start, inner.Candidates
	case c.setting != nil:
		start = at + strings.LastIndexAny(line[at:cursor], " ,-") + 1
		return start, beginning(s.values(c.setting), line[start:cursor])
	}
	return cursor, nil
}

// values returns the values of a setting.
func (s *session) values(setting *Setting) (found []dsl.Candidate) {
	for _, v := range setting.Values {
		found = append(found, dsl.Candidate{Text: v, Kind: dsl.KindValue})
	}
	if schema := s.engine.Schema; setting.Fields {
		for i := range schema.Len() {
			f := schema.Field(i)
			found = append(found, dsl.Candidate{Text: f.Name, Kind: dsl.KindField, Detail: f.Doc})
			if setting.Stars && (f.Type == model.TypeRef || f.Type == model.TypeRefs) {
				found = append(found, dsl.Candidate{Text: f.Name + ".*", Kind: dsl.KindField, Detail: "all of it: " + f.Doc})
			}
		}
	}
	return found
}

// beginning returns the candidates that begin with a word.
func beginning(found []dsl.Candidate, word string) []dsl.Candidate {
	return slices.DeleteFunc(found, func(c dsl.Candidate) bool { return !strings.HasPrefix(c.Text, word) })
}

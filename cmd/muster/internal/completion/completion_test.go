package completion_test

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/completion"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// program is a command line with one of each thing that can be completed.
type program struct {
	Quiet bool `short:"q"`
	Ask   struct {
		Filter string   `arg:"" optional:""`
		Format string   `enum:"json,table" default:"json" help:"Output."`
		Select []string `placeholder:"FIELD,…"`
		Sort   []string `placeholder:"KEY,…"`
		By     string   `placeholder:"FIELD"`
		File   string   `short:"f" placeholder:"FILE"`
		Limit  int
		Hidden bool `hidden:""`
	} `cmd:"" help:"Print rows."`
	Config struct {
		Show struct{} `cmd:"" help:"Show it."`
		Path struct{} `cmd:""`
	} `cmd:"" aliases:"settings"`
	Secret struct{} `cmd:"" hidden:""`
}

// propose is what completion writes for a line, a candidate each. The fields are
// known unless the line says --nowhere.
func propose(t *testing.T, shell completion.Shell, line string) []string {
	t.Helper()
	parser, err := kong.New(&program{}, kong.Name("muster"))
	if err != nil {
		t.Fatal(err)
	}
	fields := func(words []string) *model.Schema {
		if strings.Contains(strings.Join(words, " "), "--nowhere") {
			return nil
		}
		return modeltest.Schema()
	}
	var b strings.Builder
	if err := completion.Propose(parser.Model.Node, fields, line).Write(&b, shell); err != nil {
		t.Fatal(err)
	}
	var inserts []string
	for l := range strings.Lines(b.String()) {
		insert, _, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "\t")
		inserts = append(inserts, insert)
	}
	return inserts
}

// TestPropose says what bash is to insert, parted by |; a last + is for more.
func TestPropose(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ line, want string }{
		{"muster", ""}, // the command's own name is the shell's to complete
		{"muster ", "ask |config "},
		{"muster a", "ask "},
		{"muster -q a", "ask "},
		{"muster nope ", "ask |config "},
		{"muster config ", "show |path "},
		{"muster settings s", "show "},
		{"muster --q", "--quiet "},
		{"muster ask --", "--help |--quiet |--format |--select |--sort |--by |--file |--limit "},
		{"muster ask --format json --fo", ""}, // once is enough
		{"muster ask --select name --se", "--select "},
		{"muster ask --format ", "json |table "},
		{"muster ask --format t", "table "},
		{"muster ask --format=t", "table "}, // bash breaks the word at =
		{"muster ask --format 't", "table"},
		{"muster ask --limit ", ""},
		{"muster ask --limit 5 na", "'name |'name =|+"},
		{"muster ask --file ", ":files"},
		{"muster ask -f ", ":files"},
		{"muster ask -f shelf:okta/", "okta/users "}, // bash breaks the word at :
		{"muster ask --select tags.w", "tags.weight"},
		{"muster ask --select name,co", "name,code"},
		{"muster ask --select id,tags.", "'id,tags.*|id,tags.id|id,tags.name|id,tags.rate|id,tags.weight|id,tags.marks"},
		{"muster ask --sort tags.", "tags.id|tags.name|tags.rate|tags.weight|tags.marks"},
		{"muster ask --by tags.w", "tags.weight "},
		{"muster ask --select=name,co", "name,code"},
		{"muster ask --format json f", "'flag|'false"},
		{"muster ask 'id = 1 ", "id = 1 and|id = 1 or"},
		{"muster ask 'id = 1 a", "id = 1 and |id = 1 and id|+"},
		{`muster ask "name = 'x' a`, "name = 'x' and |name = 'x' and id|+"},
		{`muster ask "name = \"x\" a`, `name = \"x\" and |name = \"x\" and id|+`},
		{`muster ask na\ me`, ""},
		{`muster ask name\ i`, `name\ in|name\ is\ null|name\ is\ not\ null`},
		{`muster ask name\ =\ 1\ a`, `\ 1\ and\ |\ 1\ and\ id|+`},
		{"muster ask id=1", ""}, // a quote would have to be put before what bash keeps
		{"muster ask 'name li", "name like |name like …"},
		{"muster ask -- na", "'name |'name =|+"},
		{"muster ask 'id = 1' ", ""},
		{"muster --nowhere ask na", ""},
		{"muster --nowhere ask --select na", ""},
		{"muster ask 'name = \"it'\\''s\" a", "s\" and |s\" and id|+"},
	} {
		got := strings.Join(propose(t, completion.Bash, tc.line), "|")
		if want, more := strings.CutSuffix(tc.want, "+"); more && strings.HasPrefix(got, want) {
			continue
		}
		if got != tc.want {
			t.Errorf("%s\n got %s\nwant %s", tc.line, got, tc.want)
		}
	}
}

// TestShells says how what is inserted differs from shell to shell.
func TestShells(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ line, bash, zsh, fish string }{
		{"muster as", "ask ", "ask ", "ask"},
		{"muster ask --format=t", "table ", "--format=table ", "--format=table"},
		{"muster ask 'name li", "name like ", "name like ", "name like "},
		{"muster ask tags.w", "'tags.weight ", "'tags.weight ", "tags.weight "},
		{`muster ask "name = \"x\" o`, `name = \"x\" or `, `name = \"x\" or `, `name = "x" or `},
	} {
		for shell, want := range map[completion.Shell]string{completion.Bash: tc.bash, completion.Zsh: tc.zsh, completion.Fish: tc.fish} {
			if got := propose(t, shell, tc.line); len(got) == 0 || got[0] != want {
				t.Errorf("%s in %s: got %q, want %q first", tc.line, shell, got, want)
			}
		}
	}
}

// TestScript: each shell has a script, no other has one.
func TestScript(t *testing.T) {
	t.Parallel()
	for _, shell := range []completion.Shell{completion.Bash, completion.Zsh, completion.Fish} {
		if text, err := completion.Script(shell); err != nil || !strings.Contains(text, "__complete "+string(shell)) {
			t.Errorf("%s: %v\n%s", shell, err, text)
		}
	}
	if _, err := completion.Script("csh"); err == nil {
		t.Error("there is a script for csh")
	}
}

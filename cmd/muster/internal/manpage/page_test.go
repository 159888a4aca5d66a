package manpage_test

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/manpage"
)

// greeting is a small command line.
type greeting struct {
	Greet greet    `cmd:"" help:"Greet somebody."`
	Wave  struct { // hidden commands are not told
		Arm string
	} `cmd:"" hidden:""`
}

type greet struct {
	Name string `arg:"" help:"Whom."`
	Loud bool   `short:"l" help:"Shout, \"HEY…\"."`
	Word string `default:"hello" env:"GREET_WORD" placeholder:"TEXT" help:"What to say: a back\\slash, 日."`
}

func (greet) Help() string { return "Examples:\n\n    greet ann\n\n    .dotted" }

func ExampleWrite() {
	parser, err := kong.New(&greeting{}, kong.Name("greeter"), kong.Description("Greets."), kong.NoDefaultHelp())
	if err != nil {
		fmt.Println(err)
		return
	}
	err = manpage.Write(os.Stdout, parser.Model, manpage.About{
		Summary: "say hello", Version: "1.0", Date: "2026-01-02",
		Sections: []manpage.Section{{Heading: "FILES", Text: "None.\n\n'Quoted."}},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// .TH "GREETER" "1" "2026-01-02" "greeter 1.0" "User Commands"
	// .SH "NAME"
	// greeter \- say hello
	// .SH "SYNOPSIS"
	// \fBgreeter\fR \fIcommand\fR [\fIargument\fR | \fIflag\fR]...
	// .SH "DESCRIPTION"
	// Greets.
	// .SH "COMMANDS"
	// .SS "greeter greet <name>"
	// Greet somebody.
	// .PP
	// Examples:
	// .EX
	//     greet ann
	//
	//     .dotted
	// .EE
	// .TP
	// \fB\-l\fR, \fB\-\-loud\fR
	// Shout, "HEY...".
	// .TP
	// \fB\-\-word\fR \fITEXT\fR
	// What to say: a back\eslash, \[u65E5]. Environment: GREET_WORD. Default: hello.
	// .SH "FLAGS OF SEVERAL COMMANDS"
	// .SH "FLAGS OF ALL COMMANDS"
	// .SH "FILES"
	// None.
	// .PP
	// \&'Quoted.
}

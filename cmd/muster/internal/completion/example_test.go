package completion_test

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/muster-go/muster/cmd/muster/internal/completion"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func ExamplePropose() {
	parser, err := kong.New(&program{}, kong.Name("muster"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fields := func([]string) *model.Schema { return modeltest.Schema() }
	p := completion.Propose(parser.Model.Node, fields, "muster ask --format json 'not (id = 1 ")
	var lines strings.Builder
	if err := p.Write(&lines, completion.Fish); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(lines.String()) {
		fmt.Printf("%q\n", line)
	}
	// Output:
	// "not (id = 1 and\tand\t\n"
	// "not (id = 1 or\tor\t\n"
	// "not (id = 1 )\t)\t\n"
}

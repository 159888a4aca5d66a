package peers

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

var (
	speed = flag.Bool("speed", false, "measure, and not only run")
	write = flag.String("write", "", "put the tables between the marks of this file, too")
)

// TestReport runs each measurement once. With -speed it runs each a hundred times, takes the
// fastest, and prints the tables.
func TestReport(t *testing.T) {
	watch, terms := stopwatch{rounds: 1, turn: time.Microsecond}, lengths{short: 2, long: 20}
	if *speed {
		watch, terms = stopwatch{rounds: 100, turn: 2 * time.Millisecond}, lengths{short: 100, long: 1000}
	}
	var b bytes.Buffer
	if err := report(&b, watch, terms); err != nil {
		t.Fatal(err)
	}
	for _, e := range every(t) {
		for _, line := range []string{"\n| " + e.name + " ", "\n| " + e.name + " | "} {
			if !strings.Contains(b.String(), line) {
				t.Errorf("no line %q in\n%s", line, &b)
			}
		}
	}
	if *speed {
		t.Logf("\n%s", &b)
	}
	if *write != "" {
		text, err := os.ReadFile(*write)
		if err == nil {
			text, err = between(text, "peers", b.Bytes())
		}
		if err == nil {
			err = os.WriteFile(*write, text, 0o644)
		}
		if err != nil {
			t.Errorf("%s: %v", *write, err)
		}
	}
}

func TestTables(t *testing.T) {
	costs := func(parsed, compiled, evaluated float64, allocs uint64) map[step]cost {
		return map[step]cost{
			parse:    {ns: parsed, allocs: 10 * allocs, bytes: 1000},
			compile:  {ns: compiled, allocs: 20 * allocs, bytes: 2000},
			evaluate: {ns: evaluated, allocs: allocs},
		}
	}
	own := result{
		engine: engine{name: "muster"}, query: costs(1000, 2000, 30, 0),
		short: costs(1000, 1000, 1000, 0), long: costs(9000, 10_000, 11_000, 0),
	}
	slow := result{
		engine: engine{name: "expr", module: "example.com/expr"}, query: costs(3000, 5000, 299, 4),
		short: costs(1000, 1000, 1000, 0), long: costs(9900, 30_000, 11_000, 0),
	}
	slow.query[evaluateReady] = cost{ns: 150, allocs: 1}
	none := result{engine: engine{name: "fexpr"}, query: map[step]cost{parse: {ns: 900, allocs: 7, bytes: 70}}}
	got := tables([]result{own, slow, none}, lengths{short: 100, long: 1000}, map[string]string{"example.com/expr": "1.2.3"})
	_, got, _ = strings.Cut(got, "\n\n") // the machine
	want := `| library | parse | allocs, B | compile | allocs, B | evaluate | allocs | evaluate, ready | allocs |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
| muster | 1.0× | 0, 1000 | 1.0× | 0, 2000 | 1.0× | 0 | – | – |
| expr 1.2.3 | 3.0× | 40, 1000 | 2.5× | 80, 2000 | 9.9× | 4 | 5.0× | 1 |
| fexpr | 0.9× | 7, 70 | – | – | – | – | – | – |

| time of 1000 terms / 100 terms | parse | compile | evaluate |
|---|--:|--:|--:|
| muster | 9.0× | 10.0× | 11.0× |
| expr | 9.9× | 30× | 11.0× |
| fexpr | – | – | – |

| bar | measured | |
|---|--:|---|
| parse allocates at most 11 times | 0 | held |
| parse is faster than every peer | 0.9× fexpr | **missed** |
| compile is at least 3.0× as fast as every peer | 2.5× expr | **missed** |
| evaluate does not allocate | 0 | held |
| evaluate is at least 10.0× as fast as expr | 9.9× | **missed** |
| a chain ten times as long takes at most 12.0× the time, each step | 11.0× | held |
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestBetween(t *testing.T) {
	const document = "# Title\n<!-- peers -->\nold\n<!-- end -->\nmore\n"
	got, err := between([]byte(document), "peers", []byte("new\n"))
	if want := "# Title\n<!-- peers -->\n\nnew\n\n<!-- end -->\nmore\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if got, err := between([]byte("# Title\n"), "peers", nil); err == nil {
		t.Errorf("no marks: %q", got)
	}
}

// between replaces what stands between <!-- name --> and <!-- end --> in a document.
func between(text []byte, name string, tables []byte) ([]byte, error) {
	from, to := "<!-- "+name+" -->\n", "<!-- end -->"
	before, rest, found := bytes.Cut(text, []byte(from))
	_, after, ended := bytes.Cut(rest, []byte(to))
	if !found || !ended {
		return nil, fmt.Errorf("no %q and %q", from, to)
	}
	return fmt.Appendf(nil, "%s%s\n%s\n%s%s", before, from, tables, to, after), nil
}

// report measures and writes the tables.
func report(w io.Writer, watch stopwatch, terms lengths) error {
	list, err := engines()
	if err != nil {
		return err
	}
	results, err := compare(list, watch, terms)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, tables(results, terms, versions()))
	return err
}

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 100, "turns of each call; the best one counts")
	turn := flag.Duration("turn", 2*time.Millisecond, "about how long a turn takes")
	file := flag.String("write", "", "put the tables between the marks of this file, too")
	flag.Parse()
	if err := run(os.Stdout, *file, stopwatch{rounds: *rounds, turn: *turn}); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, file string, watch stopwatch) error {
	var b bytes.Buffer
	if err := report(&b, watch, lengths{short: 100, long: 1000}); err != nil {
		return err
	}
	if _, err := w.Write(b.Bytes()); err != nil || file == "" {
		return err
	}
	text, err := os.ReadFile(file) //nolint:gosec // the file that the user named
	if err != nil {
		return err
	}
	if text, err = between(text, b.Bytes()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, text, 0o644) //nolint:gosec // a document of the repository
}

// between puts the tables between the marks of a document.
func between(text, tables []byte) ([]byte, error) {
	const from, to = "<!-- go run . -->\n", "<!-- end -->"
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

package peers

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// tables writes what was measured in Markdown, Muster's own result first.
func tables(results []result, terms lengths, version map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s/%s, GOMAXPROCS %d.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	comparison(&b, results, version)
	chains(&b, results, terms)
	bars(&b, results)
	return b.String()
}

func comparison(b *strings.Builder, results []result, version map[string]string) {
	b.WriteString("\n| library | parse | allocs, B | compile | allocs, B | evaluate | allocs | evaluate, ready | allocs |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	own := results[0]
	for _, r := range results {
		b.WriteString("| " + strings.TrimSpace(r.engine.name+" "+version[r.engine.module]))
		for s := range steps {
			c, ok := r.query[s]
			switch {
			case !ok:
				b.WriteString(" | – | –")
			case s == evaluate:
				fmt.Fprintf(b, " | %s | %d", ratio(c.over(own.query[s])), c.allocs)
			case s == evaluateReady:
				fmt.Fprintf(b, " | %s | %d", ratio(c.over(own.query[evaluate])), c.allocs)
			default:
				fmt.Fprintf(b, " | %s | %d, %d", ratio(c.over(own.query[s])), c.allocs, c.bytes)
			}
		}
		b.WriteString(" |\n")
	}
}

// chains shows how the time grows when an or of terms becomes ten times longer.
func chains(b *strings.Builder, results []result, terms lengths) {
	fmt.Fprintf(b, "\n| time of %d terms / %d terms | parse | compile | evaluate |\n|---|--:|--:|--:|\n", terms.long, terms.short)
	for _, r := range results {
		b.WriteString("| " + r.engine.name)
		for s := range evaluateReady {
			if long, ok := r.long[s]; ok {
				b.WriteString(" | " + ratio(long.over(r.short[s])))
			} else {
				b.WriteString(" | –")
			}
		}
		b.WriteString(" |\n")
	}
}

// The bars that Muster is held to.
const (
	mostParseAllocs = 11
	leastCompile    = 3.0  // times as fast as every peer
	leastEvaluate   = 10.0 // times as fast as expr and cel-go
	mostGrowth      = 12.0 // of a chain ten times as long
)

func bars(b *strings.Builder, results []result) {
	own, peers := results[0], results[1:]
	b.WriteString("\n| bar | measured | |\n|---|--:|---|\n")
	bar := func(name, measured string, held bool) {
		verdict := "**missed**"
		if held {
			verdict = "held"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, measured, verdict)
	}
	parsed := own.query[parse].allocs
	bar(fmt.Sprintf("parse allocates at most %d times", mostParseAllocs), strconv.FormatUint(parsed, 10), parsed <= mostParseAllocs)
	name, times := nearest(own, peers, parse)
	bar("parse is faster than every peer", ratio(times)+" "+name, times > 1)
	name, times = nearest(own, peers, compile)
	bar(fmt.Sprintf("compile is at least %s as fast as every peer", ratio(leastCompile)), ratio(times)+" "+name, times >= leastCompile)
	evaluated := own.query[evaluate].allocs
	bar("evaluate does not allocate", strconv.FormatUint(evaluated, 10), evaluated == 0)
	for _, p := range peers {
		if p.engine.name == "expr" || p.engine.name == "cel" {
			name, times = nearest(own, []result{p}, evaluate)
			bar(fmt.Sprintf("evaluate is at least %s as fast as %s", ratio(leastEvaluate), name), ratio(times), times >= leastEvaluate)
		}
	}
	var growth float64
	for s := range evaluateReady {
		growth = max(growth, own.long[s].over(own.short[s]))
	}
	bar(fmt.Sprintf("a chain ten times as long takes at most %s the time, each step", ratio(mostGrowth)), ratio(growth), growth <= mostGrowth)
}

// nearest returns the fastest peer at a step, and how many times Muster's time
// that peer takes.
func nearest(own result, peers []result, s step) (name string, times float64) {
	for _, p := range peers {
		c, ok := p.query[s]
		if over := c.over(own.query[s]); ok && (name == "" || over < times) {
			name, times = p.engine.name, over
		}
	}
	return name, times
}

// ratio is cut, not rounded: 9.97 is not ten times.
func ratio(times float64) string {
	const precise = 20
	if times >= precise {
		return fmt.Sprintf("%d×", int(times))
	}
	return fmt.Sprintf("%.1f×", math.Floor(times*10)/10)
}

// versions returns the version of every module that go.mod requires: a test's binary does
// not know them.
func versions() map[string]string {
	required := make(map[string]string)
	text, err := os.ReadFile("go.mod")
	if err != nil {
		return required
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && strings.HasPrefix(words[1], "v") && !strings.HasPrefix(words[1], "v0.0.0-0001") { // this tree's own has no version
			required[words[0]] = strings.TrimPrefix(words[1], "v")
		}
	}
	return required
}

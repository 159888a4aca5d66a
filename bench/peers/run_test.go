package peers

import "fmt"

// step is one of the things that are measured.
type step int

const (
	parse step = iota
	compile
	evaluate
	evaluateReady // on a record made ready beforehand
	steps
)

// result is what one engine costs. A step that it has not is absent.
type result struct {
	engine engine
	query  map[step]cost
	// short and long are the costs of the chains, which are not evaluated on a
	// record made ready.
	short, long map[step]cost
}

// lengths are how many terms the two chains have.
type lengths struct{ short, long int }

// compare measures one step after the other, each for all engines and texts
// together: what is divided by each other was measured side by side.
func compare(list []engine, watch stopwatch, terms lengths) ([]result, error) {
	results := make([]result, len(list))
	for i, e := range list {
		results[i] = result{engine: e, query: make(map[step]cost), short: make(map[step]cost), long: make(map[step]cost)}
	}
	for s := range steps {
		var calls []evaluation
		var keep []map[step]cost
		for _, r := range results {
			texts := []string{r.engine.query, r.engine.chain(terms.short), r.engine.chain(terms.long)}
			if s == evaluateReady {
				texts = texts[:1]
			}
			for i, text := range texts {
				call, err := r.engine.call(s, text)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", r.engine.name, err)
				}
				if call != nil {
					calls, keep = append(calls, call), append(keep, []map[step]cost{r.query, r.short, r.long}[i])
				}
			}
		}
		costs, err := watch.costs(calls)
		if err != nil {
			return nil, err
		}
		for i, c := range costs {
			keep[i][s] = c
		}
	}
	return results, nil
}

// call returns the step on a text, nil if the engine has no such step.
func (e engine) call(s step, text string) (evaluation, error) {
	switch {
	case s == parse:
		return func() (bool, error) { return true, e.parse(text) }, nil
	case s == compile && e.compile != nil:
		return func() (bool, error) { return true, e.compile(text) }, nil
	case s == evaluate && e.bind != nil:
		return e.bind(text, measured())
	case s == evaluateReady && e.bindReady != nil:
		return e.bindReady(text, measured())
	}
	return nil, nil //nolint:nilnil // an engine without the step is no error
}

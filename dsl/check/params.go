package check

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/suggest"
)

// Option is an option of [Check]: [Now], [Zone], [Args], [Named], [MaxRegexp] or [Functions].
type Option interface{ applyCheck(o *options) }

type options struct {
	now   time.Time
	zone  *time.Location
	args  []any
	named map[string]any

	regexp int // instructions; 0 = the default

	functions *function.Table
}

type option func(o *options)

func (f option) applyCheck(o *options) { f(o) }

// Now sets the instant that `now` and `today` mean, cut to the whole second. Default: the
// time of the call of [Check].
func Now(t time.Time) Option {
	return option(func(o *options) { o.now = t })
}

// Zone sets the zone of dates, of datetimes without a zone, of `today` and of calendar steps.
// Default, also for nil: UTC.
func Zone(zone *time.Location) Option {
	return option(func(o *options) {
		if zone != nil {
			o.zone = zone
		}
	})
}

// Functions sets the functions that a filter may call. Default, also for nil: those of the
// language. Package dsl makes tables of others.
func Functions(table *function.Table) Option {
	return option(func(o *options) { o.functions = table })
}

// Args binds the parameters $1, $2 … to values, which take the type of the field that they
// are compared with. Package dsl documents the Go types at its Args. A second Args continues
// the numbers.
func Args(values ...any) Option {
	return option(func(o *options) { o.args = append(o.args, values...) })
}

// Named binds the parameters :name to values, as [Args] binds $1. Names have no colon. Maps
// are merged; the last one wins.
func Named(values map[string]any) Option {
	return option(func(o *options) {
		if o.named == nil {
			o.named = make(map[string]any, len(values))
		}
		maps.Copy(o.named, values)
	})
}

// parameters are the bound values, with a mark for those that the filter used.
type parameters struct {
	args      []any
	named     map[string]any
	usedArgs  []bool
	usedNames map[string]bool
}

func newParameters(o options) parameters {
	p := parameters{args: o.args, named: o.named, usedArgs: make([]bool, len(o.args))}
	if len(o.named) > 0 {
		p.usedNames = make(map[string]bool, len(o.named))
	}
	return p
}

// lookup returns the value bound to a parameter in its spelling, "$1" or ":name".
func (p *parameters) lookup(mark string) (v any, ok bool) {
	if name, isName := strings.CutPrefix(mark, ":"); isName {
		v, ok = p.named[name]
		if ok {
			p.usedNames[name] = true
		}
		return v, ok
	}
	i, err := strconv.Atoi(strings.TrimPrefix(mark, "$"))
	if err != nil || i < 1 || i > len(p.args) {
		return nil, false
	}
	p.usedArgs[i-1] = true
	return p.args[i-1], true
}

// unboundHint guesses what was meant by a parameter without a value.
func (p *parameters) unboundHint(mark string) string {
	name, isName := strings.CutPrefix(mark, ":")
	if isName {
		if near := suggest.Nearest(name, sortedKeys(p.named)); near != "" {
			return fmt.Sprintf("did you mean :%s?", near)
		}
		return "bind it by name"
	}
	switch len(p.args) {
	case 0:
		return "no values are bound"
	case 1:
		return "one value is bound, $1"
	}
	return fmt.Sprintf("%d values are bound, $1 to $%d", len(p.args), len(p.args))
}

// unused returns the marks of the values that the filter did not use.
func (p *parameters) unused() []string {
	var marks []string
	for i, used := range p.usedArgs {
		if !used {
			marks = append(marks, "$"+strconv.Itoa(i+1))
		}
	}
	if len(p.usedNames) == len(p.named) {
		return marks
	}
	for _, name := range sortedKeys(p.named) {
		if !p.usedNames[name] {
			marks = append(marks, ":"+name)
		}
	}
	return marks
}

package eval

import (
	"errors"
	"fmt"

	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/model"
)

// Option is an option of [Compile]: [MaxSteps]. A check takes it too and ignores it, so that
// who checks and compiles at once has one list of options.
type Option interface {
	check.Option
	applyCompile(o *options)
}

type options struct{ steps int }

type option struct {
	check.Option // one without effect

	apply func(o *options)
}

func (o option) applyCompile(opts *options) { o.apply(opts) }

func stepsOf(opts []Option) int {
	o := options{steps: defaultSteps}
	for _, opt := range opts {
		opt.applyCompile(&o)
	}
	return o.steps
}

// defaultSteps take some seconds at most.
const defaultSteps = 20_000_000

// stepBytes is how many bytes of a text a function reads or makes in about the time of a step.
const stepBytes = 64

// charge takes the steps of a function's text: with a pair of lists, or with a text of the record
// beside a list, there may be far more of them than the record is long. A predicate that is
// evaluated once has no binding and is charged nothing.
func (b *binding) charge(v model.Value) {
	if b != nil {
		b.left -= int64(len(v.Str()) / stepBytes)
	}
}

// MaxSteps bounds the evaluation of a filter for one record. A step is an element of a list or
// an object behind a reference that the filter looks at, each condition that it applies to
// it, and 64 bytes of a text that a function computes for it. The limit is from 1 to
// [math.MaxInt]; the default, also for 0 and less, is 20 000 000, far above what people ask. A
// record that takes more does not match, and [Predicate.Test] fails with [ErrSteps].
func MaxSteps(n int) Option {
	return option{check.Zone(nil), func(o *options) {
		o.steps = n
		if n <= 0 {
			o.steps = defaultSteps
		}
	}}
}

// ErrSteps reports a record for which a filter took more than [MaxSteps]. What matches it
// matches [model.ErrLimit] too.
var ErrSteps = errors.New("the filter takes too many steps for a row")

// stepsError is ErrSteps with the limit.
type stepsError struct{ limit int64 }

// Error returns one line for the author of the filter.
func (e stepsError) Error() string {
	return fmt.Sprintf("the filter takes more than %d steps for a row, whose lists are too long for it", e.limit)
}

// Is reports whether target is [ErrSteps] or [model.ErrLimit].
func (stepsError) Is(target error) bool { return target == ErrSteps || target == model.ErrLimit }

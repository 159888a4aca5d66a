package valuetest

import (
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// Choices makes choices by drawing them from t, which shrinks them one by one.
func Choices(t *rapid.T) modeltest.Choices {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
}

// Of generates what generate makes from choices.
func Of[T any](generate func(modeltest.Choices) T) *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) T {
		rapid.Just(0).Draw(t, "start") // rapid wants one draw, and not every value takes a choice
		return generate(Choices(t))
	})
}

// Strings generates what [modeltest.Choices.Text] does.
func Strings() *rapid.Generator[string] { return Of(modeltest.Choices.Text) }

// Instants generates what [modeltest.Choices.Instant] does: whole seconds.
func Instants() *rapid.Generator[time.Time] { return Of(modeltest.Choices.Instant) }

// Moments generates what [modeltest.Choices.Moment] does: instants in steps of no less than
// step, from time.Nanosecond to time.Second.
func Moments(step time.Duration) *rapid.Generator[time.Time] {
	return Of(func(c modeltest.Choices) time.Time { return c.Moment(step) })
}

// Ints generates what [modeltest.Choices.Int] does.
func Ints() *rapid.Generator[int64] { return Of(modeltest.Choices.Int) }

// Values generates what [modeltest.Choices.Value] does for a type.
func Values(typ model.Type) *rapid.Generator[model.Value] {
	return Of(func(c modeltest.Choices) model.Value { return c.Value(typ) })
}

// Lists generates what [modeltest.Choices.List] does for a type of elements.
func Lists(of model.Type) *rapid.Generator[model.Value] {
	return Of(func(c modeltest.Choices) model.Value { return c.List(of) })
}

// Records generates what [modeltest.Choices.Record] does for a schema.
func Records(s *model.Schema) *rapid.Generator[*modeltest.Record] {
	return Of(func(c modeltest.Choices) *modeltest.Record { return c.Record(s) })
}

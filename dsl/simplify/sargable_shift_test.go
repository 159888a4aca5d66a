package simplify_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestShiftsAreSound compares rewrites of shifted instants with plain evaluation at the edges:
// against constants at or next to the instant that the step leads to.
func TestShiftsAreSound(t *testing.T) {
	t.Parallel()
	zones := oddZones(t)
	rapid.Check(t, func(rt *rapid.T) {
		g := conditionGen{rt, rapid.SampledFrom(zones).Draw(rt, "zone"), new([]string)}
		at, sign, by := g.instant(), g.pick(" + ", " - "), g.duration()
		r := modeltest.MustRecord(modeltest.Schema(), map[string]any{"id": 1, "created_at": at, "seen_at": at, "visits": []any{at}})
		step, _ := calendar.ParseStep(by)
		to := step.Signed(sign == " - ").Shift(model.DateTime(at), g.zone)
		if to.IsNull() || to.Time().Year() < 2 || to.Time().Year() > 9998 {
			return
		}
		k := to.Time().Add(time.Duration(rapid.SampledFrom([]int{-3600, -1, 0, 0, 1, 1800}).Draw(rt, "seconds")) * time.Second).UTC()
		for _, field := range []string{"seen_at", "visits"} {
			n := checkedIn(t, g.zone, fmt.Sprintf("%s%s%s %s %s", field, sign, by, g.pick("=", "<", "<=", ">", ">="), k.Format(time.RFC3339Nano)))
			plain, exact := dsl.Sargable(n)
			if plain == nil {
				continue
			}
			if want, got := dsltest.Eval(n, r), dsltest.Eval(plain, r); want == dsl.True && got != dsl.True || exact && want != got {
				rt.Fatalf("in %v, at %v,\n%s is %v, but\n%s is %v; exact: %v", g.zone, at, dsl.Format(n), want, dsl.Format(plain), got, exact)
			}
		}
	})
}

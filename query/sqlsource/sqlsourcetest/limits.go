package sqlsourcetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/sqlsource"
)

// limits sends the largest statements that the source writes: with the most values, the
// longest pattern, and the most and deepest conditions.
func limits(ctx context.Context, src *sqlsource.Source, known knownanswer.Rows[int64]) error {
	most := src.Capabilities().Room.Size
	totals, names := make([]any, most), make([]dsl.Node, min(most, manyConditions))
	for i := range totals {
		totals[i] = int64(i - most/2)
	}
	for i := range names {
		names[i] = dsl.Field("note").Contains(strconv.Itoa(i))
	}
	names[0] = dsl.Field("total").Gt(3)
	var errs []error
	for what, n := range map[string]dsl.Node{
		fmt.Sprintf("a list of %d values", most):      dsl.Field("total").In(totals...),
		fmt.Sprintf("%d conditions", len(names)):      dsl.Any(names...),
		"a pattern as long as may be":                 dsl.Any(dsl.Field("active").Eq(true), dsl.Field("note").Contains(strings.Repeat("a", longestPattern))),
		"conditions nested as deep as may be written": deepest(src),
	} {
		if err := asked(ctx, src, n, known); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	return errors.Join(errs...)
}

const (
	manyConditions = 3000       // more than a database nests, and few enough to evaluate
	longestPattern = 50_000 - 2 // beside the wildcards on both sides
)

// asked tests the answer to a condition, which must go in one statement.
func asked(ctx context.Context, src *sqlsource.Source, n dsl.Node, known knownanswer.Rows[int64]) error {
	plan, err := query.Prepare(src, dsl.Where(n))
	if err != nil {
		return err
	}
	if len(plan.Scans) != 1 || !plan.Exact() {
		return fmt.Errorf("it goes in %d scans, exactly: %v", len(plan.Scans), plan.Exact())
	}
	q, err := known.Ask(plan.Filter)
	if err != nil {
		return err
	}
	// One page, with both ends of a window: a run would send several statements.
	page, err := src.Fetch(plan.Scans[0])(ctx, paginate.Request{From: 1, Until: math.MaxInt32, Limit: src.Dialect().MaxPageSize()})
	if err != nil {
		return err
	}
	var got []int64
	for _, row := range page.Rows {
		got = append(got, row.ID)
	}
	if fault := q.Judge(got, true); !fault.None() {
		return fmt.Errorf("the rows %v, not %v", got, q.Yes)
	}
	return nil
}

// deepest returns the deepest condition that the source writes.
func deepest(src *sqlsource.Source) dsl.Node {
	nested := func(levels int) dsl.Node {
		n := dsl.Field("active").Eq(true)
		for range levels {
			n = dsl.All(dsl.Field("name").Ne("Bo"), dsl.Any(dsl.Field("total").Eq(1), n))
		}
		return n
	}
	const many = 10_000
	levels := sort.Search(many, func(levels int) bool {
		checked, err := dsl.Check(dsl.Where(nested(levels+1)), src.Schema())
		if err != nil {
			return true
		}
		_, _, err = src.Where(checked.Root)
		return err != nil
	})
	return nested(levels)
}

package sqlsourcetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sqlsource"
)

// limits asks for the most that the source sends at once: as many values as there is
// room for, a pattern as long and conditions as many and as deep as it says.
func limits(ctx context.Context, src *sqlsource.Source, records map[int64]model.Record) error {
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
		if err := asked(ctx, src, n, records); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	return errors.Join(errs...)
}

const (
	manyConditions = 3000       // more than a database nests, and few enough to evaluate
	longestPattern = 50_000 - 2 // beside the wildcards on both sides
)

// asked holds the answer to a condition, which must go in one statement, to its rows.
func asked(ctx context.Context, src *sqlsource.Source, n dsl.Node, records map[int64]model.Record) error {
	plan, err := query.Prepare(src, dsl.Where(n))
	if err != nil {
		return err
	}
	if len(plan.Scans) != 1 || !plan.Exact() {
		return fmt.Errorf("it goes in %d scans, exactly: %v", len(plan.Scans), plan.Exact())
	}
	is, err := dsl.Compile(plan.Filter, src.Schema())
	if err != nil {
		return err
	}
	// By itself, with both ends of a window: a run would ask for it several times.
	page, err := src.Fetch(plan.Scans[0])(ctx, paginate.Request{From: 1, Until: math.MaxInt32, Limit: src.Dialect().MaxPageSize()})
	if err != nil {
		return err
	}
	var want, got []int64
	for id, row := range records {
		if is.Match(row) {
			want = append(want, id)
		}
	}
	for _, row := range page.Rows {
		got = append(got, row.ID)
	}
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		return fmt.Errorf("the rows %v, not %v", got, want)
	}
	return nil
}

// deepest is a condition as deep as the source writes one.
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

package query_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
)

// list prints the answer of a run on one line.
func list(rows *query.Rows[shipstream.User], err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	names := []string{}
	for user, err := range rows.All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		names = append(names, user.Name.Or(""))
	}
	fmt.Println(names)
}

func ExampleArgs() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	list(query.Run(ctx, users, `name = $1`, query.OrderBy("id"), query.Args("Ada' or true")))
	list(query.Run(ctx, users, `name = $1 or id in ($2)`, query.OrderBy("id"), query.Args("Ada", []int{3, 4})))
	// Output:
	// []
	// [Ada Cyd Dee]
}

// A limit takes the newest rows, or the oldest, or those that come first. It never reads
// all rows for that.
func ExampleOrderByKey() {
	users, end := crew()
	defer end()
	list(query.Run(context.Background(), users, ``, query.OrderByKey(), query.Limit(2)))
	// Output: [Dee Cyd]
}

func ExampleNamed() {
	users, end := crew()
	defer end()
	list(query.Run(context.Background(), users, `name >= :first and name <= :last`, query.OrderBy("name"),
		query.Named("first", "Bob"), query.Named("last", "Cyd")))
	// Output: [Bob Cyd]
}

// Fields that are not basic come only if selected.
func ExampleSelect() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, `id = 2`, query.Select("name", "created_at"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for user, err := range rows.All() {
		fmt.Println(user.Name.Or(""), user.CreatedAt.Or(time.Time{}).Format(time.DateOnly), err)
	}
	// Output: Bob 2024-02-02 <nil>
}

// A star selects all fields below a reference that the server is known to return.
func ExampleSelect_star() {
	users, end := crew()
	defer end()
	planned, err := query.Prepare(users, `is_active`, query.Select("name", "default_warehouse.*"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range planned.Select {
		fmt.Println(f.Name)
	}
	_, err = query.Prepare(users, `is_active`, query.Select("warehouse.*"))
	fmt.Println(err)
	// Output:
	// name
	// default_warehouse.id
	// default_warehouse.name
	// default_warehouse.is_active
	// select "warehouse.*": no such fields; valid names are *, roles.*, default_warehouse.*, merchant.*
}

// An order that the server does not have, or has for one page only, is sorted locally.
func ExampleOrderBy() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	list(query.Run(ctx, users, ``, query.OrderBy("-id")))
	list(query.Run(ctx, users, ``, query.OrderBy("is_active,-name")))
	// Output:
	// [Dee Cyd Bob Ada]
	// [Cyd Dee Bob Ada]
}

func ExampleLimit() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	list(query.Run(ctx, users, `is_active`, query.OrderBy("id"), query.Limit(2)))
	list(query.Run(ctx, users, `is_active`, query.Limit(-1)))
	// Output:
	// [Ada Bob]
	// limit "-1": must be 0 (no limit) or more
}

// The largest page costs the least; a smaller one brings the first rows sooner.
func ExamplePageSize() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, ``, query.OrderBy("id"), query.PageSize(3))
	list(rows, err)
	if err == nil {
		fmt.Println(rows.Stats().Requests, "requests")
	}
	// Output:
	// [Ada Bob Cyd Dee]
	// 2 requests
}

func ExampleWithDeleted() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	list(query.Run(ctx, users, `id > 2`, query.OrderBy("id")))
	list(query.Run(ctx, users, `id > 2`, query.OrderBy("id"), query.WithDeleted(query.DeletedOnly)))
	list(query.Run(ctx, users, `id > 2`, query.OrderBy("id"), query.WithDeleted(query.DeletedInclude)))
	// Output:
	// [Cyd Dee]
	// [Eve]
	// [Cyd Dee Eve]
}

// With a fixed now, the plan is the same every day.
func ExampleNow() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	planned, err := query.Prepare(users, `last_login_at < now - 90d`,
		query.Now(time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(planned.Filter))
	// Output: last_login_at < 2024-01-01T12:00:00Z
}

// A date without a zone begins at midnight in this zone.
func ExampleZone() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	planned, err := query.Prepare(users, `created_at >= 2024-01-01`, query.Zone(time.FixedZone("", -5*60*60)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(planned.Filter))
	// Output: created_at >= 2024-01-01T05:00:00Z
}

// Each strategy brings the same rows; the default is the fastest.
func ExampleWalk() {
	users, end := crew()
	defer end()
	for _, strategy := range []plan.Strategy{plan.StrategySerial, plan.StrategySplitRanges} {
		rows, err := query.Run(context.Background(), users, `is_active`, query.PageSize(1), query.Walk(strategy))
		if err != nil {
			fmt.Println(err)
			return
		}
		for range rows.Batches() { // to the end
		}
		fmt.Println(strategy, rows.Stats().Rows, rows.Err())
	}
	// Output:
	// serial pages 3 <nil>
	// two-ended id gaps 3 <nil>
}

// A sort that exceeds its bound fails. With a limit it need not gather all rows.
func ExampleMaxSortRows() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	list(query.Run(ctx, users, ``, query.OrderBy("is_active,id"), query.MaxSortRows(3)))
	list(query.Run(ctx, users, ``, query.OrderBy("is_active,id"), query.MaxSortRows(3), query.Limit(2)))
	// Output:
	// more than 3 rows to sort locally: narrow the filter, set a limit, or order by the key
	// [Cyd Ada]
}

// The server cannot evaluate the pattern, so the run reads page after page for it.
func ExampleMaxRequests() {
	users, end := crew()
	defer end()
	ctx := context.Background()
	list(query.Run(ctx, users, `name like '%d%e%'`, query.PageSize(2), query.Walk(plan.StrategySerial), query.MaxRequests(1)))
	list(query.Run(ctx, users, `name like '%d%e%'`, query.PageSize(2), query.Walk(plan.StrategySerial), query.MaxRequests(9)))
	// Output:
	// paginate: ids […, 3): the run reached its limit: MaxRequests(1)
	// [Dee]
}

// A run that has received two rows makes no further request.
func ExampleMaxFetched() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, ``, query.OrderBy("id"), query.PageSize(2), query.MaxFetched(2), query.Walk(plan.StrategySerial))
	if err != nil {
		fmt.Println(err)
		return
	}
	for user, err := range rows.All() {
		fmt.Println(user.Name.Or("-"), errors.Is(err, query.ErrLimit))
	}
	// Output:
	// Ada false
	// Bob false
	// - true
}

// A plan of many requests states how long they take under the rate limit.
func ExampleRateLimit() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	planned, err := query.Prepare(users, ``, query.RateLimit(10, 60))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(planned.Cost.Requests, "requests take at least", planned.Cost.LeastTime)
	// Output: 100 requests take at least 4s
}

// With counts in place of guesses, the cost of a plan is known.
func ExamplePrepareCounted() {
	users, end := crew()
	defer end()
	planned, err := query.PrepareCounted(context.Background(), users, `is_active`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(planned.Cost.Rows, "rows in", planned.Cost.Requests, "request, known:", planned.Cost.Known)
	// Output: 3 rows in 1 request, known: true
}

// A plan can be inspected before it runs, and can run any number of times.
func ExampleRunPlan() {
	users, end := crew()
	defer end()
	planned, err := query.Prepare(users, `is_active`, query.OrderBy("-id"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the server answers all of it:", planned.Exact())
	for range 2 {
		list(query.RunPlan(context.Background(), users, planned))
	}
	// Output:
	// the server answers all of it: true
	// [Dee Bob Ada]
	// [Dee Bob Ada]
}

// After a run, compare what it took with what the plan expected.
func ExampleRun_analyze() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, `is_active and name contains 'e'`,
		query.Walk(plan.StrategySerial), query.PageSize(2))
	list(rows, err)
	if err != nil {
		return
	}
	took := rows.Analyze().Actual
	fmt.Println(took.Requests, "requests,", took.Fetched, "rows fetched,", took.Rows, "in the answer")
	// Output:
	// [Dee]
	// 2 requests, 3 rows fetched, 1 in the answer
}

// An unusable option is reported by name before any request.
func ExampleOptionError() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	_, err := query.Prepare(users, `is_active`, query.OrderBy("nme"))
	if refused, ok := errors.AsType[*query.OptionError](err); ok {
		fmt.Println(refused.Option, refused.Value)
	}
	fmt.Println(err)
	// Output:
	// sort nme
	// sort "nme": no such field; did you mean name?
}

// A filter can be built in Go instead of written.
func ExampleRun_built() {
	users, end := crew()
	defer end()
	filter := dsl.Where(dsl.Any(dsl.Field("id").Eq(1), dsl.Field("name").EndsWith("e")))
	list(query.Run(context.Background(), users, filter, query.OrderBy("id")))
	// Output: [Ada Dee]
}

// A sort that exceeds its memory uses a temporary file; the plan states the bound.
func ExampleSortMemory() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, "", query.OrderBy("-name"), query.SortMemory(32<<20))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rows.Plan().Reasons.Order)
	list(rows, nil)
	// Output:
	// all rows are sorted locally (above 32 MiB in a temporary file): the server has no second page of a sort other than by id
	// [Dee Cyd Bob Ada]
}

func ExampleWithout() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	for _, off := range [][]string{nil, {"pushdown"}} {
		planned, err := query.Prepare(users, `name = 'Ann' or name is null`, query.Without(off...))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("exact:", planned.Exact())
	}
	// Output:
	// exact: true
	// exact: false
}

// The plan is a union of two branches or one scan. Because a wrong guess would cost many
// requests, Choose counts rows first.
func ExampleChoose() {
	users, end := crew()
	defer end()
	const filter = `is_active or email ends with '@example.com'`
	planned, err := query.Prepare(users, filter)
	if err == nil {
		planned, err = query.Choose(context.Background(), users, planned, filter)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("counted:", planned.Counts > 0, "known:", planned.Cost.Known)
	// Output: counted: true known: true
}

// A run that verifies ends at the first row that the server should not have returned.
func ExampleVerifyPushdown() {
	users, end := crew()
	defer end()
	rows, err := query.Run(context.Background(), users, `name != 'Ada'`, query.OrderBy("id"), query.VerifyPushdown(100))
	if err != nil {
		fmt.Println(err)
		return
	}
	for user, err := range rows.All() {
		if wrong := (*query.PushdownError)(nil); errors.As(err, &wrong) {
			fmt.Println("do not trust", wrong.Sent)
			return
		}
		fmt.Println(user.Name.Or(""))
	}
	// Output:
	// Bob
	// Cyd
	// Dee
}

// No server is asked about a condition that calls a function of one's own.
func ExampleFunctions() {
	env, err := dsl.NewEnv(dsl.Function{
		Name: "domain", Args: []dsl.Argument{{Name: "address", Type: model.TypeString}}, Result: model.TypeString, Nullable: true,
		Call: func(args []model.Value) (model.Value, error) {
			_, domain, ok := strings.Cut(args[0].Str(), "@")
			if !ok {
				return model.Null(), nil
			}
			return model.String(domain), nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	users := shipstream.Users(nil, shipstream.AnyUser)
	planned, err := query.Prepare(users, `is_active and domain(email) = 'example.com'`, query.Functions(env))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(planned.Scans[0].Query["filter"], "and locally", dsl.Format(planned.Scans[0].Residual))
	// Output: [is_active:true] and locally domain(email) = 'example.com'
}

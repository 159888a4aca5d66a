package query

import (
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// Option changes how one query is planned or run. Without options a query selects the
// basic fields of all rows that are not deleted, in no order. Options are immutable.
type Option interface{ apply(*settings) }

type option func(*settings)

func (o option) apply(s *settings) { o(s) }

// settings collects the options of one query.
type settings struct {
	plan  plan.Options
	args  []any
	named map[string]any
	now   time.Time
	zone  *time.Location
	env   *dsl.Env
	hooks Hooks

	parse  []dsl.ParseOption // the limits of the filter's text
	regexp int
	steps  int

	maxRequests int64 // 0 = no bound
	maxFetched  int64
	keysKept    bool // a resumed run reads the keys of the rows back from the sink

	commitInterval time.Duration
	commitBatches  int
	onCommit       func(ExportStats)
	onStart        func(run func() Stats)
}

func newSettings(opts []Option) *settings {
	s := &settings{
		zone: time.UTC, commitInterval: DefaultCommitInterval, commitBatches: DefaultCommitBatches,
	}
	for _, o := range opts {
		if o != nil {
			o.apply(s)
		}
	}
	if s.now.IsZero() {
		s.now = time.Now()
	}
	return s
}

// Args binds the positional parameters $1, $2, … of the filter. A value is converted to
// the type of the field that it is compared with. A slice expands only in `in ($1)`; nil
// is an error.
func Args(values ...any) Option {
	return option(func(s *settings) { s.args = append(s.args, values...) })
}

// Named binds the parameter :name of the filter.
func Named(name string, value any) Option {
	return option(func(s *settings) {
		if s.named == nil {
			s.named = make(map[string]any)
		}
		s.named[name] = value
	})
}

// Select requests fields by name, in this order. Rows have the key field and the basic
// fields besides, because the server always sends them and removing them costs time.
// A consumer that shows only the selection, such as a sink, picks its columns itself.
// Without Select, rows have only the basic fields.
//
// "roles.*" selects every field below roles, and "*" every field of the row itself,
// references such as "roles" included. A star selects only fields that the server is
// known to return; [Plan.Select] lists them. Duplicates are dropped.
func Select(fields ...string) Option {
	return option(func(s *settings) { s.plan.Select = append(s.plan.Select, fields...) })
}

// OrderBy sets the order: a comma-separated list of fields, each with a leading minus
// for descending. Nulls come first in ascending order, strings follow the source's
// collation, and the key field breaks ties. Without an order, rows come as they arrive,
// which is fastest.
func OrderBy(keys string) Option {
	return option(func(s *settings) { s.plan.Order = keys })
}

// OrderByKey sorts by the key if that costs nothing: descending if the pages or the
// server have that order, else ascending, else rows come as they arrive. [Plan.Order]
// has the result. It never sorts locally, and [OrderBy] overrides it.
func OrderByKey() Option { return option(func(s *settings) { s.plan.ByKey = true }) }

// Limit delivers at most n rows; 0 means no limit. A negative n is an [OptionError].
func Limit(n int64) Option { return option(func(s *settings) { s.plan.Limit = n }) }

// PageSize requests n rows a page; 0, the default, means the most that the server gives.
// More than that or a negative n is an [OptionError].
func PageSize(n int) Option { return option(func(s *settings) { s.plan.PageSize = n }) }

// Deleted says which rows are read.
type Deleted = plan.Deleted

// The choices of [WithDeleted].
const (
	DeletedNone    = plan.DeletedNone    // rows that are not deleted: the default
	DeletedOnly    = plan.DeletedOnly    // deleted rows alone
	DeletedInclude = plan.DeletedInclude // both, by two scans of one run
)

// WithDeleted chooses whether deleted rows are read.
func WithDeleted(d Deleted) Option { return option(func(s *settings) { s.plan.Deleted = d }) }

// Now sets the time that `now` and `today` stand for; the default is the time of
// planning.
func Now(t time.Time) Option { return option(func(s *settings) { s.now = t }) }

// Zone sets the zone of dates and times that name none; the default is UTC.
func Zone(loc *time.Location) Option {
	return option(func(s *settings) {
		if loc != nil {
			s.zone = loc
		}
	})
}

// Functions lets the filter call the functions of an environment; the default, also for nil,
// is those of the language alone. Rows for which one fails end the run with a [RowError].
func Functions(env *dsl.Env) Option { return option(func(s *settings) { s.env = env }) }

// FilterLimits bounds what a filter's text may cost before it is planned, and what it may cost
// for a row. A field of 0 or
// less has its default, and one beyond its range the end of the range. Lower them for
// filters of strangers; [MaxRequests] and [MaxFetched] bound what a run may cost.
type FilterLimits struct {
	Bytes     int // of the text: 1 to 64 MiB; 256 KiB by default. Not of a parsed filter
	Tokens    int // names, values, operators and marks: 1 to 16 000 000; 40 000 by default. Not of a parsed filter
	Depth     int // of parentheses and `not`: 1 to 10 000; 200 by default. Not of a parsed filter
	ListItems int // values of one `in`: 1 to 1 000 000; 10 000 by default. Not of a parsed filter
	Regexp    int // instructions of all regular expressions: 1 to 10 000 000; 10 000 by default
	Steps     int // of evaluating it for one row: see [dsl.MaxSteps]; 20 000 000 by default
}

// LimitFilter sets the limits of the filter's text. A filter beyond one is an error that
// matches [ErrLimit], with a text for the author of the filter. A row that takes more Steps
// ends the run with an error that matches [dsl.ErrSteps], too.
func LimitFilter(l FilterLimits) Option {
	return option(func(s *settings) {
		s.parse = []dsl.ParseOption{dsl.MaxBytes(l.Bytes), dsl.MaxTokens(l.Tokens), dsl.MaxDepth(l.Depth), dsl.MaxListItems(l.ListItems)}
		s.regexp, s.steps = l.Regexp, l.Steps
	})
}

// RateLimit sets the server's rate limit, in requests a second after a burst, from which
// a plan computes its least time. It does not limit the run: the client does. A rate of
// 0 means no limit.
func RateLimit(rate float64, burst int) Option {
	return option(func(s *settings) { s.plan.Rate, s.plan.Burst = rate, burst })
}

// Walk sets how several pages are fetched, for comparisons: [plan.StrategySerial] and
// [plan.StrategySplitRanges] deliver the same rows. Other strategies are ignored. With an
// order by the key, only StrategySerial has an effect.
func Walk(s plan.Strategy) Option {
	return option(func(o *settings) {
		if s == plan.StrategySerial || s == plan.StrategySplitRanges {
			o.plan.Strategy = s
		}
	})
}

// MaxSortRows bounds how many rows a local sort gathers. 0 or less means no bound if
// the source's rows can spill, else [plan.DefaultMaxSortRows]. A run that exceeds the
// bound fails with a [SortLimitError].
func MaxSortRows(n int) Option {
	return option(func(s *settings) {
		if n > 0 {
			s.plan.MaxSortRows = n
		}
	})
}

// SortMemory bounds the estimated memory, in bytes, of the rows in a local sort. 0 or
// less means [plan.DefaultSortMemory]. Above the bound, the sort uses a temporary file of
// about the size of the rows' JSON.
func SortMemory(bytes int64) Option {
	return option(func(s *settings) {
		if bytes > 0 {
			s.plan.SortMemory = bytes
		}
	})
}

// MaxRequests ends the run with a [LimitError] in place of request n+1. Counts before the
// first page are requests, and repeated attempts are not. The rows so far are delivered,
// and the run can resume from them. 0 or less means no bound.
func MaxRequests(n int64) Option { return option(func(s *settings) { s.maxRequests = max(n, 0) }) }

// MaxFetched ends the run with a [LimitError] in place of a request after n rows were
// received, whether or not the filter keeps them: a filter that the server cannot evaluate
// may read a whole listing for a few rows, whatever the [Limit]. A page that is under way
// is still received. Otherwise it is as [MaxRequests].
func MaxFetched(n int64) Option { return option(func(s *settings) { s.maxFetched = max(n, 0) }) }

// Without switches off planning rules by name; see [plan.Rules]. It changes the cost and
// never the answer. Use it in tests and to measure a rule.
func Without(rules ...string) Option {
	return option(func(s *settings) { s.plan.Without = rules })
}

// The default interval and batches of [CommitEvery].
const (
	DefaultCommitInterval = time.Second
	DefaultCommitBatches  = 64
)

// CommitEvery makes an [Export] commit when the interval has passed or the batches, each
// of about a page, were written since the last commit. 0 means the default. A crash
// loses at most the rows since the last commit.
func CommitEvery(interval time.Duration, batches int) Option {
	return option(func(s *settings) {
		if interval > 0 {
			s.commitInterval = interval
		}
		if batches > 0 {
			s.commitBatches = batches
		}
	})
}

// OnCommit makes an [Export] call f after each commit, in the export's goroutine.
func OnCommit(f func(ExportStats)) Option { return option(func(s *settings) { s.onCommit = f }) }

// OnStart makes an [Export] call f before its first page. run returns the statistics of
// the run; any goroutine may call it at any time from then on. An export that has no
// rows left starts no run and does not call f.
func OnStart(f func(run func() Stats)) Option { return option(func(s *settings) { s.onStart = f }) }

// WithHooks sets the hooks of a run.
func WithHooks(h Hooks) Option { return option(func(s *settings) { s.hooks = h }) }

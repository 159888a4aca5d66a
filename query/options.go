package query

import (
	"time"

	"github.com/muster-go/muster/query/plan"
)

// Option changes how one query is planned or run. The zero set of options
// selects the basic fields of all rows that are not deleted, in no order.
type Option interface{ apply(*settings) }

type option func(*settings)

func (o option) apply(s *settings) { o(s) }

// settings is what the options of one query amount to.
type settings struct {
	plan  plan.Options
	args  []any
	named map[string]any
	now   time.Time
	zone  *time.Location
	hooks Hooks

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

// Args binds the positional parameters $1, $2, … of the filter. Values take the
// type of the field that they are compared with; a slice expands only as
// `in ($1)`; nil is an error.
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

// Select asks for fields by name, in this order. The key field always comes along, and
// so do the basic fields: a server sends them unasked, and to take them out of every
// row would only cost time. It decides, then, what comes besides, such as "roles.name";
// to show no more than was selected is for whoever writes the rows, as the columns of a
// sink do. Without it rows carry the basic fields alone.
//
// "roles.*" is every field below roles, and "*" every field of the row's own, which a
// reference such as "roles" is too: those of which it is known that the server returns
// them. What became of a star stands in [Plan.Select]. A field that is named twice comes
// once.
func Select(fields ...string) Option {
	return option(func(s *settings) { s.plan.Select = append(s.plan.Select, fields...) })
}

// OrderBy asks for an order: a comma-separated list of fields, each with a
// leading minus for descending. Nulls come first in ascending order, strings
// follow the source's collation, and the key field breaks ties. Without it rows
// come as they arrive, which is fastest.
func OrderBy(keys string) Option {
	return option(func(s *settings) { s.plan.Order = keys })
}

// OrderByKey asks for rows in order of the key where that costs nothing: the greatest
// first where the walk or the server brings them so, else the least first, and else as
// they arrive; the plan says which. Unlike [OrderBy], which takes its place, it never
// has all rows read for the first of them.
func OrderByKey() Option { return option(func(s *settings) { s.plan.ByKey = true }) }

// Limit delivers at most n rows; 0 means no limit, less is an error.
func Limit(n int64) Option { return option(func(s *settings) { s.plan.Limit = n }) }

// PageSize asks for n rows a request; 0, the default, means the most that the
// server gives.
func PageSize(n int) Option { return option(func(s *settings) { s.plan.PageSize = n }) }

// Deleted says which rows are walked.
type Deleted = plan.Deleted

// The choices of [WithDeleted].
const (
	DeletedNone    = plan.DeletedNone    // rows that are not deleted: the default
	DeletedOnly    = plan.DeletedOnly    // deleted rows alone
	DeletedInclude = plan.DeletedInclude // both, as two scans of one run
)

// WithDeleted chooses among deleted and other rows.
func WithDeleted(d Deleted) Option { return option(func(s *settings) { s.plan.Deleted = d }) }

// Now fixes what `now` and `today` mean; by default the time of planning.
func Now(t time.Time) Option { return option(func(s *settings) { s.now = t }) }

// Zone is the zone of dates and times that name none; UTC by default.
func Zone(loc *time.Location) Option {
	return option(func(s *settings) {
		if loc != nil {
			s.zone = loc
		}
	})
}

// RateLimit tells the planner the server's rate limit, in requests a second after a
// burst, so that a plan can say what it takes at the least. It does not limit
// the run: the client does. A rate of 0 means no limit.
func RateLimit(rate float64, burst int) Option {
	return option(func(s *settings) { s.plan.Rate, s.plan.Burst = rate, burst })
}

// Walk fixes how pages are fetched where more than a page may come. It is for
// comparisons: [plan.StrategySerial] and [plan.StrategySplitRanges] deliver the
// same rows. An order by the key takes no other than StrategySerial.
func Walk(s plan.Strategy) Option {
	return option(func(o *settings) {
		if s == plan.StrategySerial || s == plan.StrategySplitRanges {
			o.plan.Strategy = s
		}
	})
}

// MaxSortRows bounds how many rows a local sort may gather; 0 or less means no
// bound where the source's rows spill, else [plan.DefaultMaxSortRows]. A run that
// meets the bound ends with a [SortLimitError].
func MaxSortRows(n int) Option {
	return option(func(s *settings) {
		if n > 0 {
			s.plan.MaxSortRows = n
		}
	})
}

// SortMemory bounds the memory, in bytes, that a local sort of all rows takes for
// them, by estimate; 0 or less means [plan.DefaultSortMemory]. What goes beyond is sorted
// in a temporary file, which takes about as many bytes as the rows' JSON has.
func SortMemory(bytes int64) Option {
	return option(func(s *settings) {
		if bytes > 0 {
			s.plan.SortMemory = bytes
		}
	})
}

// Without switches off planning rules by name; see [plan.Rules]. The answer stays the
// same: it is for tests that hold this, and to see what a rule is worth.
func Without(rules ...string) Option {
	return option(func(s *settings) { s.plan.Without = rules })
}

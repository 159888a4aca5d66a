package query

import (
	"time"
)

// Option changes how one query is planned or run. The zero set of options
// selects the basic fields of all rows that are not deleted, in no order.
type Option interface{ apply(*settings) }

type option func(*settings)

func (o option) apply(s *settings) { o(s) }

// settings is what the options of one query amount to.
type settings struct {
	args        []any
	named       map[string]any
	selected    []string
	order       string
	byKey       bool // where it costs nothing and order is ""
	limit       int64
	pageSize    int
	deleted     Deleted
	now         time.Time
	zone        *time.Location
	maxSortRows int // 0 = not set
	sortMemory  int64
	strategy    Strategy
	pace        pace
	hooks       Hooks
	without     map[string]bool // rules that are switched off, for tests

	commitInterval time.Duration
	commitBatches  int
	onCommit       func(ExportStats)
	onStart        func(run func() Stats)
}

// DefaultSortMemory is what a local sort keeps in memory before it goes on in a
// temporary file.
const DefaultSortMemory = 64 << 20

// DefaultMaxSortRows is how many rows a local sort gathers before it gives up where
// the source is no [Spiller].
// At some 300 bytes a user it bounds a sort at about 300 MB.
const DefaultMaxSortRows = 1_000_000

func newSettings(opts []Option) *settings {
	s := &settings{
		zone: time.UTC, sortMemory: DefaultSortMemory,
		commitInterval: DefaultCommitInterval, commitBatches: DefaultCommitBatches,
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
	return option(func(s *settings) { s.selected = append(s.selected, fields...) })
}

// OrderBy asks for an order: a comma-separated list of fields, each with a
// leading minus for descending. Nulls come first in ascending order, strings
// follow the source's collation, and the key field breaks ties. Without it rows
// come as they arrive, which is fastest.
func OrderBy(keys string) Option {
	return option(func(s *settings) { s.order = keys })
}

// OrderByKey asks for rows in order of the key where that costs nothing: the greatest
// first where the walk or the server brings them so, else the least first, and else as
// they arrive; the plan says which. Unlike [OrderBy], which takes its place, it never
// has all rows read for the first of them.
func OrderByKey() Option { return option(func(s *settings) { s.byKey = true }) }

// Limit delivers at most n rows; 0 means no limit, less is an error.
func Limit(n int64) Option { return option(func(s *settings) { s.limit = n }) }

// PageSize asks for n rows a request; 0, the default, means the most that the
// server gives.
func PageSize(n int) Option { return option(func(s *settings) { s.pageSize = n }) }

// Deleted says which rows are walked.
type Deleted uint8

// The choices of [WithDeleted].
const (
	DeletedNone    Deleted = iota // rows that are not deleted: the default
	DeletedOnly                   // deleted rows alone
	DeletedInclude                // both, as two scans of one run
)

// String returns the word that the command line takes.
func (d Deleted) String() string {
	switch d {
	case DeletedOnly:
		return "only"
	case DeletedInclude:
		return "include"
	case DeletedNone:
	}
	return "none"
}

// WithDeleted chooses among deleted and other rows.
func WithDeleted(d Deleted) Option { return option(func(s *settings) { s.deleted = d }) }

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
	return option(func(s *settings) { s.pace = pace{rate, burst} })
}

// Walk fixes how pages are fetched if more than one may come, for comparisons:
// [StrategySerial] and [StrategySplitRanges] deliver the same rows. An order by the key
// accepts StrategySerial only.
func Walk(s Strategy) Option {
	return option(func(o *settings) {
		if s == StrategySerial || s == StrategySplitRanges {
			o.strategy = s
		}
	})
}

// MaxSortRows bounds how many rows a local sort may gather; 0 or less means no
// bound where the source is a [Spiller], else [DefaultMaxSortRows]. A run that
// meets the bound ends with a [SortLimitError].
func MaxSortRows(n int) Option {
	return option(func(s *settings) {
		if n > 0 {
			s.maxSortRows = n
		}
	})
}

// SortMemory bounds the memory, in bytes, that a local sort of all rows takes for
// them, by estimate; 0 or less means [DefaultSortMemory]. What goes beyond is sorted
// in a temporary file, which takes about as many bytes as the rows' JSON has.
func SortMemory(bytes int64) Option {
	return option(func(s *settings) {
		if bytes > 0 {
			s.sortMemory = bytes
		}
	})
}

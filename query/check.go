package query

import (
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Text is the form of a filter: source text or a parsed tree. A nil tree and an empty
// text match every row.
type Text interface{ string | *dsl.Filter }

// Check parses the filter and checks it against the resource's schema. Its
// errors are those of [dsl.Parse] and [dsl.Check].
func Check[F Text](r Resource, filter F, opts ...Option) (*dsl.Checked, error) {
	return check(r.Schema(), filter, newSettings(opts))
}

func check[F Text](schema *model.Schema, filter F, s *settings) (*dsl.Checked, error) {
	var parsed *dsl.Filter
	switch f := any(filter).(type) {
	case *dsl.Filter:
		parsed = f
	case string:
		var err error
		if parsed, err = dsl.Parse(f, s.parse...); err != nil {
			return nil, err
		}
	}
	if parsed == nil {
		parsed = &dsl.Filter{}
	}
	opts := make([]dsl.CheckOption, 0, 6)
	opts = append(opts, dsl.Now(s.now))
	if s.regexp > 0 {
		opts = append(opts, dsl.MaxRegexp(s.regexp))
	}
	if s.env != nil {
		opts = append(opts, dsl.Functions(s.env))
	}
	if s.zone != time.UTC {
		opts = append(opts, dsl.Zone(s.zone))
	}
	if len(s.args) > 0 {
		opts = append(opts, dsl.Args(s.args...))
	}
	if len(s.named) > 0 {
		opts = append(opts, dsl.Named(s.named))
	}
	return dsl.Check(parsed, schema, opts...)
}

package query

import "github.com/muster-go/muster/paginate"

// Hooks are told what a run does, as it does it. Each may be nil. Those of a plan
// of several scans are called by several goroutines at once: they must be safe for
// concurrent use and return soon. What happens to single attempts is told by the
// hooks of package transport.
type Hooks struct {
	Page  PageHook
	Split SplitHook
}

// PageHook is told of every page of a scan, numbered as the plan has it.
type PageHook interface {
	OnPage(scan int, e paginate.PageEvent)
}

// SplitHook is told of every range of unread ids that is cut in two for a free
// worker.
type SplitHook interface {
	OnSplit(scan int, e paginate.SplitEvent)
}

// WithHooks has the run tell the hooks what it does.
func WithHooks(h Hooks) Option { return option(func(s *settings) { s.hooks = h }) }

// of returns the hooks for one scan.
func (h Hooks) of(scan int) paginate.Hooks {
	var out paginate.Hooks
	if h.Page != nil {
		out.Page = func(e paginate.PageEvent) { h.Page.OnPage(scan, e) }
	}
	if h.Split != nil {
		out.Split = func(e paginate.SplitEvent) { h.Split.OnSplit(scan, e) }
	}
	return out
}

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

// PageHook is told of every page of a scan, keyFunc as the plan has it.
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

// scanHooks are the hooks of one scan.
type scanHooks struct {
	scan  int
	hooks Hooks
}

func (h scanHooks) OnPage(e paginate.PageEvent)   { h.hooks.Page.OnPage(h.scan, e) }
func (h scanHooks) OnSplit(e paginate.SplitEvent) { h.hooks.Split.OnSplit(h.scan, e) }

// of are the hooks for a scan of paginate.
func (h Hooks) of(scan int) paginate.Hooks {
	var out paginate.Hooks
	if h.Page != nil {
		out.Page = scanHooks{scan, h}
	}
	if h.Split != nil {
		out.Split = scanHooks{scan, h}
	}
	return out
}

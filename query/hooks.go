package query

import (
	"github.com/muster-go/muster/paginate"
)

// Hooks observe a run. Each hook may be nil. A plan of several scans calls them from
// several goroutines at once, so they must be safe for concurrent use and return fast.
// The hooks of package transport observe single attempts.
type Hooks struct {
	Page  PageHook
	Split SplitHook
}

// PageHook observes every page of a scan. scan is the index in [Plan.Scans].
type PageHook interface {
	OnPage(scan int, e paginate.PageEvent)
}

// SplitHook observes every range of unread ids that is split for an idle worker. scan
// is the index in [Plan.Scans].
type SplitHook interface {
	OnSplit(scan int, e paginate.SplitEvent)
}

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

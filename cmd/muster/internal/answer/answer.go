package answer

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/console"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// Answerer answers filters. Its methods are for one goroutine, except Matching,
// which another may call at the same time.
type Answerer struct {
	Resource resource.Resource // on a client
	Notes    *Notes            // where the client reports to people

	// Plan plans a filter by the flags and the settings as they are now.
	Plan func(filter string, to Purpose) (*query.Plan, error)
	// Warn prints the warnings of a plan.
	Warn func(*query.Plan)
	// Doubt prints the warnings of a run that has ended.
	Doubt func(query.Stats)
	// Watch shows the progress of a run until stop is called.
	Watch func(progress.Run) (stop func())
	// Output says how to print rows to w.
	Output func(w io.Writer) resource.Output
	// Terminal reports that a terminal shows the answers. They are then cleaned.
	Terminal bool
	// Summarize adds a line about each run.
	Summarize bool
}

// Purpose is what a plan is for.
type Purpose int

// The purposes.
const (
	Show    Purpose = iota // the rows, in the shape of the settings
	Number                 // how many rows, whatever the limit, the order and the fields
	Explain                // as Show, with an estimate of the time
)

// Run prints the rows of a filter, with the progress of the run until the first
// row. It returns a line about the run; "" = none.
func (a *Answerer) Run(ctx context.Context, w io.Writer, filter string) (summary string, err error) {
	a.Notes.Open(true)
	defer a.Notes.Open(false)
	plan, err := a.Plan(filter, Show)
	if err != nil {
		return "", err
	}
	a.Warn(plan)
	client := a.Resource.Client()
	before := client.Stats()
	rows, err := a.Resource.Run(ctx, plan)
	if err != nil {
		return "", err
	}
	stop := sync.OnceFunc(a.Watch(progress.Run{Client: client, Limit: plan.Limit, Stats: rows.Stats}))
	err = rows.Write(ctx, a.Output(&firstWrite{ctx, w, stop}))
	stop()
	done := rows.Stats()
	a.Doubt(done)
	if err != nil || !a.Summarize {
		return "", err
	}
	summary = progress.Summary(done, since(before, client.Stats()))
	if plan.Limit > 0 && done.Rows == plan.Limit {
		summary += `; \limit 0 shows all`
	}
	return summary, nil
}

// firstWrite is a writer that calls stop before anything is written.
type firstWrite struct {
	ctx  context.Context //nolint:containedctx // of one run
	w    io.Writer
	stop func()
}

func (f *firstWrite) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	f.stop()
	if err := f.ctx.Err(); err != nil {
		return 0, err // a cancelled run prints no header
	}
	return f.w.Write(b)
}

// Explain prints the plan of a filter.
func (a *Answerer) Explain(_ context.Context, w io.Writer, filter string) error {
	plan, err := a.Plan(filter, Explain)
	if err != nil {
		return err
	}
	text := plan.String()
	if a.Terminal {
		text = console.Clean(text)
	}
	_, err = io.WriteString(w, text)
	return err
}

// Count prints how many rows a filter has, whatever the limit is.
func (a *Answerer) Count(ctx context.Context, w io.Writer, filter string) error {
	a.Notes.Open(true)
	defer a.Notes.Open(false)
	plan, err := a.Plan(filter, Number)
	if err != nil {
		return err
	}
	n, walk, err := resource.Count(ctx, a.Resource, plan)
	if err != nil {
		return err
	}
	a.Doubt(walk)
	_, err = fmt.Fprintf(w, "%d\n", n)
	return err
}

// patience is how long a count may take while the user types. Later it would
// interest nobody.
const patience = 10 * time.Second

// Matching counts the rows of a filter if one request can; false if none can, or if
// it fails.
func (a *Answerer) Matching(ctx context.Context, filter string) (words string, ok bool) {
	plan, err := a.Plan(filter, Number)
	if err != nil || !plan.Exact() || len(plan.Scans) > 1 {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	n, err := a.Resource.Count(ctx, plan, query.OnStart(func(func() query.Stats) { cancel() })) // it would fetch the rows
	if err != nil {
		return "", false
	}
	return progress.Count(n, "row"), true
}

// since returns what a client did between two snapshots.
func since(before, after transport.Stats) transport.Stats {
	after.Requests -= before.Requests
	after.Retries -= before.Retries
	after.Throttled -= before.Throttled
	after.Conflicts -= before.Conflicts
	return after
}

package export

import (
	"errors"
	"fmt"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/sink"
)

// Summary returns one line about a finished export.
func (r Result) Summary() string {
	line := progress.Count(r.Committed, "row")
	if r.Resumed > 0 {
		line += fmt.Sprintf(", %s of them from before", progress.Number(r.Resumed))
	}
	line = fmt.Sprintf("%s; %s in %s", line, progress.Count(r.Run.Requests, "request"), r.Run.Elapsed.Round(time.Millisecond))
	if r.Run.Repeated > 0 {
		line += fmt.Sprintf("; %s that came again dropped", progress.Count(r.Run.Repeated, "row"))
	}
	return line
}

// Explain adds to the error of an export how to proceed. The notes are lines that
// say what is safe and how to resume; command returns the command line with one
// more flag.
func (t Target) Explain(r Result, err error, command func(flag string) string) (notes []string, explained error) {
	leftover, replaced := (*sink.LeftoverError)(nil), (*sink.ReplaceError)(nil)
	switch {
	case errors.As(err, &replaced) && len(replaced.Differences) > 0:
		return nil, fmt.Errorf("%w; name another output, or add --replace to replace it", err)
	case errors.As(err, &replaced):
		return nil, fmt.Errorf("%w; nothing was changed; add --accept-deletes if the rows are to go", err)
	case errors.As(err, &leftover) && leftover.Resumable:
		return nil, fmt.Errorf("%w: add --resume to go on with it, or --restart to drop it", err)
	case errors.As(err, &leftover):
		return nil, fmt.Errorf("%w: add --restart to drop it", err)
	case errors.Is(err, query.ErrStored), errors.Is(err, sink.ErrCheckpoint):
		return nil, fmt.Errorf("%w; add --restart to start over", err)
	case !r.Resumable || t.Streams():
		return nil, err
	}
	notes = append(notes, fmt.Sprintf("%s safe in %s; to go on: %s", rowsAre(r.Committed), t.Output, command("--resume")))
	if next := (*rest.NextPageError)(nil); errors.As(err, &next) {
		notes = append(notes, "if the server refuses that page again, it no longer knows it; to start over: "+command("--restart"))
	}
	if exit.Code(err) == exit.Interrupted {
		return notes, err
	}
	return notes, &exit.KeptError{Err: err}
}

func rowsAre(n int64) string {
	if n == 1 {
		return "1 row is"
	}
	return progress.Count(n, "row") + " are"
}

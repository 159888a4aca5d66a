package shell

import (
	"context"
	"strings"
	"sync"
	"time"
)

// pause is how long typing has to rest before rows are counted: longer than
// between two keys, shorter than patience.
const pause = 400 * time.Millisecond

// counter counts the rows that match a line while it is typed, once typing
// pauses. What it counts for a line that has changed since is dropped, and the
// request with it.
type counter struct {
	matching func(ctx context.Context, filter string) (words string, ok bool)
	changed  func() // tells the editor that there is something to show

	counting sync.WaitGroup
	cancel   context.CancelFunc // ends the count of the line before

	mu     sync.Mutex
	filter string // the line as it is, or was last counted
	words  string // how many rows match it, once known
	known  bool
}

// of says how many rows match a line if that is known by now; else it sees to it
// that it soon is. It never waits.
func (c *counter) of(ctx context.Context, line string) (words string, ok bool) {
	line = strings.TrimSpace(line)
	c.mu.Lock()
	defer c.mu.Unlock()
	if line == c.filter {
		return c.words, c.known
	}
	c.filter, c.words, c.known = line, "", false
	c.cancel()
	if line == "" || strings.HasPrefix(line, `\`) {
		return "", false
	}
	ctx, c.cancel = context.WithCancel(ctx)
	c.counting.Go(func() { c.count(ctx, line) })
	return "", false
}

// count waits for the pause and counts.
func (c *counter) count(ctx context.Context, line string) {
	rest := time.NewTimer(pause)
	defer rest.Stop()
	select {
	case <-ctx.Done():
		return
	case <-rest.C:
	}
	words, ok := c.matching(ctx, line)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok || c.filter != line || ctx.Err() != nil {
		return
	}
	c.words, c.known = words, true
	c.changed()
}

// stop ends what is being counted and waits for it. What is known stays known.
func (c *counter) stop() {
	c.mu.Lock()
	c.cancel()
	if !c.known {
		c.filter = ""
	}
	c.mu.Unlock()
	c.counting.Wait()
}

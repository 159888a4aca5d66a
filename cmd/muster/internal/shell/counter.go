package shell

import (
	"context"
	"strings"
	"sync"
	"time"
)

// pause is how long typing must rest before rows are counted: longer than the time
// between two keys.
const pause = 400 * time.Millisecond

// counter counts the rows that match a line when typing pauses. If the line changes,
// it cancels the request and drops the count.
type counter struct {
	matching func(ctx context.Context, filter string) (words string, ok bool)
	changed  func() // tells the editor that there is a count to show

	counting sync.WaitGroup
	cancel   context.CancelFunc // ends the count of the line before

	mu     sync.Mutex
	filter string // the line as it is, or was last counted
	words  string // how many rows match it, once known
	known  bool
}

// of returns how many rows match a line if that is known; else it starts to count. It
// never waits.
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

// stop ends the current count and waits for it. A finished count stays known.
func (c *counter) stop() {
	c.mu.Lock()
	c.cancel()
	if !c.known {
		c.filter = ""
	}
	c.mu.Unlock()
	c.counting.Wait()
}

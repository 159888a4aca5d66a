package limit

import (
	"context"
	"time"
)

// Budget grants requests at the rate that the API allows. Acquire returns when n
// requests may be sent; it fails with the context's cause.
type Budget interface {
	Acquire(ctx context.Context, n int) error
}

// Pacer admits a request when no cooldown is on and the budget has a token for it.
// It is safe for concurrent use if its budget is.
type Pacer struct {
	Cooldown *Cooldown
	Budget   Budget
}

// Admit waits for the end of the cooldown, then for the budget, and then checks the
// cooldown again, which may have started meanwhile. In that case the token is void,
// because it was granted before the server said that it counts differently. Admit
// waits for another one: otherwise the whole queue would go at once when the
// cooldown ends. It fails as [Cooldown.Wait] and the budget do.
func (p *Pacer) Admit(ctx context.Context) error {
	for {
		if err := p.Cooldown.Wait(ctx); err != nil {
			return err
		}
		if err := p.Budget.Acquire(ctx, 1); err != nil {
			return err
		}
		if left, _ := p.Cooldown.Left(time.Now()); left <= 0 {
			return nil
		}
	}
}

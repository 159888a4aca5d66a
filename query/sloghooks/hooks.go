package sloghooks

import (
	"context"
	"log/slog"

	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// Transport returns the hooks of a client. A nil logger means [slog.Default].
func Transport(l *slog.Logger) transport.Hooks {
	h := newHooks(l)
	return transport.Hooks{Request: h, Retry: h, Throttle: h}
}

// Query returns the hooks of a run. A nil logger means [slog.Default].
func Query(l *slog.Logger) query.Hooks {
	h := newHooks(l)
	return query.Hooks{Page: h, Split: h}
}

type hooks struct{ logger *slog.Logger }

func newHooks(l *slog.Logger) hooks {
	if l == nil {
		l = slog.Default()
	}
	return hooks{l}
}

// log writes a record if its level is enabled; otherwise it does not make the attributes.
func (h hooks) log(level slog.Level, message string, attributes func() []slog.Attr) {
	if ctx := context.Background(); h.logger.Enabled(ctx, level) {
		h.logger.LogAttrs(ctx, level, message, attributes()...)
	}
}

func ofCall(c transport.Call) slog.Attr {
	return slog.Group("request", slog.String("method", c.Method), slog.String("url", display.Clean(c.URL)), slog.Int("attempt", c.Attempt))
}

// outcome is the status of an answer, or why there was none.
func outcome(status int, err error) slog.Attr {
	if err != nil {
		return slog.String("error", display.Clean(err.Error()))
	}
	return slog.Int("status", status)
}

// OnRequest implements [transport.RequestHook].
func (h hooks) OnRequest(e transport.RequestEvent) {
	h.log(slog.LevelDebug, "attempt", func() []slog.Attr {
		return []slog.Attr{ofCall(e.Call), outcome(e.Status, e.Err), slog.Int64("bytes", e.Bytes), slog.Duration("elapsed", e.Elapsed)}
	})
}

// OnRetry implements [transport.RetryHook].
func (h hooks) OnRetry(e transport.RetryEvent) {
	h.log(slog.LevelWarn, "retry", func() []slog.Attr {
		return []slog.Attr{ofCall(e.Call), outcome(e.Status, e.Err), slog.Duration("wait", e.Wait)}
	})
}

// OnThrottle implements [transport.ThrottleHook].
func (h hooks) OnThrottle(e transport.ThrottleEvent) {
	h.log(slog.LevelWarn, "throttled", func() []slog.Attr {
		return []slog.Attr{ofCall(e.Call), slog.Int("status", e.Status), slog.Duration("wait", e.Wait), slog.Int("workers", e.Workers)}
	})
}

// OnPage implements [query.PageHook].
func (h hooks) OnPage(scan int, e paginate.PageEvent) {
	h.log(slog.LevelDebug, "page", func() []slog.Attr {
		attributes := []slog.Attr{
			slog.Int("scan", scan), slog.String("request", display.Clean(e.Request.String())),
			slog.Int("rows", e.Rows), slog.Int("kept", e.Kept), slog.Duration("elapsed", e.Elapsed),
		}
		if e.Err != nil {
			attributes = append(attributes, outcome(0, e.Err))
		}
		return attributes
	})
}

// OnSplit implements [query.SplitHook].
func (h hooks) OnSplit(scan int, e paginate.SplitEvent) {
	h.log(slog.LevelDebug, "split", func() []slog.Attr {
		return []slog.Attr{slog.Int("scan", scan), slog.Int64("from", e.Low.Lo), slog.Int64("at", e.High.Lo), slog.Int64("until", e.High.Hi)}
	})
}

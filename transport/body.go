package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/muster-go/muster/transport/internal/limit"
)

// bodyReader is the stage that bounds an attempt: its time from here on, after all
// waiting for slot, cooldown and budget, and the size of its body. It reads the whole
// body, so that the client retries a reset in the middle of it like any other failure.
type bodyReader struct {
	next    http.RoundTripper
	timeout time.Duration
	limit   int64
	memory  *limit.Memory // of all bodies, except for the first maxGuess bytes of each

	last  atomic.Int64 // size of the last body, a guess at the next
	spare sync.Pool    // of *[]byte: what [Response.Release] gave back
}

// RoundTrip implements [http.RoundTripper]. The response's Body is a *wholeBody.
func (b *bodyReader) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, clock := startClock(req.Context(), b.timeout)
	defer clock.stop()
	resp, err := b.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, b.attemptError(req.Context(), ctx, err)
	}
	raw := resp.Body
	defer func() { _ = raw.Close() }() // read to its end, or given up
	// net/http's bodies end with the context; those of Options.Transport may not.
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	share := b.memory.Share()
	body, err := b.read(ctx, resp, share, clock)
	if err != nil {
		share.Free()
		return nil, b.attemptError(req.Context(), ctx, err)
	}
	share.Full()
	resp.Body = newWholeBody(body, share, &b.spare)
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// attemptError distinguishes the caller's own end, which is final, from the attempt's
// time-out, which the client retries.
func (b *bodyReader) attemptError(caller, attempt context.Context, err error) error {
	switch {
	case caller.Err() != nil:
		return context.Cause(caller)
	case errors.Is(context.Cause(attempt), ErrTimeout):
		return fmt.Errorf("%w after %s", ErrTimeout, b.timeout)
	}
	return err
}

// read reads the body. net/http has unpacked it, so the limit holds for the unpacked
// size.
func (b *bodyReader) read(ctx context.Context, resp *http.Response, share *limit.Share, clock *clock) ([]byte, error) {
	if resp.StatusCode < http.StatusOK {
		return nil, nil // of a 101: it is the connection itself, which need not end
	}
	buf := b.buffer(b.capacity(resp.ContentLength))
	most := maxGuess // bytes that the buffer may hold; more must be granted
	for ctx.Err() == nil {
		if len(buf) == most {
			more := int(min(int64(most), b.limit-int64(most)+1))
			if err := clock.pause(func() error { return share.Grow(ctx, int64(more)) }); err != nil {
				return nil, err
			}
			most += more
			buf = slices.Grow(buf, more)
		}
		n, err := resp.Body.Read(buf[len(buf):min(cap(buf), most)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > b.limit:
			return nil, &BodyTooLargeError{Limit: b.limit}
		case errors.Is(err, io.EOF):
			b.last.Store(int64(len(buf)))
			return buf, checkLength(resp, len(buf))
		case err != nil:
			return nil, err
		}
		if len(buf) == cap(buf) && len(buf) < most {
			buf = append(buf, 0)[:len(buf)]
		}
	}
	return nil, context.Cause(ctx)
}

// buffer returns an empty buffer of that capacity, a spare one if it is large enough.
func (b *bodyReader) buffer(capacity int64) []byte {
	if spare, ok := b.spare.Get().(*[]byte); ok && int64(cap(*spare)) >= capacity {
		return (*spare)[:0]
	}
	return make([]byte, 0, capacity)
}

// Bounds of the first guess at a body's size. A header alone must not cost memory, so
// the guess is maxGuess at most, whatever the server announces.
const (
	minGuess = 4 << 10
	maxGuess = 1 << 20
)

func (b *bodyReader) capacity(announced int64) int64 {
	guess := announced + 1 // with a byte to spare, read sees the end without growing
	if announced < 0 {
		last := b.last.Load()
		guess = last + last/8
	}
	return min(max(guess, minGuess), maxGuess)
}

// checkLength finds a cut that the transport below did not report. net/http's reports
// it; Options.Transport may not.
func checkLength(resp *http.Response, n int) error {
	if !resp.Uncompressed && resp.ContentLength > int64(n) {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// wholeBody is a body in memory.
type wholeBody struct {
	bytes.Reader
	data  []byte
	share *limit.Share // of the memory of all bodies
	spare *sync.Pool   // where Release puts data
}

func newWholeBody(data []byte, share *limit.Share, spare *sync.Pool) *wholeBody {
	w := &wholeBody{data: data, share: share, spare: spare}
	w.Reset(data)
	return w
}

// Close implements [io.Closer]. Whoever drops an answer calls it.
func (w *wholeBody) Close() error {
	w.share.Free()
	return nil
}

// clock ends an attempt's context when its time is up. It stands while the attempt waits
// for memory, which is not the server's fault.
type clock struct {
	timer *time.Timer
	until time.Time
	end   context.CancelCauseFunc
}

func startClock(parent context.Context, timeout time.Duration) (context.Context, *clock) {
	ctx, end := context.WithCancelCause(parent)
	return ctx, &clock{time.AfterFunc(timeout, func() { end(ErrTimeout) }), time.Now().Add(timeout), end}
}

func (c *clock) pause(wait func() error) error {
	start := time.Now()
	c.timer.Stop()
	err := wait()
	c.until = c.until.Add(time.Since(start))
	c.timer.Reset(time.Until(c.until))
	return err
}

func (c *clock) stop() {
	c.timer.Stop()
	c.end(nil)
}

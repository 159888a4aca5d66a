package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// bodyReader is the stage that bounds an attempt: its time from here on, after all
// waiting for slot, cooldown and budget, and the size of its body. It reads the whole
// body, so that the client retries a reset in the middle of it like any other failure.
type bodyReader struct {
	next    http.RoundTripper
	timeout time.Duration
	limit   int64

	last  atomic.Int64 // size of the last body, a guess at the next
	spare sync.Pool    // of *[]byte: what [Response.Release] gave back
}

// RoundTrip implements [http.RoundTripper]. The response's Body is a *wholeBody.
func (b *bodyReader) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), b.timeout)
	defer cancel()
	resp, err := b.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, b.attemptError(req.Context(), ctx, err)
	}
	raw := resp.Body
	defer func() { _ = raw.Close() }() // read to its end, or given up
	body, err := b.read(resp)
	if err != nil {
		return nil, b.attemptError(req.Context(), ctx, err)
	}
	resp.Body = newWholeBody(body, &b.spare)
	resp.ContentLength = int64(len(body))
	return resp, nil
}

// attemptError distinguishes the caller's own end, which is final, from the attempt's
// time-out, which the client retries.
func (b *bodyReader) attemptError(caller, attempt context.Context, err error) error {
	switch {
	case caller.Err() != nil:
		return context.Cause(caller)
	case errors.Is(attempt.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w after %s", ErrTimeout, b.timeout)
	}
	return err
}

// read reads the body. net/http has unpacked it, so the limit holds for the unpacked
// size.
func (b *bodyReader) read(resp *http.Response) ([]byte, error) {
	buf := b.buffer(b.capacity(resp.ContentLength))
	for {
		n, err := resp.Body.Read(buf[len(buf):cap(buf)])
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
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
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
	spare *sync.Pool // where Release puts data
}

func newWholeBody(data []byte, spare *sync.Pool) *wholeBody {
	w := &wholeBody{data: data, spare: spare}
	w.Reset(data)
	return w
}

// Close implements [io.Closer]; nothing is left to close.
func (*wholeBody) Close() error { return nil }

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

// bodyReader is the stage that bounds an attempt: its time from here on, when
// all waiting for slot, gate and budget is over, and the size of its body. It
// reads the body to its end, so that a reset or a cut in the middle of it is an
// attempt's error and is retried as one.
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

// attemptError tells the caller's own end from the attempt's time-out: the first
// is final, the second is retried.
func (b *bodyReader) attemptError(caller, attempt context.Context, err error) error {
	switch {
	case caller.Err() != nil:
		return context.Cause(caller)
	case errors.Is(attempt.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w after %s", ErrTimeout, b.timeout)
	}
	return err
}

// read reads the body, which net/http has unpacked by now: the limit holds for
// the unpacked size.
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

// buffer returns an empty buffer of that capacity, a spare one if it serves.
func (b *bodyReader) buffer(capacity int64) []byte {
	if spare, ok := b.spare.Get().(*[]byte); ok && int64(cap(*spare)) >= capacity {
		return (*spare)[:0]
	}
	return make([]byte, 0, capacity)
}

// The first guess at a body's size. What a server announces is trusted only up
// to maxGuess, lest a header alone cost memory.
const (
	minGuess = 4 << 10
	maxGuess = 1 << 20
)

func (b *bodyReader) capacity(announced int64) int64 {
	guess := announced + 1 // a byte to spare lets the end be seen without growing
	if announced < 0 {
		last := b.last.Load()
		guess = last + last/8
	}
	return min(max(guess, minGuess), maxGuess)
}

// checkLength finds a cut that the transport below did not report, as one made
// for tests may not.
func checkLength(resp *http.Response, n int) error {
	if !resp.Uncompressed && resp.ContentLength > int64(n) {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// wholeBody is a body that has been read.
type wholeBody struct {
	bytes.Reader
	data  []byte
	spare *sync.Pool // where data goes when it is released
}

func newWholeBody(data []byte, spare *sync.Pool) *wholeBody {
	w := &wholeBody{data: data, spare: spare}
	w.Reset(data)
	return w
}

// Close implements [io.Closer]; nothing is left to close.
func (*wholeBody) Close() error { return nil }

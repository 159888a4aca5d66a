package shipstreamtest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
)

// Transport is an [Emulator] behind an [http.RoundTripper] that needs no
// socket and starts no goroutine: latency passes on the caller's goroutine and
// the clock is the caller's, so that in a testing/synctest bubble it is fake.
// The host of a request is not looked at.
//
// A request holds its place among the concurrent ones until its response's
// body is read to the end or closed.
type Transport struct {
	*Emulator
}

// NewTransport returns a transport; it panics on options that make no sense.
func NewTransport(o Options) *Transport {
	e, err := New(o)
	if err != nil {
		panic(err)
	}
	return &Transport{e}
}

// Client returns a client that uses t.
func (t *Transport) Client() *http.Client { return &http.Client{Transport: t} }

// RoundTrip answers r. It returns the context's error when that ends first, and
// a connection reset for FaultReset and when t is closed.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	a := t.serve(r)
	if a.status == 0 {
		t.done(a)
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	body := &replyBody{emulator: t.Emulator, answer: a, end: io.EOF}
	length := len(a.body)
	a.header["Content-Length"] = []string{strconv.Itoa(length)}
	if a.fault.Kind == FaultCutBody {
		length /= 2
		body.end = io.ErrUnexpectedEOF
	}
	body.rest.Reset(a.body[:length])
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)),
		StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: body, ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

// replyBody gives the place back at its end, and the buffer when closed.
type replyBody struct {
	mu       sync.Mutex
	emulator *Emulator
	answer   *answer // nil once closed
	rest     bytes.Reader
	end      error // what follows the last byte
}

func (b *replyBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.answer == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	n, _ := b.rest.Read(p)
	if b.rest.Len() > 0 {
		return n, nil
	}
	b.emulator.leave(b.answer)
	return n, b.end
}

func (b *replyBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.answer != nil {
		b.emulator.done(b.answer)
		b.answer = nil
		b.rest.Reset(nil)
	}
	return nil
}

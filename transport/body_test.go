package transport_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// largeBody delivers a MiB a second and counts what all bodies have delivered.
type largeBody struct {
	ctx  context.Context //nolint:containedctx // of the request
	left int
	held *peak
}

func (b *largeBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), b.left, 1<<20)
	if err := sleep(b.ctx, time.Second*time.Duration(n)/(1<<20)); err != nil {
		return 0, err
	}
	clear(p[:n])
	b.left -= n
	b.held.add(n)
	return n, nil
}

func (*largeBody) Close() error { return nil }

// bodies is a wire whose answers are slow bodies of a size.
func bodies(size int, held *peak) *wire {
	return &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
		resp := answer(200, "")
		resp.ContentLength = -1
		resp.Body = &largeBody{req.Context(), size, held}
		return resp, nil
	}}
}

// All workers together hold no more than the option says and one body, and each gets its
// whole body: the wait is not the attempt's time.
func TestBodiesShareTheirMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size, workers = 16 << 20, 12
		var held peak
		w := bodies(size, &held)
		c := newClient(t, transport.Options{
			Transport: w, Rate: -1, Concurrency: workers, MaxBody: size, MaxBodies: 32 << 20, AttemptTimeout: 20 * time.Second, Retries: -1,
		})
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				resp, err := c.Get(t.Context(), "/v1/x", nil)
				if err != nil || len(resp.Body) != size {
					t.Errorf("%v", err)
					return
				}
				<-time.After(time.Second) // it is decoded
				held.add(-size)
				resp.Release()
			})
		}
		all.Wait()
		if got, want := held.most, 32<<20+size+workers<<20; got > want {
			t.Errorf("%d MiB at once, want %d at most", got>>20, want>>20)
		}
	})
}

// Bodies that are kept cost a second each, once they exceed the option, and nothing once
// they are garbage.
func TestBodiesThatAreNotReleased(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size = 4 << 20
		c := newClient(t, transport.Options{Transport: bodies(size, new(peak)), Rate: -1, MaxBodies: 8 << 20})
		var kept []*transport.Response
		for i := range 5 {
			start := time.Now()
			resp, err := c.Get(t.Context(), "/v1/x", nil)
			if err != nil || len(resp.Body) != size {
				t.Fatalf("body %d: %v", i, err)
			}
			if took := time.Since(start); took > 4*time.Second+time.Second {
				t.Errorf("body %d took %v", i, took)
			}
			kept = append(kept, resp)
		}
		runtime.KeepAlive(kept)
	})
}

// deaf is a body that knows no context: only Close ends its Read.
type deaf struct{ closed chan struct{} }

func (d deaf) Read([]byte) (int, error) {
	<-d.closed
	return 0, errors.New("closed")
}

func (d deaf) Close() error {
	select {
	case <-d.closed:
	default:
		close(d.closed)
	}
	return nil
}

// endless is a body that never waits, so that only looking at the context ends it.
type endless struct{ reads int }

func (e *endless) Read(p []byte) (int, error) {
	e.reads++
	<-time.After(time.Millisecond)
	return min(1, len(p)), nil
}

func (*endless) Close() error { return nil }

// A context ends the reading of a body at once, whatever the body does.
func TestBodiesEndWithTheContext(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]func() io.ReadCloser{
		"deaf":    func() io.ReadCloser { return deaf{make(chan struct{})} },
		"endless": func() io.ReadCloser { return &endless{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &wire{answer: func(int, *http.Request) (*http.Response, error) {
					resp := answer(200, "")
					resp.ContentLength, resp.Body = -1, body()
					return resp, nil
				}}
				c := newClient(t, transport.Options{Transport: w})
				cause := errors.New("enough")
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
				defer cancel()
				start := time.Now()
				_, err := c.Get(ctx, "/v1/x", nil)
				if took := time.Since(start); !errors.Is(err, cause) || took > time.Second+time.Millisecond || w.n != 1 {
					t.Errorf("%d requests in %v: %v", w.n, took, err)
				}
			})
		})
	}
}

// A change of protocol is refused at once: its body is the connection, which need not
// end. It is not asked for again.
func TestUpgradesAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		_, _ = conn.Read(make([]byte, 1)) // until the client closes it
		_ = conn.Close()
	})
	c := newClient(t, transport.Options{BaseURL: s.URL})
	_, err := c.Get(t.Context(), "/v1/x", nil)
	var api *transport.APIError
	if !errors.As(err, &api) || !errors.Is(err, transport.ErrUpgrade) || api.Status != 101 || api.Attempts != 1 {
		t.Errorf("got %v", err)
	}
	if want := "101 Switching Protocols (GET " + s.URL + "/v1/x)"; err.Error() != want {
		t.Errorf("got %q", err)
	}
}

// Failures with bodies of any size and of any bytes have a short and clean text.
func TestHostileBodiesOfFailures(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"huge":              `{"message":"` + strings.Repeat("a", 3<<20) + `"}`,
		"broken UTF-8":      "{\"message\":\"a\xff\xfe" + strings.Repeat("\x80", 5000) + "\"}",
		"escapes":           `{"message":"` + strings.Repeat(`\u001b[2J\u009b`, 5000) + `"}`,
		"many errors":       `{"errors":[` + strings.Repeat(`{"message":"\u202e"},`, 5000) + `{"message":"a"}]}`,
		"deep":              strings.Repeat(`{"error":`, 5000) + `"a"` + strings.Repeat("}", 5000),
		"not JSON":          string(bytes.Repeat([]byte{0x1b, 0xff}, 5000)),
		"huge and not JSON": strings.Repeat("<", 3<<20),
	} {
		err := refusal(t, 418, body, nil)
		if text := err.Error(); len(text) > 2<<10 || strings.ContainsAny(text, "\x1b\u009b\u202e") || strings.ToValidUTF8(text, "") != text {
			t.Errorf("%s: %d bytes, %.200q", name, len(text), text)
		}
	}
}

package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// BenchmarkEmulator measures how many pages of 1000 rows a second the emulator
// serves to clients that throw them away: what it must not be the bottleneck
// of. Each client walks down its own part of the ids, as a concurrent range
// does, with its far end said by a filter. The figure is pages/s.
func BenchmarkEmulator(b *testing.B) {
	const users = 200_000
	o := shipstreamtest.Options{Users: users, Rate: -1, Concurrency: -1, Journal: -1}
	queries := map[string]string{
		"basic":    "",
		"fields":   "&fields=all",
		"included": "&fields=all&fields:roles=all&fields:default_warehouse=all&fields:merchant=all",
		"filter":   "&filter=is_active:true&filter=" + url.QueryEscape(`created_at{gt:"2016-01-01"}`),
	}
	s := shipstreamtest.NewServer(o)
	defer s.Close()
	for _, name := range []string{"basic", "fields", "included", "filter"} {
		b.Run("http/"+name, func(b *testing.B) {
			address, _ := url.Parse(s.URL)
			measurePages(b, func() (func(path string) (int64, error), error) { return dial(b.Context(), address.Host, s.Token()) }, queries[name])
		})
		b.Run("inprocess/"+name, func(b *testing.B) {
			measurePages(b, func() (func(path string) (int64, error), error) { return inProcess(b.Context(), s), nil }, queries[name])
		})
	}
}

// measurePages fetches b.N pages with four clients.
func measurePages(b *testing.B, connect func() (func(path string) (int64, error), error), query string) {
	b.Helper()
	b.ReportAllocs()
	var next, bytes atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		get, err := connect()
		if err != nil {
			b.Fatal(err)
		}
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				hi := 2000 + i*1013%180_000
				n, err := get(fmt.Sprintf("/api/global/v1/system/users/any?limit=1000&cursor_start=%d&filter=id%%7Bgteq:%d%%7D%s", hi, hi/2, query))
				if err != nil {
					b.Error(err)
					return
				}
				bytes.Add(n)
			}
		})
	}
	wg.Wait()
	b.SetBytes(bytes.Load() / int64(b.N))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

// dial returns a client that is little more than a socket: it reads headers,
// and throws the body away.
func dial(ctx context.Context, address, token string) (func(path string) (int64, error), error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, 256<<10)
	return func(path string) (int64, error) {
		_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: emulator\r\nAuthorization: Bearer %s\r\n\r\n", path, token)
		if err != nil {
			return 0, err
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return 0, err
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("status %s", resp.Status)
		}
		return io.Copy(io.Discard, resp.Body)
	}, nil
}

// inProcess returns a client that calls the emulator's handler.
func inProcess(ctx context.Context, s *shipstreamtest.Server) func(path string) (int64, error) {
	return func(path string) (int64, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "Bearer "+s.Token())
		w := &counter{header: http.Header{}}
		s.Handler().ServeHTTP(w, r)
		if w.status != http.StatusOK {
			return 0, fmt.Errorf("status %d", w.status)
		}
		return w.n, nil
	}
}

// counter is a response that only counts.
type counter struct {
	header http.Header
	status int
	n      int64
}

func (c *counter) Header() http.Header { return c.header }

func (c *counter) WriteHeader(status int) { c.status = status }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return io.Discard.Write(p)
}

package shipstream_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// answers is a server that gives one answer after another, and the last one for ever.
type answers struct {
	bodies [][]byte
	asked  int
}

func (a *answers) RoundTrip(*http.Request) (*http.Response, error) {
	body := a.bodies[min(a.asked, len(a.bodies)-1)]
	a.asked++
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// fetched is what every codec says of a page.
type fetched struct{ rows, retries int }

// fetchOf fetches the first page of a source.
func fetchOf[T any](src query.Source[T]) func(ctx context.Context) (fetched, error) {
	return leasingFetchOf(src, false)
}

// leasingFetchOf is fetchOf that releases the page, if it is told so.
func leasingFetchOf[T any](src query.Source[T], release bool) func(ctx context.Context) (fetched, error) {
	return func(ctx context.Context) (fetched, error) {
		planned, err := query.Prepare(src, "")
		if err != nil {
			return fetched{}, err
		}
		page, err := src.Fetch(planned.Scans[0])(ctx, paginate.Request{Limit: 10, Descending: true})
		if err != nil {
			return fetched{}, err
		}
		got := fetched{len(page.Rows), page.Retries}
		if release {
			page.Release()
			page.Release() // a second one does nothing
		}
		return got, nil
	}
}

// codecs are the sources of this package by their codec, and whether rows share the
// body's bytes.
func codecs(t *testing.T, client *transport.Client) map[string]func(ctx context.Context) (fetched, error) {
	t.Helper()
	dynamic, err := rest.New(client, shipstream.UsersDefinition(shipstream.AnyUser))
	if err != nil {
		t.Fatal(err)
	}
	users := shipstream.Users(client, shipstream.AnyUser)
	return map[string]func(ctx context.Context) (fetched, error){
		"dynamic":    fetchOf[model.DynamicRow](dynamic),
		"users":      fetchOf[shipstream.User](users),
		"roles":      fetchOf[shipstream.Role](shipstream.Roles(client, shipstream.AnyUser)),
		"warehouses": fetchOf[shipstream.Warehouse](shipstream.Warehouses(client)),
		"raw":        fetchOf[model.RawRow](users.Raw()),
		"raw leased": leasingFetchOf[model.RawRow](users.Raw(), true),
	}
}

func scripted(t *testing.T, bodies ...[]byte) (*answers, *transport.Client) {
	t.Helper()
	server := &answers{bodies: bodies}
	client, err := shipstream.NewClient(transport.Options{
		BaseURL: "https://example.invalid", Token: transport.StaticToken("x"), Transport: server, Rate: -1, Retries: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return server, client
}

const (
	goodPage = `{"collection":[{"id":3,"type":"OrganizationUser","name":"a","username":"a","email":null,"is_active":true}],"has_more":false}`
	cutPage  = `{"collection":[{"id":3,`
)

// TestMalformedPage: whatever rows are decoded into, a malformed page is asked for once
// more, which counts as a retry, and a second one is an error.
func TestMalformedPage(t *testing.T) {
	_, client := scripted(t, []byte(cutPage))
	for name := range codecs(t, client) {
		server, client := scripted(t, []byte(cutPage), []byte(goodPage))
		got, err := codecs(t, client)[name](t.Context())
		if want := (fetched{rows: 1, retries: 1}); got != want || err != nil || server.asked != 2 {
			t.Errorf("%s: %+v, %v after %d requests, want %+v after 2", name, got, err, server.asked, want)
		}
		server, client = scripted(t, []byte(cutPage))
		_, err = codecs(t, client)[name](t.Context())
		if !errors.Is(err, model.ErrMalformed) || server.asked != 2 {
			t.Errorf("%s: %v after %d requests, want ErrMalformed after 2", name, err, server.asked)
		}
	}
}

// TestBodiesAreReleased: the memory of a body serves the next one, unless rows that
// share it are kept. A page of one row and much white space takes a body's memory and hardly any other.
func TestBodiesAreReleased(t *testing.T) {
	const pages = 20
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection would drop the spare memory
	body := []byte(goodPage + strings.Repeat(" ", 512<<10))
	_, client := scripted(t, body)
	for name, fetch := range codecs(t, client) {
		runtime.GC()         //nolint:revive // two collections empty the pool, which each processor has a part of
		runtime.GC()         //nolint:revive // and what is left there would be taken for a body that was released
		least := math.Inf(1) // of some rounds, because a pool may drop what it was given
		for range 4 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range pages {
				if _, err := fetch(t.Context()); err != nil {
					t.Fatal(name, err)
				}
			}
			runtime.ReadMemStats(&after)
			least = min(least, float64(after.TotalAlloc-before.TotalAlloc)/float64(len(body)))
		}
		if shares := name == "raw"; shares != (least > pages*0.95) {
			t.Errorf("%s: %d pages took the memory of %.1f bodies", name, pages, least)
		}
	}
}

package shipstreamtest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// A test changes the data while a client runs, and looks only at the requests since.
func ExampleEmulator_UpdateUser() {
	s := shipstreamtest.NewServer(shipstreamtest.Options{Rows: []shipstreamtest.User{{ID: 1, Name: "Ana"}, {ID: 2, Name: "Bob"}}})
	defer s.Close()
	get := func(id string) {
		resp, err := s.Client().Do(request(s.URL, s.Token(), "/v1/system/users/any/"+id))
		if err != nil {
			panic(err)
		}
		_ = resp.Body.Close()
		fmt.Println(id, resp.StatusCode)
	}
	get("1")
	s.ResetJournal()
	if err := s.UpdateUser(1, func(u *shipstreamtest.User) { u.Name = "Anna" }); err != nil {
		panic(err)
	}
	s.RemoveUsers(2) // as though it had never been; DeleteUsers leaves a deleted one
	get("2")
	ana, _ := s.User(1)
	_, there := s.User(2)
	fmt.Println(ana.Name, there, len(s.Requests()), "request since")
	// Output:
	// 1 200
	// 2 404
	// Anna false 1 request since
}

// A journal that could not be written is no reason for the emulator to fail: whoever
// reads it asks.
func ExampleRecorder_Err() {
	recorder := shipstreamtest.NewRecorder(fullDisk{})
	recorder.Record(shipstreamtest.RequestLog{N: 1, Method: http.MethodGet})
	fmt.Println(recorder.Err())
	// Output:
	// no space left
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// What stands before the API, a proxy that answers in its place, say, is put before the
// emulator's handler.
func ExampleServer_Handler() {
	s := shipstreamtest.NewServer(shipstreamtest.Options{Users: 5})
	defer s.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Office") == "" {
			http.Error(w, "the proxy lets nobody through", http.StatusForbidden)
			return
		}
		s.Handler().ServeHTTP(w, r)
	}))
	defer proxy.Close()
	for _, office := range []string{"", "Berlin"} {
		req := request(proxy.URL, s.Token(), "/api/global/v1/system/status")
		if office != "" {
			req.Header.Set("X-Office", office)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			panic(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	// Output:
	// 403
	// 200
}

package rivals

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/bytedance/sonic"
	v2 "github.com/go-json-experiment/json"
)

// program is a rival in Go: it reads users and writes them as NDJSON to out.
type program func(t target, out io.Writer) error

// programs are the rivals in Go, by name. A process of its own runs each.
var programs = map[string]program{
	"encoding/json":   onJSON(json.Unmarshal, json.Marshal),
	"json/v2":         onJSON(func(b []byte, v any) error { return v2.Unmarshal(b, v) }, func(v any) ([]byte, error) { return v2.Marshal(v) }),
	"sonic":           onJSON(sonic.Unmarshal, sonic.Marshal),
	"net/http, floor": onPages(discardHTTP),
	"socket, floor":   onPages(discardSocket),
}

// client is that of a process which reads one listing and ends.
var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: workers}}

// target is the listing to read. Its ids run from 1 to Users.
type target struct {
	Base, Token string
	Users       int64
}

// workers is how many requests are in flight, as with muster's --concurrency.
const workers = 4

// pageSize is the largest page of the API.
const pageSize = 1000

// request is a page of the users from an id on, below another.
func (t target) request(from, below int64) (*http.Request, error) {
	q := url.Values{
		"sort": {"id"}, "limit": {strconv.Itoa(pageSize)},
		"cursor_start": {strconv.FormatInt(from, 10)}, "filter": {fmt.Sprintf("id{lt:%d}", below)},
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, t.Base+"/v1/system/users/any?"+q.Encode(), http.NoBody)
	if err == nil {
		r.Header.Set("Authorization", "Bearer "+t.Token)
	}
	return r, err
}

// inParallel calls read for each worker's part of the ids.
func (t target) inParallel(read func(from, below int64) error) error {
	errs := make(chan error, workers)
	for w := range int64(workers) {
		go func() { errs <- read(1+t.Users*w/workers, 1+t.Users*(w+1)/workers) }()
	}
	var first error
	for range workers {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

// user is a user as the API's documentation describes the basic fields.
type user struct {
	Type     string  `json:"type"`
	ID       int64   `json:"id"`
	Name     *string `json:"name"`
	Email    *string `json:"email"`
	Username *string `json:"username"`
	IsActive *bool   `json:"is_active"`
}

// page is an answer.
type page struct {
	Collection []user `json:"collection"`
	HasMore    bool   `json:"has_more"`
	Meta       struct {
		CursorStart int64 `json:"cursor_start"`
	} `json:"meta"`
}

// onJSON is the short program that people write, on one JSON library or another.
func onJSON(unmarshal func([]byte, any) error, marshal func(any) ([]byte, error)) program {
	return func(t target, out io.Writer) error {
		var mu sync.Mutex
		buffered := bufio.NewWriterSize(out, 1<<16)
		err := t.inParallel(func(from, below int64) error {
			for more := true; more; {
				body, err := t.get(from, below)
				if err != nil {
					return err
				}
				var p page
				if err := unmarshal(body, &p); err != nil {
					return err
				}
				for i := range p.Collection {
					line, err := marshal(&p.Collection[i])
					if err != nil {
						return err
					}
					mu.Lock()
					_, err = buffered.Write(append(line, '\n'))
					mu.Unlock()
					if err != nil {
						return err
					}
				}
				from, more = p.Meta.CursorStart, p.HasMore
			}
			return nil
		})
		if err != nil {
			return err
		}
		return buffered.Flush()
	}
}

// get returns the body of a page.
func (t target) get(from, below int64) ([]byte, error) {
	r, err := t.request(from, below)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing is written through it
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	return b.Bytes(), err
}

// onPages reads all pages by a function that throws a page's bytes away. It knows where
// each page begins, because the ids have no holes.
func onPages(discard func(t target, from, below int64) error) program {
	return func(t target, _ io.Writer) error {
		return t.inParallel(func(from, below int64) error {
			for ; from < below; from += pageSize {
				if err := discard(t, from, below); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func discardHTTP(t target, from, below int64) error {
	r, err := t.request(from, below)
	if err != nil {
		return err
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // nothing is written through it
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// discardSocket writes the request by hand and reads until the server closes. Of the answer it
// looks at the status alone: a page of errors would be the fastest floor.
func discardSocket(t target, from, below int64) error {
	r, err := t.request(from, below)
	if err != nil {
		return err
	}
	r.Close = true
	conn, err := (&net.Dialer{Timeout: time.Minute}).DialContext(r.Context(), "tcp", r.URL.Host)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing more is written
	if err := r.Write(conn); err != nil {
		return err
	}
	begin := make([]byte, len("HTTP/1.1 200 OK"))
	if _, err := io.ReadFull(conn, begin); err != nil {
		return err
	}
	if string(begin) != "HTTP/1.1 200 OK" {
		return fmt.Errorf("status %q", begin)
	}
	_, err = io.Copy(io.Discard, struct{ io.Reader }{conn})
	return err
}

// beProgram runs the rival that the environment names.
func beProgram(name string) error {
	users, err := strconv.ParseInt(os.Getenv("RIVAL_USERS"), 10, 64)
	if err != nil {
		return err
	}
	return programs[name](target{os.Getenv("MUSTER_BASE_URL"), os.Getenv("MUSTER_TOKEN"), users}, os.Stdout)
}

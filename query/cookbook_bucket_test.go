package query_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// bucket is the part of an object store that the sink needs; any client has it.
type bucket interface {
	Put(ctx context.Context, key string, body []byte) error
	Get(ctx context.Context, key string) ([]byte, error) // matches errNoObject where there is none
}

var errNoObject = errors.New("no such object")

// bucketSink writes an export into a bucket: an object for the rows of each commit, then
// one that counts the valid objects. An object is whole or missing, so each commit is one
// step; later objects overwrite those that a crash left uncounted.
type bucketSink struct {
	bucket bucket
	prefix string
	rows   bytes.Buffer
	done   progress
}

// progress is the object that counts the others.
type progress struct {
	Objects    int             `json:"objects"`
	Checkpoint json.RawMessage `json:"checkpoint"`
	Whole      bool            `json:"whole"`
}

func (s *bucketSink) key(i int) string { return path.Join(s.prefix, fmt.Sprintf("%06d.ndjson", i)) }

func (s *bucketSink) Resume(ctx context.Context) ([]byte, error) {
	text, err := s.bucket.Get(ctx, path.Join(s.prefix, "progress.json"))
	if errors.Is(err, errNoObject) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &s.done); err != nil {
		return nil, fmt.Errorf("%s/progress.json: %w", s.prefix, err)
	}
	return s.done.Checkpoint, nil
}

func (s *bucketSink) Write(_ context.Context, rows []shipstream.User) error {
	for i := range rows {
		s.rows.Write(append(rows[i].AppendJSON(nil), '\n'))
	}
	return nil
}

func (s *bucketSink) Commit(ctx context.Context, checkpoint []byte) error {
	next := s.done
	if s.rows.Len() > 0 {
		if err := s.bucket.Put(ctx, s.key(next.Objects), s.rows.Bytes()); err != nil {
			return err
		}
		next.Objects++
	}
	if checkpoint == nil {
		next.Whole = true
	} else {
		next.Checkpoint = checkpoint
	}
	text, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := s.bucket.Put(ctx, path.Join(s.prefix, "progress.json"), text); err != nil {
		return err
	}
	s.rows.Reset()
	s.done = next
	return nil
}

func (s *bucketSink) Close() error { return nil }

func Example_bucket() {
	users, end := emulated(transport.Hooks{})
	defer end()

	store := &memory{objects: map[string][]byte{}}
	to := &bucketSink{bucket: store, prefix: "exports/users"}
	stats, err := query.Export(context.Background(), users, "", to, query.CommitEvery(0, 1))
	fmt.Println(stats.Committed, stats.Whole, err)
	fmt.Println(slices.Sorted(maps.Keys(store.objects)))

	again, err := query.Export(context.Background(), users, "", &bucketSink{bucket: store, prefix: "exports/users"})
	fmt.Println(again.Run.Requests, again.Committed, again.Whole, err) // it was whole, and nothing was asked for
	// Output:
	// 2500 true <nil>
	// [exports/users/000000.ndjson exports/users/000001.ndjson exports/users/000002.ndjson exports/users/progress.json]
	// 0 2500 true <nil>
}

// memory is a bucket in memory.
type memory struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func (m *memory) Put(_ context.Context, key string, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = bytes.Clone(body)
	return nil
}

func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, ok := m.objects[key]
	if !ok {
		return nil, errNoObject
	}
	return body, nil
}

// TestBucketSink: the recipe satisfies the contract of a sink.
func TestBucketSink(t *testing.T) {
	store := &memory{objects: map[string][]byte{}}
	field := func(name string) *model.Field {
		f, _ := shipstream.UserSchema().Lookup(name)
		return f
	}
	var rows []shipstream.User
	for i := range 30 {
		u := shipstream.User{ID: int64(i + 1), Name: model.Some(fmt.Sprint("user", i%7))}
		if i%4 == 0 {
			u.Name = model.NullOpt[string]()
		}
		rows = append(rows, u)
	}
	err := querytest.TestSink(t.Context(), querytest.SinkTest[shipstream.User]{
		Folder: t.TempDir(), Rows: rows,
		Record: func(u *shipstream.User) model.Record { return u }, Fields: []*model.Field{field("id"), field("name")},
		Open: func(place string) (query.Sink[shipstream.User], error) {
			return &bucketSink{bucket: store, prefix: place}, nil
		},
		Read: func(place string) ([][]model.Value, error) { return readBucket(t.Context(), store, place) },
		Failing: func(place string, fail func(string) error) (query.Sink[shipstream.User], error) {
			return &bucketSink{bucket: failing{store, fail}, prefix: place}, nil
		},
		Snapshot: func(from, to string) error {
			for key, body := range maps.Clone(store.objects) {
				if rest, ok := strings.CutPrefix(key, from+"/"); ok {
					store.objects[to+"/"+rest] = body
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Error(err)
	}
}

// failing is a bucket that asks before each request whether to fail.
type failing struct {
	bucket

	fail func(operation string) error
}

func (f failing) Put(ctx context.Context, key string, body []byte) error {
	if err := f.fail("put " + key); err != nil {
		return err
	}
	return f.bucket.Put(ctx, key, body)
}

func (f failing) Get(ctx context.Context, key string) ([]byte, error) {
	if err := f.fail("get " + key); err != nil {
		return nil, err
	}
	return f.bucket.Get(ctx, key)
}

func readBucket(ctx context.Context, from bucket, prefix string) ([][]model.Value, error) {
	text, err := from.Get(ctx, path.Join(prefix, "progress.json"))
	if err != nil {
		return nil, err
	}
	var done progress
	if err := json.Unmarshal(text, &done); err != nil || !done.Whole {
		return nil, fmt.Errorf("it is not whole (%w)", err)
	}
	var rows [][]model.Value
	for i := range done.Objects {
		body, err := from.Get(ctx, (&bucketSink{prefix: prefix}).key(i))
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(body) {
			var u shipstream.User
			if err := u.UnmarshalJSON(line); err != nil {
				return nil, err
			}
			row := []model.Value{model.Int(u.ID), {}}
			if name, ok := u.Name.Get(); ok {
				row[1] = model.String(name)
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

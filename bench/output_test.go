package bench

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
	"github.com/muster-go/muster/transport"
)

// output is a format at the end of an export.
type output interface {
	// write decodes pages and writes their rows, committing as often as an export
	// that has no time to lose.
	write(ctx context.Context, path string, pages [][]byte) error
	// export runs the whole engine.
	export(ctx context.Context, src *shipstream.UserSource, path string, opts ...query.Option) (query.ExportStats, error)
}

// outputs are the formats by the name of the file.
func outputs() map[string]output {
	record := func(u *shipstream.User) model.Record { return u }
	fields := exportedFields()
	users := func(open func(path string) (query.Sink[shipstream.User], error)) output {
		return format[shipstream.User]{shipstream.DecodeUsers, open, func(s *shipstream.UserSource) query.Source[shipstream.User] { return s }}
	}
	raw := func(c sink.Compression) output {
		encode := func(dst []byte, r *model.RawRow) ([]byte, error) { return r.AppendJSON(dst), nil }
		return format[model.RawRow]{
			shipstream.DecodeRaw, file(sink.Text(sink.NDJSON("as received", encode), c)),
			func(s *shipstream.UserSource) query.Source[model.RawRow] { return s.Raw() },
		}
	}
	return map[string]output{
		"raw.ndjson":     raw(nil),
		"raw.ndjson.zst": raw(compression.Zstd()),
		"decoded.ndjson": users(file(sink.Text(sink.NDJSON("decoded", func(dst []byte, u *shipstream.User) ([]byte, error) { return u.AppendJSON(dst), nil }), nil))),
		"users.csv":      users(file(sink.Text(sink.CSV(shipstream.UserSchema(), fields, record), nil))),
		"users.parquet": users(func(path string) (query.Sink[shipstream.User], error) {
			encoding, err := parquetsink.New(shipstream.UserSchema(), fields, record)
			if err != nil {
				return nil, err
			}
			return sink.NewFile(path, encoding, sink.FileOptions{}), nil
		}),
		"users.sqlite": users(func(path string) (query.Sink[shipstream.User], error) {
			return usersink.SQLite(path, shipstream.UserSchema(), fields, sqlitesink.Options{})
		}),
	}
}

// exportedFields are the columns where a format has columns.
func exportedFields() []*model.Field {
	names := append([]string{"id", "type", "name", "email", "username", "is_active"}, optionalFields()...)
	fields := make([]*model.Field, len(names))
	for i, name := range names {
		fields[i], _ = shipstream.UserSchema().Lookup(name)
	}
	return fields
}

func file[T any](e sink.Encoding[T]) func(path string) (query.Sink[T], error) {
	return func(path string) (query.Sink[T], error) { return sink.NewFile(path, e, sink.FileOptions{}), nil }
}

// format is an output of rows of type T.
type format[T any] struct {
	decode func(body []byte, opts ...model.DecodeOption) (*model.Page[T], error)
	open   func(path string) (query.Sink[T], error)
	source func(*shipstream.UserSource) query.Source[T]
}

func (f format[T]) export(ctx context.Context, src *shipstream.UserSource, path string, opts ...query.Option) (query.ExportStats, error) {
	to, err := f.open(path)
	if err != nil {
		return query.ExportStats{}, err
	}
	stats, err := query.Export(ctx, f.source(src), "", to, opts...)
	return stats, errors.Join(err, to.Close())
}

func (f format[T]) write(ctx context.Context, path string, pages [][]byte) (err error) {
	to, err := f.open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if _, err := to.Resume(ctx); err != nil {
		return err
	}
	checkpoint := []byte(`"` + strings.Repeat("x", 1<<10) + `"`) // about as long as one is
	for batch := range slices.Chunk(pages, query.DefaultCommitBatches) {
		for _, body := range batch {
			page, err := f.decode(body)
			if err != nil {
				return err
			}
			if err := to.Write(ctx, page.Rows); err != nil {
				return err
			}
		}
		if err := to.Commit(ctx, checkpoint); err != nil {
			return err
		}
	}
	return to.Commit(ctx, nil)
}

// countRows counts what a reader finds in a finished file.
func countRows(tb testing.TB, path string) int {
	tb.Helper()
	ids := parquetsink.IDs[int64](path, "id")
	switch form, name := compression.FromName(path); {
	case form != nil || filepath.Ext(name) == ".ndjson" || filepath.Ext(name) == ".csv":
		ids = textIDs(tb, path)
	case filepath.Ext(name) == ".sqlite":
		ids = sqlitesink.IDs[int64](tb.Context(), path)
	}
	seen := make(map[int64]bool)
	for id, err := range ids {
		if err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
		if seen[id] {
			tb.Fatalf("%s: %d is there twice", path, id)
		}
		seen[id] = true
	}
	return len(seen)
}

// listing is the bodies of pages with all users and their roles, in the order in
// which the engine delivers them with five workers.
func listing(tb testing.TB, users int) [][]byte {
	tb.Helper()
	emulator := shipstreamtest.NewTransport(shipstreamtest.Options{
		Users: users, Deleted: -1, IDs: shipstreamtest.Sparse, Rate: -1, Concurrency: -1, Journal: -1, Latency: 2 * time.Millisecond, Jitter: time.Millisecond,
	})
	defer emulator.Close()
	client, err := transport.New(transport.Options{
		BaseURL: emulator.BaseURL(), Token: transport.StaticToken(shipstreamtest.DefaultToken), Transport: emulator, Rate: -1, AllowPlainHTTP: true,
	})
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	rows, err := query.Run(tb.Context(), withTimestamps(client), "", query.Select(append(optionalFields(), "roles.name")...))
	if err != nil {
		tb.Fatal(err)
	}
	var bodies [][]byte
	for batch := range rows.Batches() {
		if len(batch) == 0 {
			continue
		}
		body, err := model.Page[shipstream.User]{Rows: batch, Included: batch[0].Included(), HasMore: true}.MarshalJSON()
		if err != nil {
			tb.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return bodies
}

// withTimestamps are the users of a server that returns timestamps.
func withTimestamps(client *transport.Client) *shipstream.UserSource {
	return shipstream.Users(client, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}))
}

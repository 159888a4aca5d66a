//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// manifest is that of a folder with one file.
func manifest(name, sum string) string {
	text, err := json.Marshal(map[string]any{
		"version": 1, "format": "x", "rows": 1, "bytes": 9,
		"files": []any{map[string]any{"name": name, "rows": 1, "bytes": 9, "sha256": sum}},
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// fileCases are files and folders that an export did not make.
func fileCases() []situation {
	users := &shipstreamtest.Options{Users: 20}
	var others atomic.Int64 // requests for users who are not active
	return []situation{
		{
			name:     "hostile/02 a name that is a pattern",
			emulator: users,
			check: func(s *stage) {
				s.write("data1.part/notes.txt", "precious")
				s.succeeds(s.ask("export", "-o", "data[1]", "--format", "ndjson", "--split-rows", "5", "-q"))
				s.untouched("data1.part/notes.txt")
				s.succeeds(s.run("verify", "data[1]"))
			},
		},
		{
			name:     "hostile/11 symbolic links in the way",
			emulator: users,
			check: func(s *stage) {
				for i, link := range []string{"u.ndjson.checkpoint.tmp", "u.ndjson.part", "u.ndjson.checkpoint", "u.ndjson"} {
					folder, victim := fmt.Sprintf("f%d/", i), fmt.Sprintf("victim%d", i)
					s.write(victim, "precious")
					s.write(folder+"empty", "")
					if err := os.Symlink(s.path(victim), s.path(folder+link)); err != nil {
						s.Fatal(err)
					}
					s.ask("export", "-o", folder+"u.ndjson", "-q", "--restart")
					s.untouched(victim)
				}
			},
		},
		{
			name:     "hostile/12 a folder of somebody else",
			emulator: users,
			check: func(s *stage) {
				s.write("out.part/thesis.tex", "precious")
				s.ask("export", "-o", "out", "--format", "ndjson", "--split-rows", "5", "--restart", "-q")
				if s.read("out.part/thesis.tex")+s.read("out/thesis.tex") == "" {
					s.Error("a file that no export made is gone")
				}
			},
		},
		{
			name:     "chaos/04 the name is that of a folder",
			emulator: &shipstreamtest.Options{Users: 20},
			check: func(s *stage) {
				if err := os.Mkdir(s.path("o.ndjson"), 0o700); err != nil {
					s.Fatal(err)
				}
				s.fails(s.ask("export", "-o", "o.ndjson", "-q"), "o.ndjson")
				if n := s.asked(); n != 0 {
					s.Errorf("%d requests before it is refused", n)
				}
			},
		},
		{
			name: "hostile/18 a checkpoint with another plan",
			// After some pages it does not answer, so that the export is under way when it is interrupted.
			emulator: &shipstreamtest.Options{Users: 5000, OnRequest: func(n int, r *http.Request) shipstreamtest.Fault {
				if strings.Contains(r.URL.RawQuery, "false") {
					others.Add(1)
				}
				if n > 30 {
					return shipstreamtest.Fault{Kind: shipstreamtest.FaultHang}
				}
				return shipstreamtest.Fault{Delay: 20 * time.Millisecond}
			}},
			check: func(s *stage) {
				s.leavesCheckpoint("export", "is_active", "-o", "a.csv", "-q", "--commit-every", "1ms", "--page-size", "50", "--concurrency", "1")
				s.write("a.csv.checkpoint", otherPlan(s.read("a.csv.checkpoint")))
				s.fails(s.ask("export", "is_active", "-o", "a.csv", "-q", "--resume", "--page-size", "50"), "--restart")
				if n := others.Load(); n != 0 {
					s.Errorf("%d requests for the plan of a checkpoint that was changed", n)
				}
			},
		},
	}
}

// otherPlan returns a checkpoint whose plan asks for the other users, beside the identity of
// the export that left it.
func otherPlan(checkpoint string) string {
	before, rest, _ := strings.Cut(checkpoint, `"plan":`)
	var plan json.RawMessage
	if err := json.NewDecoder(strings.NewReader(rest)).Decode(&plan); err != nil {
		panic(err)
	}
	other := strings.NewReplacer("is_active:true", "is_active:false", "is_active = true", "is_active = false").Replace(string(plan))
	return before + `"plan":` + strings.Replace(rest, string(plan), other, 1)
}

// untouched fails the test unless a file holds what it held.
func (s *stage) untouched(name string) {
	s.Helper()
	if text := s.read(name); text != "precious" {
		s.Errorf("%s holds %q", name, text)
	}
}

// leavesCheckpoint interrupts a command once its checkpoint is there.
func (s *stage) leavesCheckpoint(args ...string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), hangs)
	defer cancel()
	cmd := s.command(ctx, args...)
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	for s.read("a.csv.checkpoint") == "" && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond) //nolint:forbidigo // another process writes it
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if s.read("a.csv.checkpoint") == "" {
		s.Fatalf("no checkpoint is left, exit %d", cmd.ProcessState.ExitCode())
	}
}

// verifyCases are files made to harm the person who verifies them.
func verifyCases() []situation {
	return []situation{
		{
			name:  "hostile/08 a line without end",
			heavy: true,
			check: func(s *stage) {
				s.write("u.ndjson.gz", zipped(`{"id":1,"x":"`, strings.Repeat("a", 1<<20), 300, "\"}\n"))
				o, peak := s.measured("verify", "u.ndjson.gz")
				s.fails(o, "u.ndjson.gz")
				if peak > 800 {
					s.Errorf("%d MiB of memory", peak)
				}
			},
		},
		{
			name: "hostile/08 a signal while it reads",
			check: func(s *stage) {
				var lines strings.Builder
				for id := range 100_000 {
					_, _ = fmt.Fprintf(&lines, "{\"id\":%d}\n", id+1)
				}
				member := zipped("", lines.String(), 1, "")
				s.write("v.ndjson.gz", strings.Repeat(member, 100))
				s.endsBySignal("v.ndjson.gz", "verify", "v.ndjson.gz")
			},
		},
		{
			name: "hostile/09 escapes in what is verified",
			check: func(s *stage) {
				sum := fmt.Sprintf("%x", sha256.Sum256([]byte("{\"id\":1}\n")))
				s.write("m/a.ndjson", "{\"id\":1}\n")
				for _, text := range []string{manifest("a.ndjson", escapes), manifest("a"+escapes, sum), manifest("a.ndjson", sum)} {
					s.write("m/manifest.json", text)
					s.shows(s.run("verify", "m"))
				}
				s.write("m/z"+escapes, "")
				s.shows(s.run("verify", "m"))
				s.database("e.sqlite", "t"+escapes)
				o := s.run("verify", "e.sqlite")
				s.fails(o)
				s.shows(o)
			},
		},
		{
			name: "hostile/17 a pipe in place of a file",
			check: func(s *stage) {
				s.write("m/manifest.json", manifest("q.ndjson", "x"))
				if err := syscall.Mkfifo(s.path("m/q.ndjson"), 0o600); err != nil {
					s.Fatal(err)
				}
				s.fails(s.run("verify", "m"), "q.ndjson")
			},
		},
		{
			name:     "hostile/21 damaged Parquet",
			emulator: &shipstreamtest.Options{Users: 300},
			check: func(s *stage) {
				s.succeeds(s.ask("export", "-o", "whole.parquet", "-q"))
				whole := []byte(s.read("whole.parquet"))
				for i := range 40 { // bytes of the footer, which says where all else is
					damaged := bytes.Clone(whole)
					damaged[len(whole)-9-i*7] ^= byte(0x80 | i)
					s.write("damaged.parquet", string(damaged))
					if _, peak := s.measured("verify", "damaged.parquet"); peak > 512 {
						s.Errorf("byte %d from the end: %d MiB of memory", 9+i*7, peak)
					}
				}
			},
		},
	}
}

// zipped is a gzip of a text that is long in the middle.
func zipped(begin, middle string, n int, end string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(begin))
	for range n {
		_, more := w.Write([]byte(middle))
		err = errors.Join(err, more)
	}
	_, more := w.Write([]byte(end))
	if err = errors.Join(err, more, w.Close()); err != nil {
		panic(err)
	}
	return b.String()
}

// database writes an SQLite file whose export is said to be in a table.
func (s *stage) database(name, table string) {
	s.Helper()
	db, err := sql.Open("sqlite", s.path(name))
	if err != nil {
		s.Fatal(err)
	}
	_, err = db.ExecContext(s.Context(), `CREATE TABLE muster_export (one, version, complete, rows, "table", columns, checkpoint)`)
	if err == nil {
		_, err = db.ExecContext(s.Context(), "INSERT INTO muster_export VALUES (1,2,1,1,?,'id',NULL)", table)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		s.Fatal(err)
	}
}

// endsBySignal fails the test unless one signal ends a command that has opened a file.
func (s *stage) endsBySignal(file string, args ...string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), hangs)
	defer cancel()
	cmd := s.command(ctx, args...)
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.waitForOpen(ctx, cmd.Process.Pid, file)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exit.Interrupted {
		s.Errorf("%v ended with %d, want %d", args, code, exit.Interrupted)
	}
}

// waitForOpen returns once a process has a file open: it handles signals before it opens
// anything. Without /proc, it waits for two seconds.
func (s *stage) waitForOpen(ctx context.Context, pid int, file string) {
	s.Helper()
	descriptors := fmt.Sprintf("/proc/%d/fd", pid)
	if _, err := os.Stat(descriptors); err != nil {
		time.Sleep(2 * time.Second) //nolint:forbidigo // nothing says what the process does
		return
	}
	for ctx.Err() == nil {
		entries, _ := os.ReadDir(descriptors) // none once the process has ended
		for _, entry := range entries {
			if target, _ := os.Readlink(descriptors + "/" + entry.Name()); target == s.path(file) {
				return
			}
		}
		time.Sleep(5 * time.Millisecond) //nolint:forbidigo // another process opens it
	}
	s.Fatalf("%s was not opened", file)
}

// momentCases are interruptions at a bad moment.
func momentCases() []situation {
	return []situation{{
		name:     "chaos/01 an interrupted union is not whole",
		emulator: &shipstreamtest.Options{Users: 1500, Latency: 15 * time.Millisecond},
		check: func(s *stage) {
			args := []string{
				"export", `last_login_at is null or email ends with "@example.com"`, "--rate", "0", "--timestamps", "never", "--page-size", "50",
				"--concurrency", "2", "--commit-every", "5ms", "-q",
			}
			s.succeeds(s.ask(append(args, "-o", "whole.ndjson")...))
			rows, requests := strings.Count(s.read("whole.ndjson"), "\n"), s.asked()
			for i := range 6 {
				before := s.asked()
				name := fmt.Sprintf("o%d.ndjson", i)
				ctx, cancel := context.WithTimeout(s.Context(), hangs)
				cmd := s.command(ctx, append(args, "-o", name)...)
				if err := cmd.Start(); err != nil {
					s.Fatal(err)
				}
				await(s.T, "its moment", func() bool { return s.asked() > before+i*(requests-2)/6 })
				_ = cmd.Process.Signal([]os.Signal{syscall.SIGINT, syscall.SIGTERM}[i%2])
				_ = cmd.Wait()
				cancel()
				n, code := strings.Count(s.read(name), "\n"), cmd.ProcessState.ExitCode()
				if code == -1 && n == rows {
					code = exit.Done // it was done, and no longer listened for signals
				}
				if n != 0 && n != rows || (n == rows) != (code == exit.Done) {
					s.Errorf("exit %d with %d of %d rows under the final name", code, n, rows)
				}
			}
		},
	}, {
		name:       "a resumed run counts as answered, --resume alone does not",
		definition: things(),
		check: func(s *stage) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.FormValue("token") != "" {
					http.Error(w, "{}", http.StatusInternalServerError)
					return
				}
				_, _ = fmt.Fprintf(w, `{"items":%s,"next":"1"}`, rows(1, 2))
			}))
			s.url = server.URL
			s.fails(s.ask("export", "-q", "-o", "out.ndjson", "--max-outage", "0", "--commit-every", "1ms"))
			server.Close()
			s.fails(s.ask("export", "-q", "-o", "new.ndjson", "--resume"), "refused") // else it hangs
			ctx, cancel := context.WithTimeout(s.Context(), 4*time.Second)
			defer cancel()
			cmd := s.command(ctx, append([]string{"export", "-o", "out.ndjson", "--resume"}, s.flags...)...)
			if out, err := cmd.CombinedOutput(); ctx.Err() == nil {
				s.Errorf("it was given up: %v\n%s", err, out)
			}
		},
	}}
}

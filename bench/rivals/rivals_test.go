package rivals

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

var speed = flag.Bool("speed", false, "read a million users in five turns and print the comparison")

// rivalName tells the test binary which program to be.
const rivalName = "MUSTER_RIVAL"

func TestMain(m *testing.M) {
	if name := os.Getenv(rivalName); name != "" {
		if err := beProgram(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// rival is a command that reads all users and writes them as NDJSON.
type rival struct {
	name    string
	command []string
	env     []string
	probe   []string // fails where the rival cannot run; nil = it runs everywhere
	floor   bool     // it writes nothing
}

func rivals(t *testing.T) []rival {
	t.Helper()
	muster := filepath.Join(t.TempDir(), "muster.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-C", "../..", "-o", muster, "./cmd/muster").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	limits := []string{"--quiet", "--rate", "0", "--concurrency", strconv.Itoa(workers)}
	all := []rival{
		{name: "muster export", command: append([]string{muster, "export", "-o", "-"}, limits...)},
		{name: "muster query", command: append([]string{muster, "query"}, limits...)},
	}
	names := make([]string, 0, len(programs))
	for name := range programs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all = append(all, rival{name: "Go, " + name, command: []string{os.Args[0]}, env: []string{rivalName + "=" + name}, floor: strings.HasSuffix(name, "floor")})
	}
	return append(all,
		rival{name: "node", command: []string{"node", "testdata/fetch.mjs"}, probe: []string{"node", "-e", "fetch"}},
		rival{name: "Python, aiohttp", command: []string{"python3", "testdata/fetch.py"}, probe: []string{"python3", "-c", "import aiohttp"}},
		rival{name: "curl and jq", command: []string{"bash", "testdata/fetch.sh"}, probe: []string{"bash", "-c", "curl --version && jq --version && flock --version"}},
	)
}

// run returns what the rival wrote and its CPU time, with that of the processes it started.
func (r rival) run(t *testing.T, out io.Writer, env []string) time.Duration {
	t.Helper()
	c := exec.CommandContext(t.Context(), r.command[0], r.command[1:]...)
	var stderr bytes.Buffer
	c.Env, c.Stdout, c.Stderr = slices.Concat(os.Environ(), env, r.env), out, &stderr
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", r.name, err, stderr.Bytes())
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

// missing returns why the rival cannot run here; "" = it can.
func (r rival) missing(t *testing.T) string {
	t.Helper()
	if r.probe == nil {
		return ""
	}
	out, err := exec.CommandContext(t.Context(), r.probe[0], r.probe[1:]...).CombinedOutput()
	if err == nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return cmp.Or(lines[len(lines)-1], err.Error())
}

// TestRivals holds all to the same users and, with -speed, prints what CPU they take.
func TestRivals(t *testing.T) {
	users, turns := 3000, 0
	if *speed {
		users, turns = 1_000_000, 5
	}
	server := shipstreamtest.NewServer(shipstreamtest.Options{Rows: people(users), Rate: -1, Concurrency: -1, Journal: -1})
	defer server.Close()
	env := []string{"MUSTER_BASE_URL=" + server.URL, "MUSTER_TOKEN=" + server.Token(), "RIVAL_USERS=" + strconv.Itoa(users)}
	var able []rival
	for _, r := range rivals(t) {
		if why := r.missing(t); why != "" {
			t.Logf("%s is left out: %s", r.name, why)
			continue
		}
		able = append(able, r)
		if r.floor {
			r.run(t, nil, env)
			continue
		}
		file, err := os.Create(filepath.Join(t.TempDir(), "users.ndjson"))
		if err != nil {
			t.Fatal(err)
		}
		r.run(t, file, env)
		rows, sum := read(t, file)
		if want := int64(users) * int64(users+1) / 2; rows != users || sum != want {
			t.Errorf("%s: %d rows whose ids add up to %d, want %d and %d", r.name, rows, sum, users, want)
		}
	}
	best := make([]time.Duration, len(able))
	for turn := range turns {
		for i, r := range able {
			if cpu := r.run(t, nil, env); turn == 0 || cpu < best[i] {
				best[i] = cpu
			}
		}
	}
	if turns == 0 {
		return
	}
	table := "\n| reader | CPU | CPU seconds |\n|---|--:|--:|\n"
	for i, r := range able {
		table += fmt.Sprintf("| %s | %.2f× | %.2f |\n", r.name, float64(best[i])/float64(best[0]), best[i].Seconds())
	}
	t.Log(table)
}

// people are users whose ids have no holes.
func people(n int) []shipstreamtest.User {
	users := make([]shipstreamtest.User, n)
	for i := range users {
		number := strconv.Itoa(i + 1)
		users[i] = shipstreamtest.User{
			ID: int64(i + 1), Name: []string{"Ana Smith", "Chloé Müller", "Łukasz da Silva"}[i%3],
			Email: "user" + number + "@example.com", Username: "user." + number, Active: i%5 > 0,
		}
	}
	return users
}

// read returns how many lines the file has, and the sum of their ids.
func read(t *testing.T, file *os.File) (rows int, sum int64) {
	t.Helper()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		row := struct {
			ID int64 `json:"id"`
		}{math.MinInt32}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		rows, sum = rows+1, sum+row.ID
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return rows, sum
}

// TestFloorsFail: no rival takes an answer that is an error for a page of users.
func TestFloorsFail(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Rows: people(10), Rate: -1, Concurrency: -1, Journal: -1})
	defer server.Close()
	for name, read := range programs {
		if err := read(target{server.URL, "wrong", 10}, io.Discard); err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("%s, without the right token: %v", name, err)
		}
	}
}

//go:build soak

package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestSoak fetches ten million rows over HTTP while others are born and go, with
// one answer in fifty bad: every row that stays comes once, and the client's
// process keeps to its memory.
func TestSoak(t *testing.T) {
	const rows = 10_000_000
	list := &soakList{ids: paginatetest.Lumpy(rows, 1), rng: rand.New(rand.NewPCG(1, 2))}
	server := httptest.NewServer(list)
	t.Cleanup(server.Close)
	got := fetch(t, fetching{URL: server.URL, Rate: -1, Concurrency: 16, ActiveOnly: true})
	var sum uint64
	for _, id := range list.ids {
		sum += mixed(id)
	}
	t.Logf("%d rows by %d attempts, %d of them repeats; %d MiB at the most; %v", got.Rows, got.Client.Attempts, got.Client.Retries, got.Peak>>20, got.Elapsed)
	if got.Rows != rows || got.Mixed != sum {
		t.Errorf("%d rows that stay, want %d; or their ids are not theirs", got.Rows, rows)
	}
	if got.Peak > 48<<20 && !raced {
		t.Errorf("%d MiB of peak resident memory", got.Peak>>20)
	}
}

// soakList is a listing of too many users for the emulator to hold: it makes them
// up as they are asked for. Rows that do not stay are inactive ones, at ids that
// nobody has; each answer has others.
type soakList struct {
	ids []int64

	mu  sync.Mutex
	rng *rand.Rand
}

func (l *soakList) draw(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rng.IntN(n)
}

func (l *soakList) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fate := l.draw(100)
	if fate == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body := l.page(r)
	if fate == 1 {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
}

// page answers as the API does.
func (l *soakList) page(r *http.Request) []byte {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	cursor, _ := strconv.ParseInt(q.Get("cursor_start"), 10, 64)
	lo, hi := int64(1), l.ids[len(l.ids)-1]+1
	for _, f := range q["filter"] {
		var n int64
		if _, err := fmt.Sscanf(f, "id{lt:%d}", &n); err == nil {
			hi = min(hi, n)
		} else if _, err := fmt.Sscanf(f, "id{gteq:%d}", &n); err == nil {
			lo = max(lo, n)
		}
	}
	descending := q.Get("sort") == "-id"
	if cursor > 0 && descending {
		hi = min(hi, cursor+1)
	} else if cursor > 0 {
		lo = max(lo, cursor)
	}
	from, _ := slices.BinarySearch(l.ids, lo)
	until, _ := slices.BinarySearch(l.ids, hi)
	in := l.ids[min(from, until):until]
	// One more than asked for tells whether more follow, and where.
	if n := min(len(in), limit+1); descending {
		in = slices.Clone(in[len(in)-n:])
		slices.Reverse(in)
	} else {
		in = in[:n]
	}
	return l.encode(in, limit, descending, q.Get("count") == "1")
}

func (l *soakList) encode(in []int64, limit int, descending, count bool) []byte {
	var b strings.Builder
	b.WriteString(`{"collection":[`)
	rows, next := 0, int64(0)
	for i, id := range in {
		if rows == limit {
			next = id
			break
		}
		write := func(id int64, active bool) {
			if rows++; rows > 1 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"type":"OrganizationUser","id":%d,"name":"N %d","email":"e%d@example.com","username":"u.%d","is_active":%t}`, id, id, id, id, active)
		}
		write(id, true)
		// A row that does not stay, between this one and the next.
		step := int64(1)
		if descending {
			step = -1
		}
		if i+1 < len(in) && in[i+1] != id+step && rows < limit && l.draw(200) == 0 {
			write(id+step, false)
		}
	}
	fmt.Fprintf(&b, `],"has_more":%t,"meta":{"processing_time":0.01`, next > 0)
	if next > 0 {
		fmt.Fprintf(&b, `,"cursor_start":%d`, next)
	}
	if count {
		fmt.Fprintf(&b, `,"count":%d`, len(l.ids))
	}
	b.WriteString("}}")
	return []byte(b.String())
}

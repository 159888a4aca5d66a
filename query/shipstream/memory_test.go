package shipstream_test

import (
	"errors"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// allocated returns how many bytes f allocates. Nothing else may run meanwhile.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// looseSchema is the users' schema with no field that a row must have.
func looseSchema() *model.Schema {
	return shipstream.UserSchema().With(func(f *model.Field) { f.Nullable = true })
}

// hostilePages are pages of n bytes that are as small as text can be where it
// becomes large in memory. All are JSON, and of the shape that the API documents.
func hostilePages(n int) map[string]string {
	fill := func(item string) string { return strings.TrimSuffix(strings.Repeat(item+",", n/(len(item)+1)), ",") }
	included := func(typ, item string) string {
		return `{"collection":[],"has_more":false,"included":{"` + typ + `":[` + fill(item) + `]}}`
	}
	roles := func(permissions string) string {
		return `{"collection":[],"has_more":false,"included":{"ClientUserRole":[{"id":1,"permissions":[` + permissions + `]}]}}`
	}
	var names strings.Builder
	for c := 'a'; c < 'a'+26; c++ {
		names.WriteString(`,"` + string(c) + `":1`)
	}
	numbered := func(item string) string {
		return repeat(n/(len(item)+7), func(n string) string { return strings.ReplaceAll(item, "#", n) })
	}
	return map[string]string{
		"rows":                     pageOf(fill(`{"id":1}`)),
		"escaped rows":             pageOf(fill(`{"\u0069d":1}`)),
		"rows of unknown members":  pageOf(fill(`{"id":1` + names.String() + `}`)),
		"unknown members":          pageOf(`{"id":1,` + numbered(`"#":1`) + `}`),
		"unknown members of pages": `{"collection":[],"has_more":false,` + numbered(`"#":1`) + `}`,
		"unknown members of meta":  `{"collection":[],"has_more":false,"meta":{` + numbered(`"#":1`) + `}}`,
		"references":               pageOf(`{"id":1,"roles":[` + fill(`{"type":"","id":1}`) + `]}`),
		"references with more":     pageOf(`{"id":1,"roles":[` + fill(`{"type":"","id":1,"":1}`) + `]}`),
		"types of references":      pageOf(`{"id":1,"roles":[` + numbered(`{"type":"#","id":1}`) + `]}`),
		"empty objects":            included("Drone", `{}`),
		"numbers for objects":      included("Drone", `1`),
		"drones":                   included("Drone", `{"id":1}`),
		"drones with a name":       included("Drone", `{"name":""}`),
		"merchants":                included("Merchant", `{"id":1}`),
		"warehouses":               included("Warehouse", `{"id":1}`),
		"types of objects":         `{"collection":[],"has_more":false,"included":{` + numbered(`"#":[]`) + `}}`,
		"permissions":              roles(fill(`""`)),
		"different permissions":    roles(numbered(`"#"`)),
	}
}

// TestDecodeMemory decodes what is small as text and large in memory. What is
// allocated in all, garbage too, is bounded: by twice what the lists may grow to, in
// each of two readings, and a few copies of the text.
func TestDecodeMemory(t *testing.T) {
	const free, each, text = 16 << 20, 8, 16
	refused := []string{"rows", "escaped rows", "empty objects", "numbers for objects", "drones", "merchants", "warehouses"}
	pages := hostilePages(1 << 20)
	larger := hostilePages(4 << 20)
	for _, name := range []string{"rows of unknown members", "references with more", "types of objects"} {
		refused, pages[name] = append(refused, name), larger[name]
	}
	for name, page := range pages {
		body := []byte(page)
		var err error
		n := allocated(func() { _, err = shipstream.DecodeUsers(body) })
		if most := 2*2*(free+each*len(body)) + text*len(body); n > most {
			t.Errorf("%s: %d bytes were allocated for %d, want at most %d", name, n, len(body), most)
		}
		if err == nil && slices.Contains(refused, name) {
			t.Errorf("%s: no error", name)
		}
		var e *model.DecodeError
		if err != nil && (!errors.As(err, &e) || !errors.Is(err, model.ErrUnexpected) || e.Path == "" || !strings.Contains(err.Error(), "too many small values")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDecodeMemoryEveryWay: raw rows share the page with users, and dynamic rows
// are counted with their fields.
func TestDecodeMemoryEveryWay(t *testing.T) {
	t.Parallel()
	dynamic, err := model.NewDynamicDecoder(looseSchema(), model.DefaultLayout())
	if err != nil {
		t.Fatal(err)
	}
	pages := hostilePages(1 << 20)
	if _, err := model.DecodeRaw([]byte(pages["empty objects"])); !errors.Is(err, model.ErrUnexpected) {
		t.Errorf("raw: %v", err)
	}
	for _, name := range []string{"rows", "drones with a name"} {
		if _, err := dynamic.Decode([]byte(pages[name])); !errors.Is(err, model.ErrUnexpected) {
			t.Errorf("dynamic %s: %v", name, err)
		}
	}
}

// TestDecodeMemoryOfPages accepts large pages of rows and objects as short as any
// that say something, beyond what a body may take for nothing.
func TestDecodeMemoryOfPages(t *testing.T) {
	t.Parallel()
	const rows = 70_000
	for name, body := range map[string]string{
		"rows": pageOf(repeat(rows, func(n string) string { return `{"id":` + n + `,"name":"Ana Li","is_active":true}` })),
		"objects": `{"collection":[],"has_more":false,"included":{"Warehouse":[` +
			repeat(rows, func(n string) string { return `{"type":"Warehouse","id":` + n + `,"name":"A"}` }) + `]}}`,
	} {
		if _, err := shipstream.DecodeUsers([]byte(body), model.MaxRows(rows)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMaxRows(t *testing.T) {
	t.Parallel()
	layout := model.DefaultLayout()
	layout.Rows = ""
	layout.HasMore = ""
	dynamic, err := model.NewDynamicDecoder(looseSchema(), layout)
	if err != nil {
		t.Fatal(err)
	}
	row := func(n string) string { return `{"id":` + n + `}` }
	for _, tt := range []struct {
		most, rows int
		refused    bool
	}{{0, 2000, false}, {-1, 3, false}, {3, 3, false}, {3, 4, true}, {1500, 1499, false}, {1500, 1500, false}, {1500, 1501, true}, {80_000, 80_000, false}} {
		list := repeat(tt.rows, row)
		for way, decode := range map[string]func() (int, error){
			"users": func() (int, error) {
				page, err := shipstream.DecodeUsers([]byte(pageOf(list)), model.MaxRows(tt.most))
				return rowsOf(page), err
			},
			"raw": func() (int, error) {
				page, err := model.DecodeRaw([]byte(pageOf(list)), model.MaxRows(tt.most))
				return rowsOf(page), err
			},
			"dynamic": func() (int, error) {
				page, err := dynamic.Decode([]byte("["+list+"]"), model.MaxRows(tt.most))
				return rowsOf(page), err
			},
		} {
			rows, err := decode()
			if !tt.refused && (err != nil || rows != tt.rows) {
				t.Errorf("%s, at most %d of %d rows: %d, %v", way, tt.most, tt.rows, rows, err)
			}
			var e *model.DecodeError
			if tt.refused && (!errors.Is(err, model.ErrUnexpected) || !errors.As(err, &e) || path.Base(e.Path) != strconv.Itoa(tt.most)) {
				t.Errorf("%s, at most %d of %d rows: %v", way, tt.most, tt.rows, err)
			}
		}
	}
}

func rowsOf[T any](p *model.Page[T]) int {
	if p == nil {
		return 0
	}
	return len(p.Rows)
}

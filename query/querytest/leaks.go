package querytest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

// labelled calls work. What it returns waits for the goroutines that work has
// started, and they in turn, to end, and says of those that do not what they are; so
// many that keep connections may stay.
func labelled(ctx context.Context, work func(context.Context)) (left func(idle int) []string) {
	const key = "querytest"
	value := rand.Text()
	pprof.Do(ctx, pprof.Labels(key, value), work)
	label := fmt.Sprintf("%q:%q", key, value)
	return func(idle int) (faults []string) {
		for deadline := time.Now().Add(patience); ; <-time.After(10 * time.Millisecond) {
			if faults = leaks(label, idle); len(faults) == 0 || time.Now().After(deadline) {
				return faults
			}
		}
	}
}

// keeps reports whether a function keeps a connection for the next request, and so
// outlives a run.
func keeps(function string) bool {
	return slices.ContainsFunc([]string{
		"net/http.(*persistConn).", "net/http.(*http2ClientConn).", "golang.org/x/net/http2.(*ClientConn).",
		"database/sql.(*DB).", "github.com/go-sql-driver/mysql.(*mysqlConn).",
	}, func(name string) bool { return strings.HasPrefix(function, name) })
}

// leaks says what goroutines there are with the label, but for so many that keep
// connections. More of those are connections that nobody gave back.
func leaks(label string, idle int) (faults []string) {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return []string{err.Error()}
	}
	kept := 0
	_, groups, _ := strings.Cut(profile.String(), "\n") // the first line is the total
	for group := range strings.SplitSeq(groups, "\n\n") {
		if !strings.Contains(group, label) {
			continue
		}
		n, began := described(group)
		if keeps(began) {
			kept += n
			continue
		}
		faults = append(faults, fmt.Sprintf("%d outlive the runs that started them, in %s", n, began))
	}
	if kept > idle {
		faults = append(faults, fmt.Sprintf("%d keep connections open: is every body closed?", kept))
	}
	return faults
}

// described is how many goroutines a group of a profile is, and the function that
// they began with, which stands last, with its file and line:
//
//	2 @ 0x47bb1d 0x4a3e21
//	# labels: {"querytest":"ZQ3V"}
//	#	0x47bb1c	example.com/orders.(*Source).Fetch.func1+0x3c	/src/orders/source.go:7
func described(group string) (n int, began string) {
	count, _, _ := strings.Cut(group, " ")
	n, _ = strconv.Atoi(count) // the profile has a number here
	lines := strings.Split(strings.TrimSpace(group), "\n")
	columns := strings.Fields(lines[len(lines)-1])
	if len(columns) < 4 || !strings.Contains(columns[2], "+0x") {
		return n, "a function without a name"
	}
	name := columns[2][:strings.LastIndex(columns[2], "+0x")]
	return n, name + " at " + columns[3]
}

// settled waits until no more goroutines run than that.
func settled(most int) (n int, ok bool) {
	for deadline := time.Now().Add(patience); ; runtime.Gosched() {
		if n = runtime.NumGoroutine(); n <= most || time.Now().After(deadline) {
			return n, n <= most
		}
	}
}

package querytest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

// labelled calls work under a label that the goroutines it starts inherit, and those
// that they start in turn. The function that it returns waits for all of them to end
// and describes those that do not; idle goroutines that keep connections may stay.
func labelled(ctx context.Context, work func(context.Context)) (leaked func(idle int) []string) {
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

// keepsConnection reports whether a goroutine that began with the function keeps a
// connection for later requests, and so outlives the call that opened it.
func keepsConnection(function string) bool {
	return slices.ContainsFunc([]string{
		"net/http.(*persistConn).", "net/http.(*http2ClientConn).", "golang.org/x/net/http2.(*ClientConn).",
		"database/sql.(*DB).", "github.com/go-sql-driver/mysql.(*mysqlConn).",
	}, func(name string) bool { return strings.HasPrefix(function, name) })
}

// leaks describes the goroutines that have the label. It accepts idle ones that keep
// connections; more than that shows that somebody does not close response bodies.
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
		n, first := parseGroup(group)
		if keepsConnection(first) {
			kept += n
			continue
		}
		faults = append(faults, fmt.Sprintf("%d outlive the calls that started them, in %s", n, first))
	}
	if kept > idle {
		faults = append(faults, fmt.Sprintf("%d keep connections open: is every body closed?", kept))
	}
	return faults
}

// parseGroup returns how many goroutines a group of a profile has, and the function that
// they began with, which stands last with its file and line:
//
//	2 @ 0x47bb1d 0x4a3e21
//	# labels: {"querytest":"ZQ3V"}
//	#	0x47bb1c	example.com/orders.(*Source).Fetch.func1+0x3c	/src/orders/source.go:7
func parseGroup(group string) (n int, first string) {
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

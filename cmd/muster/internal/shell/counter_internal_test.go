package shell

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// counted is a counter whose server takes a second, and what was asked of it.
func counted(asked, ended *[]string) *counter {
	return &counter{
		changed: func() {}, cancel: func() {},
		matching: func(ctx context.Context, filter string) (string, bool) {
			*asked = append(*asked, filter)
			select {
			case <-time.After(time.Second):
				return fmt.Sprintf("%d rows", len(filter)), filter != "fails"
			case <-ctx.Done():
				*ended = append(*ended, filter)
				return "", false
			}
		},
	}
}

// TestCounter types with pauses, and looks at what is asked and shown.
func TestCounter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked, ended []string
		c := counted(&asked, &ended)
		shows := func(line, want string) {
			t.Helper()
			synctest.Wait()
			if got, _ := c.of(t.Context(), line); got != want {
				t.Errorf("%q shows %q, want %q", line, got, want)
			}
		}
		for _, line := range []string{"i", "id", "id =", "id = 1"} { // faster than a pause
			shows(line, "")
			time.Sleep(pause / 2) //nolint:forbidigo // fake time
		}
		time.Sleep(pause + time.Second) //nolint:forbidigo // fake time
		shows("id = 1", "6 rows")
		shows(" id = 1 ", "6 rows") // the same filter
		shows("id = 12", "")
		time.Sleep(pause + time.Second/2) //nolint:forbidigo // fake time
		shows("id = 123", "")             // while 12 is being counted
		time.Sleep(pause + time.Second)   //nolint:forbidigo // fake time
		shows("id = 123", "8 rows")
		shows("fails", "")
		time.Sleep(time.Minute) //nolint:forbidigo // fake time
		shows("fails", "")
		shows(`\explain id`, "")
		shows("", "")
		time.Sleep(time.Minute) //nolint:forbidigo // fake time
		c.stop()
		if want := []string{"id = 1", "id = 12", "id = 123", "fails"}; !slices.Equal(asked, want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
		if want := []string{"id = 12"}; !slices.Equal(ended, want) {
			t.Errorf("ended %q, want %q", ended, want)
		}
	})
}

// TestCounterStops: the end of a line ends its count, and waits for it.
func TestCounterStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked, ended []string
		c := counted(&asked, &ended)
		c.of(t.Context(), "id = 1")
		time.Sleep(pause + time.Millisecond) //nolint:forbidigo // fake time
		c.stop()
		if !slices.Equal(ended, []string{"id = 1"}) {
			t.Errorf("ended %q", ended)
		}
		c.of(t.Context(), "id = 1") // typed again: not known, so asked again
		time.Sleep(time.Minute)     //nolint:forbidigo // fake time
		if words, ok := c.of(t.Context(), "id = 1"); !ok {
			t.Errorf("shows %q", words)
		}
		c.stop()
	})
}

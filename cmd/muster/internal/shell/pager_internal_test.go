package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestPagerWithoutProgram: what is longer than the screen goes to the output as it
// comes, and nothing is lost or doubled.
func TestPagerWithoutProgram(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{nil, {"/nowhere/less"}} {
		for n := range 8 {
			var out, want strings.Builder
			p := &pager{command: command, lines: 3, out: &out}
			err := p.around(t.Context(), func(_ context.Context, w io.Writer) error {
				for i := range n {
					_, _ = fmt.Fprintln(io.MultiWriter(w, &want), i)
					if held := out.Len() == 0; held != (i < 3) {
						t.Errorf("after line %d of %d the output has %q", i, n, out.String())
					}
				}
				return nil
			})
			if err != nil || out.String() != want.String() {
				t.Errorf("%q, %v; want %q", out.String(), err, want.String())
			}
		}
	}
}

// TestPagerFails: a failure of the run is the failure, and what came before it is
// shown; so is one of the output.
func TestPagerFails(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	var out strings.Builder
	p := &pager{lines: 3, out: &out}
	err := p.around(t.Context(), func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "one\n")
		return failed
	})
	if !errors.Is(err, failed) || out.String() != "one\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	closed, w := io.Pipe()
	_ = closed.Close()
	p = &pager{lines: 1, out: w}
	err = p.around(t.Context(), func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "one\ntwo\nthree\n")
		return err
	})
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a closed output: %v", err)
	}
}

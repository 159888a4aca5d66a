package model_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
)

// looked is a context that ends when it is looked at for the last time of so many.
type looked struct {
	context.Context //nolint:containedctx // it is one
	looks, last     int
	cancel          context.CancelCauseFunc
}

var errGone = errors.New("the caller has left")

func newLooked(ctx context.Context, last int) *looked {
	ctx, cancel := context.WithCancelCause(ctx)
	return &looked{Context: ctx, last: last, cancel: cancel}
}

func (c *looked) Err() error {
	if c.looks++; c.looks == c.last {
		c.cancel(errGone)
	}
	return c.Context.Err()
}

// TestUntil: decoding ends soon after its context, in a whole body and in a malformed one.
func TestUntil(t *testing.T) {
	t.Parallel()
	for _, end := range []string{`],"has_more":false}`, `],"has_more":`} {
		ctx, cancel := context.WithCancelCause(t.Context())
		read := 0
		pages := model.PageDecoder[int]{Read: func(_ *int, d *model.Decoder, _ *model.Included) {
			if read++; read == 1000 {
				cancel(errGone)
			}
			d.ID()
		}}
		body := `{"collection":[` + strings.Repeat("1,", 100_000) + "1" + end
		if page, err := pages.Decode([]byte(body), model.Until(ctx)); page != nil || !errors.Is(err, errGone) {
			t.Errorf("got %v, %v", page, err)
		}
		if read > 1000+16<<10 {
			t.Errorf("%d rows were read, and the context ended at 1000", read)
		}
	}
}

// TestUntilLarge: the decoder looks at its context within some KiB of a large body, while
// it reads it quickly, validates it and locates its fault. It ends at the next look, which
// takes microseconds; a count of looks is the same on a busy machine.
func TestUntilLarge(t *testing.T) {
	schema, err := model.NewSchema("things", model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways})
	if err != nil {
		t.Fatal(err)
	}
	dynamic, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "rows", ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	const piece = 16 << 10
	large, size := 64<<20, 4<<20
	if testing.Short() {
		large = size
	}
	rows := func(size int) string { return strings.Repeat(`{"id":7,"tags":["a","b"]},`, size/26) }
	row := func(size int) string {
		return `{"id":7,"tags":[` + strings.Repeat(`"a",1,{"b":null},`, size/17)
	}
	long := strings.Repeat("x", size)
	for name, test := range map[string]struct {
		body    string
		reads   int // how often it is read, in full
		correct bool
	}{
		"rows":                            {`{"rows":[` + rows(size) + `{"id":8}]}`, 1, true},
		"malformed rows":                  {`{"rows":[` + rows(large) + `{"id":8}`, 3, false},
		"one row":                         {`{"rows":[` + row(large) + `1]}]}`, 1, true},
		"one malformed row":               {`{"rows":[` + row(size) + `1}`, 3, false},
		"one row that is read again":      {`{"rows":[{"note":"\u00e9\ud83d\ude00",` + row(size)[1:] + `[[[[[[[[[[1]]]]]]]]]]]}]}`, 3, true},
		"a malformed text":                {`{"rows":[{"id":7,"note":"` + long, 1, false},
		"a malformed text that has a tab": {`{"rows":[{"id":7,"note":"` + long + "\t" + `"}]}`, 1, false},
	} {
		body := []byte(test.body)
		whole := newLooked(t.Context(), 0)
		page, err := dynamic.Decode(body, model.Until(whole))
		if (err == nil) != test.correct || test.correct == (page == nil) || err != nil && !errors.Is(err, model.ErrMalformed) {
			t.Fatalf("%s: %v", name, err)
		}
		if most := test.reads * len(body) / piece; whole.looks < most*9/10 {
			t.Errorf("%s: it looked at its context %d times, want %d", name, whole.looks, most)
		}
		for _, part := range []int{2, 5, 9} {
			ctx := newLooked(t.Context(), max(whole.looks*part/10, 1))
			if page, err := dynamic.Decode(body, model.Until(ctx)); page != nil || !errors.Is(err, errGone) {
				t.Fatalf("%s, at %d of %d: %v", name, ctx.last, whole.looks, err)
			}
			if more := ctx.looks - ctx.last; more > 8 { // each part of the decoder asks once
				t.Errorf("%s, at %d tenths: it looked %d times after the end", name, part, more)
			}
		}
	}
}

func ExampleUntil() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := model.DecodePage[struct{}]([]byte(`{"collection":[{"id":9}],"has_more":true}`), model.Until(ctx))
	fmt.Println(errors.Is(err, context.Canceled))
	// Output: true
}

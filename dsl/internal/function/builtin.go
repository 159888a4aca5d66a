package function

import (
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/dsl/internal/number"
	"github.com/muster-go/muster/model"
)

// Builtin returns the table of the functions that every filter has.
func Builtin() *Table { return builtin() }

//nolint:gochecknoglobals // made once, on first use, and immutable
var builtin = sync.OnceValue(func() *Table {
	text := Param{"text", Text}
	instant := Param{"time", Instant}
	x := Param{"number", Numbers}
	return NewTable(
		Function{
			Name: "lower", Params: []Param{text}, Result: model.TypeString, Eval: lower, Doc: "the text in lower case",
			KeepsWeight: true, Gives: func(text, want string) bool { return maps(text, want, unicode.ToLower) },
		},
		Function{
			Name: "upper", Params: []Param{text}, Result: model.TypeString, Eval: upper, Doc: "the text in upper case",
			KeepsWeight: true, Gives: func(text, want string) bool { return maps(text, want, unicode.ToUpper) },
		},
		Function{Name: "trim", Params: []Param{text}, Result: model.TypeString, Eval: trim, Doc: "the text without spaces at its ends"},
		Function{Name: "length", Params: []Param{text}, Result: model.TypeInt, Eval: length, Doc: "the number of characters"},
		Function{
			Name: "substring", Params: []Param{text, {"from", Whole}, {"n", Whole}}, Result: model.TypeString,
			Eval: substring, Doc: "n characters of the text, from the first, 1, on",
		},
		Function{Name: "concat", Params: []Param{text, text}, Repeats: true, Result: model.TypeString, Eval: concat, Doc: "the texts one after the other"},
		Function{
			Name: "coalesce", Params: []Param{{"a", Scalars}, {"b", Scalars}}, Repeats: true, TakesNull: true,
			Eval: coalesce, Doc: "the first value that is not null",
		},
		Function{Name: "year", Params: []Param{instant}, Result: model.TypeInt, Eval: part(time.Time.Year), Doc: "the year, in the query's zone"},
		Function{Name: "month", Params: []Param{instant}, Result: model.TypeInt, Eval: part(month), Doc: "the month, from 1 to 12"},
		Function{Name: "day", Params: []Param{instant}, Result: model.TypeInt, Eval: part(time.Time.Day), Doc: "the day of the month"},
		Function{Name: "hour", Params: []Param{instant}, Result: model.TypeInt, Eval: part(time.Time.Hour), Doc: "the hour, from 0 to 23"},
		Function{Name: "weekday", Params: []Param{instant}, Result: model.TypeInt, Eval: part(weekday), Doc: "the day of the week: 1 is Monday, 7 Sunday"},
		Function{Name: "date", Params: []Param{instant}, Result: model.TypeDateTime, Eval: date, Doc: "the instant at which the day begins"},
		Function{Name: "abs", Params: []Param{x}, Nullable: true, Eval: absolute, Doc: "the number without its sign"},
		Function{Name: "round", Params: []Param{x}, Nullable: true, Eval: round, Doc: "the nearest whole number; halves away from zero"},
		Function{Name: "min", Params: []Param{{"a", Ordered}, {"b", Ordered}}, Eval: lesser, Doc: "the lesser of two values"},
		Function{Name: "max", Params: []Param{{"a", Ordered}, {"b", Ordered}}, Eval: greater, Doc: "the greater of two values"},
	)
})

func trim(_ Context, x, _, _ model.Value) model.Value {
	return model.String(strings.Trim(x.Str(), " "))
}

func length(_ Context, x, _, _ model.Value) model.Value {
	return model.Int(int64(utf8.RuneCountInString(x.Str())))
}

// substring returns the characters at the places from … from+n-1, as SQL does: there are none
// before the first.
func substring(_ Context, x, from, n model.Value) model.Value {
	first, count := from.Int(), n.Int()
	if first < 1 {
		if count += first - 1; count > n.Int() { // it wrapped around
			count = 0
		}
		first = 1
	}
	text := x.Str()
	start := prefix(text, first-1)
	return model.String(text[start:][:prefix(text[start:], count)])
}

// prefix returns the length in bytes of the first n characters of text.
func prefix(text string, n int64) int {
	if n <= 0 {
		return 0
	}
	if n >= int64(len(text)) {
		return len(text)
	}
	for at := range text {
		if n == 0 {
			return at
		}
		n--
	}
	return len(text)
}

func concat(_ Context, x, y, _ model.Value) model.Value { return model.String(x.Str() + y.Str()) }

func coalesce(c Context, x, y, _ model.Value) model.Value {
	switch {
	case x.IsNull() && y.IsNull():
		return x
	case x.IsNull():
		x = y
	}
	return number.As(c.Type, x)
}

// part returns the function for a part of a time on the wall clock of the query's zone.
func part(of func(time.Time) int) func(c Context, x, _, _ model.Value) model.Value {
	return func(c Context, x, _, _ model.Value) model.Value {
		return model.Int(int64(of(x.Time().In(c.Zone))))
	}
}

func month(t time.Time) int { return int(t.Month()) }

func weekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func date(c Context, x, _, _ model.Value) model.Value {
	y, m, d := x.Time().In(c.Zone).Date()
	return model.DateTimeUnix(calendar.StartOfDay(y, int(m), d, c.Zone))
}

func absolute(_ Context, x, _, _ model.Value) model.Value { return number.Absolute(x) }

func round(_ Context, x, _, _ model.Value) model.Value { return number.Round(x) }

func lesser(c Context, x, y, _ model.Value) model.Value {
	if compare(c, x, y) <= 0 {
		return number.As(c.Type, x)
	}
	return number.As(c.Type, y)
}

func greater(c Context, x, y, _ model.Value) model.Value {
	if compare(c, x, y) >= 0 {
		return number.As(c.Type, x)
	}
	return number.As(c.Type, y)
}

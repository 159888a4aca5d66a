package shelftest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// person is what the rows of a listing of people are made of. A text that is null, and an
// instant that is the zero one, are missing.
type person struct {
	n                  int // from 0
	first, last, email string
	title, phone       *string // which some have, and for some ''
	active             bool
	made, changed      time.Time // in milliseconds; changed is never before made
	seen               time.Time // may be missing
}

// people returns as many people as are asked for, always the same ones. Names differ in
// case and accents alone, and have blanks, quotes, wildcards and words of filter languages.
func people(n int) []person {
	firsts := []string{"Ada", "ada", "ADA", "Zoë", "Zoe", "Bo", "O'Neil", "Ann Marie", `Q"x`, "Kim", "Sam"}
	lasts := []string{"Lovelace", "lovelace", "and", "100%", "a_b", "Müller", "Muller", `back\slash`, "Sky*", "not", "Null", "Ångström", "x,y"}
	titles := []string{"Engineer", "engineer", "", "Head of R&D", "CEO (acting)", "Engineering Manager"}
	out := make([]person, n)
	start := time.Date(2024, 1, 31, 22, 0, 0, 0, time.UTC)
	for i := range out {
		p := person{n: i, first: firsts[i%len(firsts)], last: lasts[i*7%len(lasts)], active: i%5 > 0}
		p.email = fmt.Sprintf("user%d@example.com", i)
		if i%9 == 0 {
			p.email = strings.ToUpper(p.email)
		}
		if i%4 > 0 {
			p.title = &titles[i*5%len(titles)]
		}
		if i%3 == 0 {
			phone := fmt.Sprintf("+4930%06d", i*7919%1_000_000)
			p.phone = &phone
		}
		p.made = start.Add(time.Duration(i*i%977)*time.Hour + time.Duration(i*37%1000)*time.Millisecond)
		p.changed = p.made.Add(time.Duration(i%6) * 12 * time.Hour)
		if i%7 > 1 {
			p.seen = p.changed.Add(time.Duration(i%50) * time.Minute)
		}
		out[i] = p
	}
	return out
}

// code is an id of letters and digits.
func (p person) code(prefix string, length int) string {
	sum := sha256.Sum256([]byte(prefix + p.email))
	text := base64.RawURLEncoding.EncodeToString(sum[:])
	return prefix + strings.NewReplacer("-", "x", "_", "y").Replace(text)[:length]
}

// guid is an id of hexadecimal digits.
func (p person) guid() string {
	sum := sha256.Sum256([]byte(p.email))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// text is what a row has of a text that may be missing.
func text(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

// instant is what a row has of an instant that may be missing.
func instant(t time.Time, layout string) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(layout)
}

// Layouts of instants.
const (
	millis  = "2006-01-02T15:04:05.000Z"
	seconds = "2006-01-02T15:04:05Z"
)

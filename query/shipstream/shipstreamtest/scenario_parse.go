package shipstreamtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxScenario bounds a scenario's text, in bytes.
const maxScenario = 8 << 20

// ParseScenario reads a scenario. Its error names the line, or the step and its
// member.
func ParseScenario(r io.Reader) (*Scenario, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxScenario+1))
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	if len(text) > maxScenario {
		return nil, fmt.Errorf("scenario: longer than %d bytes", maxScenario)
	}
	var file struct {
		Steps []json.RawMessage `json:"steps"`
	}
	if err := decodeStrictly(text, &file); err != nil {
		return nil, fmt.Errorf("scenario: %s%w", lineOf(text, err), err)
	}
	s := &Scenario{}
	for i, raw := range file.Steps {
		st, err := parseStep(raw)
		if err != nil {
			return nil, fmt.Errorf("scenario: step %d: %w", i+1, err)
		}
		s.steps = append(s.steps, st)
	}
	return s, nil
}

// decodeStrictly refuses unknown members and trailing text: what is misspelled
// would silently do nothing.
func decodeStrictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the end of the object")
	}
	return nil
}

// lineOf says on which line of text an error of syntax lies, if it is one.
func lineOf(text []byte, err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return ""
	}
	end := min(int(syntax.Offset), len(text))
	return "line " + strconv.Itoa(1+bytes.Count(text[:end], []byte("\n"))) + ": "
}

// stepText is a step as it is written.
type stepText struct {
	Requests    string            `json:"requests"`
	Every       *int              `json:"every"`
	From        string            `json:"from"`
	Until       string            `json:"until"`
	Probability *float64          `json:"probability"`
	Fault       string            `json:"fault"`
	Status      int               `json:"status"`
	RetryAfter  string            `json:"retry_after"`
	Headers     map[string]string `json:"headers"`
	Delay       string            `json:"delay"`
	Insert      []userText        `json:"insert"`
	Delete      []int64           `json:"delete"`
	Remove      []int64           `json:"remove"`
}

func parseStep(raw json.RawMessage) (step, error) {
	var t stepText
	if err := decodeStrictly(raw, &t); err != nil {
		return step{}, err
	}
	s := step{first: 1, last: math.MaxInt, every: 1, until: math.MaxInt64, probability: 1}
	if err := errors.Join(s.parseWhen(&t), s.parseFault(&t), s.parseChange(&t)); err != nil {
		return step{}, err
	}
	if s.fault.isZero() && s.change == nil {
		return step{}, errors.New("it says none of fault, delay, insert, delete and remove")
	}
	return s, nil
}

func (s *step) parseWhen(t *stepText) (err error) {
	if t.Requests != "" {
		if s.first, s.last, err = parseRange(t.Requests); err != nil {
			return err
		}
	}
	if t.Every != nil {
		if s.every = *t.Every; s.every < 1 {
			return fmt.Errorf("every: %d is less than 1", s.every)
		}
	}
	if t.Probability != nil {
		if s.probability = *t.Probability; !(s.probability >= 0 && s.probability <= 1) {
			return fmt.Errorf("probability: %v is not in 0..1", s.probability)
		}
	}
	if err := parseDuration("from", t.From, &s.from); err != nil {
		return err
	}
	if err := parseDuration("until", t.Until, &s.until); err != nil {
		return err
	}
	if s.until <= s.from {
		return errors.New("until: not after from")
	}
	return nil
}

// parseRange reads "N", "N-M" or "N-".
func parseRange(text string) (first, last int, err error) {
	low, high, ranged := strings.Cut(text, "-")
	first, err = strconv.Atoi(low)
	last = first
	switch {
	case err != nil:
	case ranged && high == "":
		last = math.MaxInt
	case ranged:
		last, err = strconv.Atoi(high)
	}
	if err != nil || first < 1 || last < first {
		return 0, 0, fmt.Errorf("requests: %q is none of N, N-M and N- with 1 ≤ N ≤ M", text)
	}
	return first, last, nil
}

func parseDuration(key, text string, into *time.Duration) error {
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fmt.Errorf("%s: %q is no time such as 750ms, 5s or 1m30s", key, text)
	}
	*into = d
	return nil
}

func (s *step) parseFault(t *stepText) error {
	s.fault.Status, s.fault.RetryAfter = t.Status, t.RetryAfter
	if t.Fault != "" {
		kinds := allFaultKinds()
		i := slices.IndexFunc(kinds, func(k FaultKind) bool { return k.String() == t.Fault })
		if i < 0 {
			return fmt.Errorf("fault: unknown %q (%s)", t.Fault, joinKinds(kinds))
		}
		s.fault.Kind = kinds[i]
	}
	if s.fault.Kind == FaultStatus && http.StatusText(t.Status) == "" {
		return fmt.Errorf("status: %d is no HTTP status", t.Status)
	}
	if s.fault.Kind == FaultNone && (t.RetryAfter != "" || t.Status != 0) || s.fault.Kind != FaultStatus && t.Status != 0 {
		return errors.New(`status goes with fault "status", and retry_after with a fault`)
	}
	for name, value := range t.Headers {
		if s.fault.Header == nil {
			s.fault.Header = http.Header{}
		}
		s.fault.Header.Set(name, value)
	}
	return parseDuration("delay", t.Delay, &s.fault.Delay)
}

func allFaultKinds() []FaultKind {
	var kinds []FaultKind
	for k := FaultThrottle; k <= FaultStatus; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

func joinKinds(kinds []FaultKind) string {
	names := make([]string, 0, len(kinds))
	for _, k := range kinds {
		names = append(names, k.String())
	}
	return strings.Join(names, ", ")
}

// userText is a user as a step writes it, with the API's names.
type userText struct {
	ID          int64   `json:"id"`
	Type        Kind    `json:"type"`
	Name        string  `json:"name"`
	Email       string  `json:"email"`
	Username    string  `json:"username"`
	Active      bool    `json:"is_active"`
	Deleted     bool    `json:"deleted"`
	CreatedAt   string  `json:"created_at"`
	LastLoginAt string  `json:"last_login_at"`
	Roles       []int64 `json:"roles"`
	Badge       bool    `json:"login_via_badge"`
	Warehouse   int64   `json:"default_warehouse"`
	Merchant    int64   `json:"merchant"`
}

func (t userText) user() (User, error) {
	u := User{
		ID: t.ID, Kind: t.Type, Name: t.Name, Email: t.Email, Username: t.Username, Active: t.Active, Deleted: t.Deleted,
		Roles: t.Roles, LoginViaBadge: t.Badge, Warehouse: t.Warehouse, Merchant: t.Merchant,
	}
	if err := errors.Join(parseInstant(t.CreatedAt, &u.CreatedAt), parseInstant(t.LastLoginAt, &u.LastLoginAt)); err != nil {
		return u, fmt.Errorf("user %d: %w", t.ID, err)
	}
	return u, u.validate()
}

func parseInstant(text string, into *time.Time) error {
	if text == "" {
		return nil
	}
	sec, err := parseTime(text)
	if err != nil {
		return fmt.Errorf("%q is no date-time such as 2017-07-21T17:32:28Z", text)
	}
	*into = time.Unix(sec, 0).UTC()
	return nil
}

func (s *step) parseChange(t *stepText) error {
	if len(t.Insert)+len(t.Delete)+len(t.Remove) == 0 {
		return nil
	}
	users := make([]User, 0, len(t.Insert))
	for _, text := range t.Insert {
		u, err := text.user()
		if err != nil {
			return fmt.Errorf("insert: %w", err)
		}
		users = append(users, u)
	}
	s.change = func(e *Emulator) error {
		e.DeleteUsers(t.Delete...)
		e.RemoveUsers(t.Remove...)
		return e.AddUsers(users...)
	}
	return nil
}

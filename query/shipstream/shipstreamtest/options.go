package shipstreamtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/muster-go/muster/model"
)

// The defaults of [Options] that stand for the API's documented limits.
const (
	DefaultToken       = "demo"    // accepted when Options.Token is empty
	DefaultAPIVersion  = "2026-01" // the newest API version the emulator knows
	DefaultRate        = 10.0      // requests a second
	DefaultBurst       = 60        // requests at once
	DefaultConcurrency = 5         // requests in flight
	DefaultLimit       = 100       // rows a page when limit is not sent
	MaxLimit           = 1000      // rows a page at most
	DefaultJournal     = 1 << 16   // requests remembered
	DefaultResident    = 1 << 21   // generated users kept encoded
)

// Layout says how the ids of generated users are spread.
type Layout string

// The id layouts. Live and deleted users of both kinds share one id sequence,
// so each layout has, besides what is said here, small holes where deleted
// users are.
const (
	// Dense numbers users 1, 2, 3 … without a gap.
	Dense Layout = "dense"
	// Sparse leaves random gaps of 1 to 99 ids, 50 on average.
	Sparse Layout = "sparse"
	// Islands makes Options.Islands dense clusters of unequal size. The empty
	// space before each is twenty times the number of all users.
	Islands Layout = "islands"
	// PowTop spreads N users over 8·N ids with a density that rises to the
	// top as the square of the id: an eighth of the users have ids in the
	// lower half.
	PowTop Layout = "powtop"
	// PowLow is PowTop mirrored: the density falls from the first id on.
	PowLow Layout = "powlow"
)

// Operators is a set of filter operators that the API's reference does not
// document for this endpoint. The zero set serves the documented ones alone:
// eq neq gt lt gteq lteq from to start end regex and null:true.
type Operators uint16

// The inferred operators.
const (
	OpIn        Operators = 1 << iota // in: a list of values
	OpNin                             // nin: not in a list; null fails it
	OpNotNull                         // notnull:true, and notnull:false for null
	OpNullFalse                       // null:false for not null
	OpContains                        // contains: a substring
	OpLike                            // like: MySQL's LIKE
	OpNLike                           // nlike: NOT LIKE; null fails it

	// AllOperators is every one of them.
	AllOperators = OpIn | OpNin | OpNotNull | OpNullFalse | OpContains | OpLike | OpNLike
)

// LinkStyle says how a response shows that it has no next or previous page.
type LinkStyle uint8

// The link styles.
const (
	LinkAbsent LinkStyle = iota // the key is left out
	LinkNull                    // the key is null
	LinkEmpty                   // the key is the empty string
)

// Options says what an emulator holds and how it behaves. The zero Options
// serve an empty list under the API's limits without latency or faults. Equal
// Options make equal data, byte for byte.
type Options struct {
	// Users is the number of generated users that are not deleted.
	Users int
	// Deleted is the number of generated users that are deleted, strewn among
	// the others. Zero means a twentieth of Users; negative means none.
	Deleted int
	// IDs is the spread of generated ids; "" means Dense.
	IDs Layout
	// Islands is the number of clusters under IDs: Islands; zero means 4.
	Islands int
	// Resident is the number of generated users that are kept encoded, in blocks
	// of 1024; zero means DefaultResident. Others are made anew from the seed when
	// they are asked for, so that what the rest takes is little: enough to make
	// them again.
	Resident int
	// Seed varies data and random faults.
	Seed uint64
	// Rows are users to hold besides the generated ones. A row whose ID is
	// held already replaces that row.
	Rows []User
	// Roles, Warehouses and Merchants are what references point at. Nil means
	// a generated set, which generated users refer to; a user may refer to
	// what is not there.
	Roles      []Role
	Warehouses []Warehouse
	Merchants  []Merchant

	// Collation is how strings are compared: model.CI, also if it is not set, as MySQL's
	// utf8mb4_general_ci does, model.Binary byte by byte, or model.Case by simple case folding.
	Collation model.Opt[model.Collation]
	// Operators are the inferred filter operators to serve besides the
	// documented ones.
	Operators Operators
	// EscapePatterns makes start, end and contains take %, _ and \ as they
	// stand. False is the cautious guess: they are wild, as in a LIKE pattern
	// built without escaping.
	EscapePatterns bool
	// Misreads are the ways in which filters are misread: the answers are wrong
	// and no response says so.
	Misreads Misreading
	// HideTimestamps makes created_at and last_login_at keys to filter and
	// sort by that no response ever shows; naming them in fields is a 400.
	HideTimestamps bool
	// NoLink is how an absent next or previous is shown.
	NoLink LinkStyle
	// ShortPages makes pages carry fewer rows than asked for, while has_more
	// tells the truth.
	ShortPages bool
	// ASCII writes strings as PHP does by default: all but ASCII as \uXXXX,
	// and / as \/.
	ASCII bool
	// APIVersion is the newest version, "YYYY-MM"; "" means DefaultAPIVersion.
	APIVersion string

	// Addr is where NewServer listens; "" means 127.0.0.1 and a free port.
	Addr string
	// Token is the bearer token that is accepted from the start; "" means
	// DefaultToken. It never expires by itself.
	Token string
	// Latency is added to every response, and a random share of Jitter.
	Latency time.Duration
	Jitter  time.Duration
	// Rate refills the token bucket, in requests a second; Burst is what the
	// bucket holds; Concurrency is the number of requests in flight. Zero
	// means the API's default, negative no limit.
	Rate        float64
	Burst       int
	Concurrency int
	// HideLimits leaves the limits out of the response headers.
	HideLimits bool

	// Faults is the probability in [0, 1] that a request meets one of
	// FaultKinds, drawn by Seed and the request's number. Nil FaultKinds means
	// every kind from FaultThrottle to FaultMalformed.
	Faults     float64
	FaultKinds []FaultKind
	// RetryAfter is the header of random 429 faults and of every other random
	// 503; "" means "1", and "-" means no header.
	RetryAfter string
	// Script[i] is what request number i+1 meets, unless it is the zero Fault.
	Script []Fault
	// Scenario, if set, is played: faults and changes by time and by request.
	// It decides after OnRequest and Script, and before Faults.
	Scenario *Scenario
	// OnRequest, if set, decides first what request n meets; requests are
	// numbered from 1 in order of arrival. It may be called concurrently, and
	// may change the emulator's users.
	OnRequest func(n int, r *http.Request) Fault

	// Journal is the number of requests remembered, the latest ones; zero
	// means DefaultJournal, negative none.
	Journal int
	// OnResponse, if set, is called with each journal entry as it is made. It
	// may be called concurrently.
	OnResponse func(RequestLog)
}

// setDefaults replaces every zero field by what it stands for.
func (o *Options) setDefaults() {
	if o.Deleted == 0 {
		o.Deleted = o.Users / 20
	}
	o.Deleted = max(o.Deleted, 0)
	o.IDs = cmp.Or(o.IDs, Dense)
	o.Islands = cmp.Or(o.Islands, 4)
	o.APIVersion = cmp.Or(o.APIVersion, DefaultAPIVersion)
	o.Addr = cmp.Or(o.Addr, "127.0.0.1:0")
	o.Token = cmp.Or(o.Token, DefaultToken)
	o.Rate = cmp.Or(o.Rate, DefaultRate)
	o.Burst = cmp.Or(o.Burst, DefaultBurst)
	o.Concurrency = cmp.Or(o.Concurrency, DefaultConcurrency)
	o.RetryAfter = cmp.Or(o.RetryAfter, "1")
	o.Journal = cmp.Or(o.Journal, DefaultJournal)
	o.Resident = cmp.Or(o.Resident, DefaultResident)
	if o.FaultKinds == nil {
		for k := FaultThrottle; k <= FaultMalformed; k++ {
			o.FaultKinds = append(o.FaultKinds, k)
		}
	}
}

// validate reports what is wrong with options that have their defaults.
func (o *Options) validate() error {
	var errs []error
	switch o.IDs {
	case Dense, Sparse, Islands, PowTop, PowLow:
	default:
		errs = append(errs, fmt.Errorf("option IDs: unknown layout %q (dense, sparse, islands, powtop, powlow)", o.IDs))
	}
	if o.Users < 0 {
		errs = append(errs, fmt.Errorf("option Users: %d is negative", o.Users))
	}
	if o.Islands < 1 {
		errs = append(errs, fmt.Errorf("option Islands: %d is less than 1", o.Islands))
	}
	if !(o.Faults >= 0 && o.Faults <= 1) {
		errs = append(errs, fmt.Errorf("option Faults: %v is not a probability", o.Faults))
	}
	if o.Faults > 0 && len(o.FaultKinds) == 0 {
		errs = append(errs, errors.New("option FaultKinds: empty, but Faults is not 0"))
	}
	if !validVersion(o.APIVersion) {
		errs = append(errs, fmt.Errorf("option APIVersion: %q is not YYYY-MM", o.APIVersion))
	}
	for _, u := range o.Rows {
		if err := u.validate(); err != nil {
			errs = append(errs, fmt.Errorf("option Rows: %w", err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("shipstreamtest: %w", err)
	}
	return nil
}

package shipstreamtest

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// basePath is what every path of the API begins with.
const basePath = "/api/global"

// maxKeptBuffer is the largest page buffer that is kept for the next page.
const maxKeptBuffer = 4 << 20

// Emulator is the API apart from any network: an [http.Handler] over a store of
// users. It is safe for concurrent use. Use a [Server] to reach it by HTTP and
// a [Transport] to reach it without sockets.
type Emulator struct {
	opts    Options
	baseURL string
	store   *store
	refs    *references
	limits  *limits
	tokens  *tokens
	journal *journal
	play    *play     // nil without a scenario
	buffers sync.Pool // of *[]byte

	closed   chan struct{} // closed by Close: whoever waits gives up
	shutOnce sync.Once
	handlers sync.WaitGroup
}

// New returns an emulator that no network leads to yet. It fails on options
// that make no sense.
func New(o Options) (*Emulator, error) {
	o.setDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	refs := newReferences(&o)
	e := &Emulator{
		opts:    o,
		baseURL: "http://emulator.test" + basePath,
		refs:    refs,
		store:   newStore(&o),
		limits:  newLimits(&o),
		tokens:  newTokens(o.Token),
		journal: &journal{cap: o.Journal},
		play:    newPlay(o.Scenario),
		closed:  make(chan struct{}),
	}
	return e, nil
}

// BaseURL returns the URL that the paths of the API are appended to,
// "/api/global" included.
func (e *Emulator) BaseURL() string { return e.baseURL }

// Close makes every request in flight, and every later one, end without an
// answer, as a reset connection does. It may be called again.
func (e *Emulator) Close() { e.shutOnce.Do(func() { close(e.closed) }) }

// answer is a response before it is sent.
type answer struct {
	status int // 0: nothing is to be answered, see fault
	header http.Header
	body   []byte
	buf    *[]byte // where body lies, if in a pooled buffer
	rows   int
	fault  Fault
	held   bool // whether a place among the concurrent requests is held
}

// serve does everything for one request but send the answer. The caller must
// end with done, and with leave as soon as the client may know of the end of
// the body.
func (e *Emulator) serve(r *http.Request) *answer {
	arrived := time.Now()
	n := e.journal.arrive()
	e.play.arrive(arrived)
	a := &answer{header: make(http.Header, 8)}
	e.decide(a, n, r, arrived)
	maps.Copy(a.header, a.fault.Header)
	if a.fault.Edit != nil && a.status != 0 {
		a.body = a.fault.Edit(a.status, a.body)
	}
	e.damage(a)
	entry := RequestLog{
		N: n, Time: arrived, Duration: time.Since(arrived), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
		Status: a.status, Rows: a.rows, Bytes: len(a.body), Fault: a.fault.Kind,
	}
	e.journal.add(entry)
	if e.opts.OnResponse != nil {
		e.opts.OnResponse(entry)
	}
	return a
}

// decide takes the request through the checks in the order of a real front
// door: token, version, limits, then the handler behind them.
func (e *Emulator) decide(a *answer, n int, r *http.Request, arrived time.Time) {
	latency := e.opts.latency(n)
	refuse := func(err *apiError) {
		if e.wait(r.Context(), latency) {
			e.fail(a, err)
		}
	}
	if !e.tokens.accepts(r, arrived) {
		refuse(unauthorized())
		return
	}
	version, err := e.version(r)
	if err != nil {
		refuse(err)
		return
	}
	a.header["X-Shipstream-Api-Version"] = []string{version}
	v := e.limits.admit(arrived)
	if !e.opts.HideLimits {
		e.limits.setHeaders(a.header, v)
	}
	if v.status != 0 {
		refuse(overLimit(v))
		return
	}
	a.held = true
	a.fault = e.faultFor(n, r, arrived)
	if a.fault.Kind == FaultHang {
		e.hang(r.Context())
		return
	}
	if !e.wait(r.Context(), latency+a.fault.Delay) {
		return
	}
	if err := e.faultError(a.fault); err != nil {
		e.fail(a, err)
		return
	}
	e.route(a, r, arrived)
}

func unauthorized() *apiError {
	err := failure(http.StatusUnauthorized, "The access token is missing, invalid or expired.")
	err.header = http.Header{"Www-Authenticate": {"Bearer"}}
	return err
}

func overLimit(v verdict) *apiError {
	if v.status == http.StatusConflict {
		return failure(v.status, "Too many concurrent requests.")
	}
	err := failure(v.status, "Too many requests.")
	err.header = http.Header{"Retry-After": {v.retryAfter()}}
	return err
}

// faultError returns the error response that the fault consists of, if it does.
func (e *Emulator) faultError(f Fault) *apiError {
	var err *apiError
	switch f.Kind {
	case FaultThrottle:
		err = failure(http.StatusTooManyRequests, "Too many requests.")
	case FaultConflict:
		err = failure(http.StatusConflict, "Too many concurrent requests.")
	case FaultBadGateway:
		err = failure(http.StatusBadGateway, "")
	case FaultUnavailable:
		err = failure(http.StatusServiceUnavailable, "The service is unavailable.")
	case FaultExpired:
		e.RevokeTokens()
		err = unauthorized()
	case FaultStatus:
		err = failure(f.Status, http.StatusText(f.Status))
	case FaultNone, FaultReset, FaultCutBody, FaultMalformed, FaultHang:
		return nil
	}
	if err != nil && f.RetryAfter != "" {
		err.header = http.Header{"Retry-After": {f.RetryAfter}}
	}
	return err
}

// fail makes err the answer.
func (e *Emulator) fail(a *answer, err *apiError) {
	a.status = err.status
	maps.Copy(a.header, err.header)
	if err.status == http.StatusBadGateway {
		a.header["Content-Type"] = []string{"text/html"}
		a.body = []byte("<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>\n")
		return
	}
	a.header["Content-Type"] = []string{"application/json"}
	a.body = err.appendJSON(nil)
}

// damage spoils the body or takes the answer away, as the fault says.
func (e *Emulator) damage(a *answer) {
	switch a.fault.Kind {
	case FaultReset, FaultHang:
		a.status, a.rows, a.body = 0, 0, nil
	case FaultMalformed:
		if len(a.body) > 0 {
			// A control byte is invalid wherever in JSON it stands.
			a.body[len(a.body)/2] = 0x01
		}
	case FaultNone, FaultThrottle, FaultConflict, FaultBadGateway, FaultUnavailable, FaultCutBody, FaultExpired, FaultStatus:
	}
}

// wait lets d pass; it reports false if the client or the emulator gave up.
func (e *Emulator) wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-e.closed:
		return false
	default:
	}
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-e.closed:
	}
	return false
}

func (e *Emulator) hang(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-e.closed:
	}
}

// leave gives back the request's place; further calls do nothing.
func (e *Emulator) leave(a *answer) {
	if a.held {
		a.held = false
		e.limits.leave()
	}
}

// done lets the body's buffer be used again.
func (e *Emulator) done(a *answer) {
	e.leave(a)
	if a.buf != nil && cap(*a.buf) <= maxKeptBuffer {
		e.buffers.Put(a.buf)
	}
	a.buf, a.body = nil, nil
}

// buffer returns an empty buffer for a page.
func (e *Emulator) buffer() *[]byte {
	if b, ok := e.buffers.Get().(*[]byte); ok {
		*b = (*b)[:0]
		return b
	}
	return new([]byte)
}

var versionForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)

func validVersion(v string) bool { return versionForm.MatchString(v) }

// version returns the API version that the request asks for.
func (e *Emulator) version(r *http.Request) (string, *apiError) {
	key, v := "header.X-ShipStream-API-Version", r.Header.Get("X-ShipStream-API-Version")
	if v == "" && strings.Contains(r.URL.RawQuery, "version=") {
		key, v = "query.version", r.URL.Query().Get("version")
	}
	switch {
	case v == "":
		return e.opts.APIVersion, nil
	case !validVersion(v):
		return "", invalid(key, "%q is not a version of the form YYYY-MM.", v)
	case v > e.opts.APIVersion:
		return "", invalid(key, "version %s is not released yet; the latest is %s.", v, e.opts.APIVersion)
	}
	return v, nil
}

// ServeHTTP answers one request; every path of the API is under /api/global. It
// resets the connection where a fault says so, which it can do only under a
// real server: elsewhere it panics with [http.ErrAbortHandler].
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.handlers.Add(1)
	defer e.handlers.Done()
	a := e.serve(r)
	defer e.done(a)
	if a.status == 0 {
		abort(w)
		return
	}
	h := w.Header()
	maps.Copy(h, a.header)
	h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	w.WriteHeader(a.status)
	if a.fault.Kind == FaultCutBody {
		e.cut(w, a)
		return
	}
	if len(a.body) == 0 {
		return
	}
	// The place is given back before the last byte is sent: a client that
	// waits for the whole body never meets its own finished request.
	last := len(a.body) - 1
	if _, err := w.Write(a.body[:last]); err != nil {
		return // the client has gone
	}
	e.leave(a)
	_, _ = w.Write(a.body[last:])
}

// cut sends half of the body and breaks the connection.
func (e *Emulator) cut(w http.ResponseWriter, a *answer) {
	if _, err := w.Write(a.body[:len(a.body)/2]); err == nil {
		_ = http.NewResponseController(w).Flush()
	}
	e.leave(a)
	panic(http.ErrAbortHandler)
}

// abort resets the connection.
func abort(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: the stream is reset instead
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0) // a reset, not an orderly end
	}
	_ = conn.Close()
}

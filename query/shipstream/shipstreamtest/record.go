package shipstreamtest

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// Recorder writes the journal down as it grows, as NDJSON: set its Record as
// Options.OnResponse. Each line is an object with the members n, time, ms,
// method, path, query, status (0 = nothing was answered), rows, bytes and, if it
// met one, fault. Lines come in order of answers, not of arrival.
//
// It is safe for concurrent use.
type Recorder struct {
	mu  sync.Mutex
	enc *json.Encoder
	err error
}

// NewRecorder returns a recorder that writes to w, a line at a time.
func NewRecorder(w io.Writer) *Recorder {
	r := &Recorder{enc: json.NewEncoder(w)}
	r.enc.SetEscapeHTML(false) // queries are full of &
	return r
}

// Record writes one entry. After an error it writes nothing more; see
// [Recorder.Err].
func (r *Recorder) Record(l RequestLog) {
	entry := recorded{
		N: l.N, Time: l.Time.UTC(), Milliseconds: float64(l.Duration.Microseconds()) / 1e3,
		Method: l.Method, Path: l.Path, Query: l.Query, Status: l.Status, Rows: l.Rows, Bytes: l.Bytes,
	}
	if l.Fault != FaultNone {
		entry.Fault = l.Fault.String()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = r.enc.Encode(entry)
	}
}

// Err returns the first error of writing.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// recorded is the form of a line.
type recorded struct {
	N            int       `json:"n"`
	Time         time.Time `json:"time"`
	Milliseconds float64   `json:"ms"`
	Method       string    `json:"method"`
	Path         string    `json:"path"`
	Query        string    `json:"query"`
	Status       int       `json:"status"`
	Rows         int       `json:"rows"`
	Bytes        int       `json:"bytes"`
	Fault        string    `json:"fault,omitempty"`
}

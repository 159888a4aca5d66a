package limit

import (
	"context"
	"sync"
	"time"
)

// Memory bounds the bytes that many growing buffers hold together. Nobody knows in advance
// how far a buffer grows, so each takes more when it needs it, while it holds what it
// has. Buffers that all wait for each other would wait for ever. So one of them at a time
// may exceed the limit: the first in line, once no other grows. If full buffers are held,
// it first waits a [stall] for one to be freed. So growing buffers hold at most the limit
// and one of them.
//
// Make one with [NewMemory]; it is safe for concurrent use.
type Memory struct {
	line  FIFO          // of buffers that wait to grow
	freed chan struct{} // wakes the head of the line

	mu      sync.Mutex
	limit   int64
	used    int64
	full    int64     // the part of used that grows no more
	growing int       // buffers that grow and do not wait
	waiting int       // buffers in line
	moved   time.Time // when something was last freed, or waits or is full since
	over    *Share    // the buffer that may exceed the limit; nil = none
}

// stall is how long nothing moves before a buffer may exceed the limit although full ones
// are held: they may be freed soon, or never.
const stall = time.Second

// NewMemory returns an unused memory of limit bytes.
func NewMemory(limit int64) *Memory {
	return &Memory{line: NewFIFO(), freed: make(chan struct{}, 1), limit: limit, moved: time.Now()}
}

// Share is what one buffer holds of a [Memory]. Its first Grow begins it, Full ends its
// growth, and Free gives all back. One goroutine at a time may use it, except that Free
// may be called by any, more than once.
type Share struct {
	of      *Memory
	held    int64
	growing bool
	full    bool
}

// Share returns a share that holds nothing.
func (m *Memory) Share() *Share { return &Share{of: m} }

// Grow takes n more bytes, and waits for them in order of arrival. It fails with the
// context's cause.
func (s *Share) Grow(ctx context.Context, n int64) error {
	m := s.of
	if m.takeNow(s, n) {
		return nil
	}
	defer m.leave()
	if err := m.line.Enter(ctx); err != nil {
		return err
	}
	defer m.line.Leave()
	for {
		ok, stalls := m.take(s, n)
		if ok {
			return nil
		}
		if err := Pause(ctx, stalls, m.freed); err != nil {
			return err
		}
	}
}

// takeNow takes n bytes if there are as many and nobody waits for them. Otherwise s waits.
func (m *Memory) takeNow(s *Share, n int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over == s || m.waiting == 0 && m.used+n <= m.limit {
		m.give(s, n)
		return true
	}
	m.waiting++
	m.stop(s)
	return false
}

// take takes n bytes for the head of the line, if there are as many or if it may exceed
// the limit. Otherwise it returns the time until it may; 0 = not before something moves.
func (m *Memory) take(s *Share, n int64) (ok bool, stalls time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used+n > m.limit {
		if m.over != nil || m.growing > 0 {
			return false, 0
		}
		if stalls = stall - time.Since(m.moved); stalls > 0 && m.full > 0 {
			return false, stalls
		}
		m.over = s
	}
	m.give(s, n)
	return true, 0
}

// give gives s n bytes. The caller holds the lock.
func (m *Memory) give(s *Share, n int64) {
	m.used += n
	s.held += n
	if !s.growing {
		s.growing = true
		m.growing++
	}
}

// leave counts a buffer out of the line.
func (m *Memory) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting--
}

// Full records that the buffer grows no more.
func (s *Share) Full() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.fill()
}

// Free gives all bytes back.
func (s *Share) Free() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.fill()
	if s.drop() {
		s.of.move()
	}
}

// Drop is Free for the cleanup of a full buffer that is garbage. It wakes nobody, because
// a cleanup must not touch the channels of a synctest bubble: the head of the line looks
// again after a [stall].
func (s *Share) Drop() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.drop()
}

// drop gives the bytes of a full buffer back, if it holds any. The caller holds the lock.
func (s *Share) drop() bool {
	held := s.held
	s.of.used -= held
	s.of.full -= held
	s.held = 0
	return held > 0
}

// fill ends the growth of s. The caller holds the lock.
func (s *Share) fill() {
	if s.full {
		return
	}
	s.full = true
	s.of.full += s.held
	if s.of.over == s {
		s.of.over = nil
	}
	s.of.stop(s)
	s.of.move()
}

// stop counts a buffer out of those that grow. The caller holds the lock.
func (m *Memory) stop(s *Share) {
	if s.growing {
		s.growing = false
		m.growing--
		m.move()
	}
}

// move wakes the head of the line. The caller holds the lock.
func (m *Memory) move() {
	m.moved = time.Now()
	select {
	case m.freed <- struct{}{}:
	default: // it has not looked yet since the last time
	}
}

// Used returns the bytes that all shares hold.
func (m *Memory) Used() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

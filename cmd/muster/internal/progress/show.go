package progress

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Options say where and how a run is shown.
type Options struct {
	Output   io.Writer
	Terminal bool          // draw a bar; else write lines
	Width    func() int    // of the terminal now, in cells: it may change; nil, or a result of 0, is 80
	Sample   func() Sample // called by the goroutine of the Show
	Interval time.Duration // between two drawings; 0 = 100 ms on a terminal, 10 s else
}

const (
	drawInterval = 100 * time.Millisecond
	lineInterval = 10 * time.Second

	// defaultWidth is for a terminal of unknown width.
	defaultWidth = 80
	// frame is the cells around the bar: "100% |" and "| ".
	frame = 9
)

// Show shows a run. Its methods are safe for concurrent use.
type Show struct {
	o    Options
	stop chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex // guards the line and its stream
	meter Meter
	drawn bool // the line is on the terminal now
}

// Start starts to show a run. The first bar or line comes after one interval, so that a
// short run shows nothing. The caller must call Stop.
func Start(o Options) *Show {
	if o.Width == nil {
		o.Width = func() int { return defaultWidth }
	}
	if o.Interval <= 0 {
		o.Interval = lineInterval
		if o.Terminal {
			o.Interval = drawInterval
		}
	}
	s := &Show{o: o, stop: make(chan struct{})}
	s.done.Go(s.run)
	return s
}

func (s *Show) run() {
	ticker := time.NewTicker(s.o.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.step()
		case <-s.stop:
			return
		}
	}
}

// step takes a sample and shows it. It ignores a closed stream, which must not stop the
// run.
func (s *Show) step() {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.meter.Read(s.o.Sample())
	if !s.o.Terminal {
		_, _ = fmt.Fprintf(s.o.Output, "muster: %s\n", r.Line())
		return
	}
	_, _ = io.WriteString(s.o.Output, draw(r, cmp.Or(s.o.Width(), defaultWidth)))
	s.drawn = true
}

// Stop ends the show, waits for it and clears its line. Call it once.
func (s *Show) Stop() {
	close(s.stop)
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

// Over returns a writer to the same terminal. Its text replaces the bar, which is drawn
// again below.
func (s *Show) Over(w io.Writer) io.Writer { return over{s, w} }

type over struct {
	s *Show
	w io.Writer
}

func (o over) Write(b []byte) (int, error) {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	o.s.clear()
	return o.w.Write(b)
}

const clearLine = "\r\x1b[K"

func (s *Show) clear() {
	if s.drawn {
		_, _ = io.WriteString(s.o.Output, clearLine)
		s.drawn = false
	}
}

// draw returns the line for a terminal of that width: the bar, if the extent is known,
// and the facts.
func draw(r Reading, width int) string {
	width-- // the last cell would wrap on some terminals
	if r.Part < 0 {
		return clearLine + r.Text(width)
	}
	bar := min(max(width/5-10, 6), 30)
	return clearLine + render(r.Part, bar, r.Text(width-bar-frame))
}

// render draws through the library into memory. The library knows nothing of rows on
// the same terminal.
func render(part float64, width int, text string) string {
	const whole = 100_000
	var b bytes.Buffer
	bar := progressbar.NewOptions64(whole,
		progressbar.OptionSetWriter(&b),
		progressbar.OptionSetWidth(width),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetDescription(text),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: " ", BarStart: "|", BarEnd: "|"}),
	)
	_ = bar.Set64(min(int64(part*whole), whole-1)) // a full bar ends; a buffer does not fail
	return b.String()
}

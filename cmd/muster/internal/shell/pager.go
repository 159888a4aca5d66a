package shell

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
)

// pager is an output that prints up to a screen by itself and gives more to a program.
// It holds the lines of one screen until it knows which.
type pager struct {
	command []string // the program and its arguments; empty = all goes to out
	lines   int      // that fit the screen
	out     io.Writer

	held    bytes.Buffer
	to      io.Writer // nil while the lines are held
	process *exec.Cmd // nil unless it has started
	pipe    io.WriteCloser
}

// errLeft reports that the user left the pager before the end.
var errLeft = errors.New("the pager has ended")

// around runs f with the pager as its output, and waits for both. If the user leaves
// the pager, f ends without an error.
func (p *pager) around(ctx context.Context, f func(ctx context.Context, w io.Writer) error) error {
	err := f(ctx, p)
	if p.process == nil {
		_, flushed := p.held.WriteTo(p.out)
		return errors.Join(err, flushed)
	}
	// The user may have left, and the program's exit code says nothing of the rows.
	_ = p.pipe.Close()
	_ = p.process.Wait()
	if errors.Is(err, errLeft) {
		return nil
	}
	return err
}

// Write holds the first screen and then writes to the program.
func (p *pager) Write(b []byte) (int, error) {
	if p.to == nil {
		p.held.Write(b)
		if bytes.Count(p.held.Bytes(), []byte("\n")) <= p.lines {
			return len(b), nil
		}
		p.to = p.start()
		_, err := p.held.WriteTo(p.to)
		return len(b), p.left(err)
	}
	n, err := p.to.Write(b)
	return n, p.left(err)
}

// left returns errLeft if the program has ended, else the error of the output.
func (p *pager) left(err error) error {
	if err != nil && p.process != nil {
		return errLeft
	}
	return err
}

// start starts the program and returns its input. It returns the output itself if there
// is no program, or if it does not start.
func (p *pager) start() io.Writer {
	if len(p.command) == 0 {
		return p.out
	}
	process := exec.Command(p.command[0], p.command[1:]...) //nolint:noctx,gosec // the user's own command, which the user ends
	process.Stdout, process.Stderr = os.Stdout, os.Stderr
	if os.Getenv("LESS") == "" {
		process.Env = append(os.Environ(), "LESS=FRX") // as git sets it: colours, and short text stays on the screen
	}
	pipe, err := process.StdinPipe()
	if err != nil || process.Start() != nil {
		return p.out
	}
	p.process, p.pipe = process, pipe
	return pipe
}

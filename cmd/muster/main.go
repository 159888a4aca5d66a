package main

import (
	"context"
	"io"
	"log" //nolint:depguard // to silence it
	"os"
	"os/signal"
	"syscall"
)

func main() {
	log.SetOutput(io.Discard) // net/http writes there what a server sends out of turn, a token that it echoes too
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the run in good order. A second one ends the process, in
	// case that takes too long.
	context.AfterFunc(ctx, stop)
	env := system()
	env.stdin = interruptible{ctx, env.stdin}
	code := run(ctx, os.Args[1:], env)
	stop()
	os.Exit(code)
}

// interruptible is a stream whose reads end with ctx. A read that waits for somebody to
// type cannot be stopped; its goroutine ends with the process.
type interruptible struct {
	ctx context.Context //nolint:containedctx // of the process
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	buf, done := make([]byte, len(p)), make(chan result, 1)
	go func() {
		n, err := i.r.Read(buf)
		done <- result{n, err}
	}()
	select {
	case got := <-done:
		return copy(p, buf[:got.n]), got.err
	case <-i.ctx.Done():
		return 0, i.ctx.Err()
	}
}

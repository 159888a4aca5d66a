package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends the run in good order; a second one ends the process,
	// should that take too long.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], system())
	stop()
	os.Exit(code)
}

package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/muster-go/muster/cmd/muster/internal/shell"
)

// interact runs the shell at a terminal. Ctrl-C there ends what is running and not
// the shell, so the shell does not use the process's context, which ends with it.
func (c *shellCmd) interact(ctx context.Context, env *environment, engine shell.Engine) error {
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	return shell.Interact(ctx, engine, shell.Terminal{
		Output: env.stdout.raw(), Size: terminalSize, Styled: env.colored,
		History: c.history(env), Pager: pager(env), Interrupt: interrupts,
	})
}

// terminalSize is that of the terminal on standard output; 0 = not known.
func terminalSize() (width, height int) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

// history is the file that keeps the lines typed; "" = none.
func (c *shellCmd) history(env *environment) string {
	switch c.History {
	case "none":
		return ""
	case "":
		return shell.HistoryPath(env.getenv)
	}
	return c.History
}

// pager is the command that shows more than a screen: $PAGER, else less. It is
// empty if that program is missing, or is cat, which pages nothing.
func pager(env *environment) []string {
	command := cmp.Or(env.getenv("PAGER"), "less")
	program, _, _ := strings.Cut(command, " ")
	if program == "cat" {
		return nil
	}
	if _, err := exec.LookPath(program); err != nil {
		return nil
	}
	name, args := shellCommand(command)
	return append([]string{name}, args...)
}

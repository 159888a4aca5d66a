//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// TestHTTPLog: net/http has a log of its own, in which it quotes what a server sends out of
// turn. None of it reaches standard error.
func TestHTTPLog(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	const page = `{"collection":[],"included":{},"has_more":false,"meta":{"count":0}}`
	said := make(chan bool, 1)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			request, err := http.ReadRequest(bufio.NewReader(connection))
			if err != nil {
				continue
			}
			token := request.Header.Get("Authorization")
			_, _ = fmt.Fprintf(connection, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(page), page)
			_, _ = fmt.Fprintf(connection, "HTTP/1.1 200 \x1b[2J %s\r\nX: y\r\n\r\n", token) // nobody asked for it
			said <- true
		}
	}()
	command := exec.CommandContext(t.Context(), muster(t), "shell", "--quiet")
	command.Env = bare(t, "MUSTER_BASE_URL=http://"+listener.Addr().String(), "MUSTER_TOKEN=S3CR3T")
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	command.Stderr = &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprintln(input, "id = 1")
	<-said
	_, _ = fmt.Fprintln(input, "id = 2") // the connection has been idle with the text on it
	<-said
	_ = input.Close()
	_ = command.Wait() // the server answers no second request properly
	if text := stderr.String(); strings.Contains(text, "S3CR3T") || strings.Contains(text, "Unsolicited") || strings.Contains(text, "\x1b") {
		t.Errorf("standard error: %q", text)
	}
}

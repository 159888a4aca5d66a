//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rawServer answers every request on every connection with the same bytes. The word TOKEN
// in them stands for the header that carried the token. Then it says nothing more, and
// keeps the connection. It returns its address and a channel of the requests.
func rawServer(t *testing.T, answer string) (url string, asked <-chan struct{}) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // it served its purpose
	requests := make(chan struct{}, 1000)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // it served its purpose
				for from := bufio.NewReader(conn); ; {
					req, err := http.ReadRequest(from)
					if err != nil {
						return
					}
					_, _ = conn.Write([]byte(strings.ReplaceAll(answer, "TOKEN", req.Header.Get("Authorization")))) // the client may be gone
					requests <- struct{}{}
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String(), requests
}

const hostileToken = "S3CR3T-tok-123456"

func asking(ctx context.Context, t *testing.T, url string, args ...string) (cmd *exec.Cmd, said *bytes.Buffer) {
	t.Helper()
	said = new(bytes.Buffer)
	cmd = exec.CommandContext(ctx, muster(t), args...)
	cmd.Env = bare(t, "MUSTER_BASE_URL="+url, "MUSTER_TOKEN="+hostileToken)
	cmd.Stdout, cmd.Stderr, cmd.Dir = said, said, t.TempDir()
	return cmd, said
}

// TestTokenStaysSecret: a server that echoes the token, in whatever is malformed, does
// not get it printed, neither in errors nor in notes of retries.
func TestTokenStaysSecret(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"a header without a colon": "HTTP/1.1 200 OK\r\nAuthorization TOKEN\r\nContent-Length: 0\r\n\r\n",
		"a status":                 "HTTP/1.1 TOKEN\r\n\r\n",
		"a length":                 "HTTP/1.1 200 OK\r\nContent-Length: TOKEN\r\n\r\n",
		"a redirect":               "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/TOKEN\r\nContent-Length: 0\r\n\r\n",
		"an error":                 "HTTP/1.1 400 Bad Request\r\nContent-Length: 45\r\n\r\n{\"message\":\"TOKEN\"}  ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, command := range []string{"count", "query", "doctor"} {
				url, asked := rawServer(t, answer)
				cmd, said := asking(t.Context(), t, url, command, "--max-outage", "300ms", "--attempt-timeout", "1s")
				_ = cmd.Run() // it fails or not: what it says counts
				select {
				case <-asked: // which is said after the answer
				case <-time.After(patient):
					t.Errorf("%s asked for nothing: %s", command, said)
				}
				if strings.Contains(said.String(), hostileToken) {
					t.Errorf("%s: %s", command, said)
				}
			}
		})
	}
}

// TestServersThatHang: a change of protocol is refused at once, and a signal ends the
// process while a server keeps it waiting, wherever in its answer.
func TestServersThatHang(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	url, _ := rawServer(t, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
	cmd, said := asking(ctx, t, url, "count")
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(said.String(), "muster: 101 Switching Protocols") {
		t.Errorf("%v: %s", err, said)
	}
	for name, answer := range map[string]string{
		"before the status": "",
		"in the header":     "HTTP/1.1 200 OK\r\nConte",
		"in the body":       "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{",
		"in a chunk":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{",
		"after a 503":       "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 100\r\nContent-Length: 0\r\n\r\n",
		"after a 500":       "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
	} {
		for _, command := range []string{"count", "query"} {
			url, asked := rawServer(t, answer)
			cmd, said := asking(ctx, t, url, command, "--attempt-timeout", "1h", "--max-outage", "1h")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-asked
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
				t.Errorf("%s, %s: %v: %s", command, name, err, said)
			}
		}
	}
}

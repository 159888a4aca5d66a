//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// mounted is a file system in memory of its own, of at most so many bytes. Where
// the machine allows none, the test is skipped and says why; in CI it fails if that
// runs as root.
func mounted(t *testing.T, size int64) string {
	t.Helper()
	folder := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", sizeOption(size), "muster-test", folder).CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" && os.Geteuid() == 0 {
			t.Fatalf("a small disk is required: %v: %s", err, out)
		}
		t.Skipf("not run: no small disk can be mounted here, which takes root: %v: %s", err, bytes.TrimSpace(out)) //nolint:forbidigo // nothing else stands for a full disk below a process
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", folder).CombinedOutput(); err != nil { //nolint:noctx // the test's context is done
			t.Errorf("%v: %s", err, out)
		}
	})
	return folder
}

func sizeOption(size int64) string { return "size=" + strconv.FormatInt(size, 10) }

// remount changes what a mounted file system is like.
func remount(t *testing.T, folder, options string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,"+options, folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// fails runs the export, which must fail by that code with those words and
// nothing else on its only line but how to go on, if there is anything to go on
// with.
func (r *exportRunner) fails(folder string, code int, words string, flags ...string) {
	r.t.Helper()
	safe := r.safe(folder)
	cmd := r.command(r.t.Context(), folder, flags...)
	cmd.Args[0] = "muster"
	out, err := cmd.CombinedOutput()
	got := cmd.ProcessState.ExitCode()
	lines := strings.Split(strings.TrimSpace(withoutProgress(string(out))), "\n")
	for len(lines) > 0 && (strings.Contains(lines[0], "there is nothing to resume") || strings.HasPrefix(lines[0], "muster: warning: ")) {
		lines = lines[1:]
	}
	hint := fmt.Sprintf("muster: %s rows are safe in %s; to go on: muster export ", progress.Number(r.safe(folder)), r.output)
	if code == exit.Partial && len(lines) > 0 && strings.HasPrefix(lines[0], hint) {
		lines = lines[1:]
	}
	if got != code || len(lines) != 1 || !strings.HasPrefix(lines[0], "muster: ") || !strings.Contains(lines[0], words) {
		r.t.Fatalf("%v: %v, want exit %d and one line with %q:\n%s", cmd.Args, err, code, words, out)
	}
	if now := r.safe(folder); now < safe {
		r.t.Errorf("%d rows were safe, and %d are left", safe, now)
	}
}

// TestFullDisk: an export to a disk that fills says so in one line, again as long
// as there is no space, and goes on without loss once there is.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	eachExport(t, exportings(), func(t *testing.T, run *exportRunner) {
		t.Helper()
		folder := mounted(t, max(run.bytes/2, 32<<10))
		words := map[bool]string{true: "database or disk is full", false: "no space left on device"}[filepath.Ext(run.output) == ".sqlite"]
		run.fails(folder, exit.Partial, words)
		run.fails(folder, exit.Partial, words, "--resume")
		behind := run.safe(folder)
		if behind == 0 {
			t.Fatal("nothing was committed before the disk was full")
		}
		remount(t, folder, sizeOption(64<<20))
		run.served.forget()
		run.finishes(folder)
		run.asked(folder, behind)
	})
}

// TestReadOnlyDisk: nothing can be begun there, nor gone on with, and nothing is
// lost by trying.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	exports := []exporting{{output: "users.ndjson"}, {output: "users.parquet"}, {output: "users.sqlite"}, {output: "split", flags: []string{"--format", "csv", "--split-rows", "700"}}}
	eachExport(t, exports, func(t *testing.T, run *exportRunner) {
		t.Helper()
		folder := mounted(t, 64<<20)
		remount(t, folder, "ro")
		run.fails(folder, exit.Failed, "read-only file system")
		remount(t, folder, "rw")
		behind, _ := run.interrupted(folder, os.Interrupt)
		remount(t, folder, "ro")
		run.fails(folder, exit.Failed, "read-only file system", "--resume")
		run.fails(folder, exit.Failed, "read-only file system", "--restart")
		remount(t, folder, "rw")
		if now := run.safe(folder); now != behind {
			t.Errorf("%d rows are left of %d", now, behind)
		}
		run.finishes(folder)
	})
}

// TestMountPoint: an export that would have to be renamed over what is mounted is refused
// before the first request.
func TestMountPoint(t *testing.T) {
	t.Parallel()
	run := &exportRunner{
		exporting: exporting{output: mounted(t, 1<<20), flags: []string{"--format", "csv", "--split-rows", "700"}},
		t:         t, bin: muster(t), served: serve(t, newEmulator(t), "/api/global"),
	}
	cmd := run.command(t.Context(), t.TempDir())
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != exit.Failed || !strings.Contains(string(out), "something is mounted there") {
		t.Errorf("%v: %s", cmd.ProcessState, out)
	}
}

// TestPermissionDenied: a folder that one may not write to. Root may, so that it
// becomes nobody for the while.
func TestPermissionDenied(t *testing.T) {
	t.Parallel()
	emulator := newEmulator(t)
	for _, output := range []string{"users.ndjson", "users.parquet", "users.sqlite"} {
		run := &exportRunner{exporting: exporting{output: output}, t: t, bin: muster(t), served: serve(t, emulator, "/api/global")}
		folder := publicFolder(t)
		if err := os.Chmod(folder, 0o555); err != nil {
			t.Fatal(err)
		}
		cmd := run.command(t.Context(), folder)
		cmd.Env = append(cmd.Env, "HOME="+folder, "XDG_CONFIG_HOME="+folder) // root's settings are not for nobody
		if os.Getuid() == 0 {
			const nobody = 65534
			cmd.Path = forEveryone(t, cmd.Path)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != exit.Failed || strings.Count(string(out), "\n") != 1 || !bytes.Contains(out, []byte(output)) || !bytes.Contains(out, []byte("permission denied")) {
			t.Errorf("%s: %v\n%s", output, err, out)
		}
	}
}

// publicFolder is a folder that everyone may enter, unlike those of tests.
func publicFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) }) // what stays is in the system's temporary folder
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// forEveryone is a copy of a program that everyone may run. Another process writes it: a
// child that is forked meanwhile, by another test, would have the file open, and a program
// that is open for writing cannot be run.
func forEveryone(t *testing.T, program string) string {
	t.Helper()
	name := filepath.Join(publicFolder(t), "muster")
	if out, err := exec.CommandContext(t.Context(), "cp", program, name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Chmod(name, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestClosedPipe: export is told that whoever read has gone, in one line; query
// ends as every filter does, by the signal and without a word.
func TestClosedPipe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		says string // "" = it ends by the signal
	}{
		{[]string{"export", "-o", "-"}, `^muster: write /dev/stdout: broken pipe; the output is incomplete: it ends after \d+ rows\n$`},
		{[]string{"export", "-o", "-", "--format", "json"}, `^muster: write /dev/stdout: broken pipe; the output is incomplete: it ends after \d+ rows\n$`},
		{[]string{"export", "-o", "-", "--format", "csv", "--page-size", "10"}, `^muster: write /dev/stdout: broken pipe; the output is incomplete: it ends after \d+ rows\n$`},
		{[]string{"query"}, ""},
		{[]string{"query", "--format", "csv"}, ""},
	} {
		cmd, stderr := toStdout(t, tt.args)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := pipe.Read(make([]byte, 10)); err != nil { // as head does, of what there is far more of
			t.Fatal(err)
		}
		if err := pipe.Close(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()                                        // its state says more
		status := cmd.ProcessState.Sys().(syscall.WaitStatus) //nolint:forcetypeassert // on Unix it is
		switch {
		case tt.says == "" && (!status.Signaled() || status.Signal() != syscall.SIGPIPE || stderr.Len() > 0),
			tt.says != "" && (status.ExitStatus() != exit.Partial || !regexp.MustCompile(tt.says).MatchString(stderr.String())):
			t.Errorf("%v: %v\n%s", tt.args, cmd.ProcessState, stderr)
		}
	}
}

// TestFullStandardOutput: no row has reached it.
func TestFullStandardOutput(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close() //nolint:errcheck // nothing can be written to it
	for _, args := range [][]string{{"export", "-o", "-"}, {"export", "-o", "-", "--format", "csv"}, {"query"}, {"count"}} {
		cmd, stderr := toStdout(t, args)
		cmd.Stdout = full
		_ = cmd.Run() // its state says more
		if line := stderr.String(); cmd.ProcessState.ExitCode() != exit.Failed || strings.Count(line, "\n") != 1 || !strings.Contains(line, "no space left on device") {
			t.Errorf("%v: %v\n%s", args, cmd.ProcessState, stderr)
		}
	}
}

// toStdout is a command that writes some hundred pipes full to standard output.
func toStdout(t *testing.T, args []string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	emulator := shipstreamtest.NewServer(shipstreamtest.Options{Users: 20_000, Rate: -1, Concurrency: -1})
	t.Cleanup(emulator.Close)
	cmd = exec.CommandContext(t.Context(), muster(t), args...)
	cmd.Env = bare(t, "MUSTER_BASE_URL="+emulator.URL, "MUSTER_TOKEN="+shipstreamtest.DefaultToken)
	stderr = new(bytes.Buffer)
	cmd.Stderr = stderr
	return cmd, stderr
}

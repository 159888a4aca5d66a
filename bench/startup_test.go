package bench

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// starting is a command that does next to nothing, and the most that it may take.
type starting struct {
	name string
	args []string
	bar  time.Duration // 0 = none
}

// TestStartUp starts the real binary again and again, in turns with git, which is
// what a user of command lines is accustomed to: times of one turn meet the same
// machine. The bars are for a machine that has nothing else to do.
func TestStartUp(t *testing.T) {
	unraced(t)
	bin := filepath.Join(t.TempDir(), "muster")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "../cmd/muster").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	commands := []starting{
		{"git --version", []string{"git", "--version"}, 0}, // beside the go command, git is always there
		{"muster version", []string{bin, "version"}, 30 * time.Millisecond},
		{"muster check", []string{bin, "check", "is_active = true and created_at > 2024-01-01"}, 40 * time.Millisecond},
	}
	turns := 3
	if *full {
		turns = 100
	}
	times := make([][]time.Duration, len(commands))
	for range turns {
		for i, c := range commands {
			begun := time.Now()
			if out, err := exec.CommandContext(t.Context(), c.args[0], c.args[1:]...).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", c.name, err, out)
			}
			times[i] = append(times[i], time.Since(begun))
		}
	}
	table := newTable("command", "median", "bar", "of git's")
	for i, c := range commands {
		bar := "–"
		if c.bar > 0 {
			bar = c.bar.String()
		}
		table.row(c.name, median(times[i]).Round(100*time.Microsecond), bar, fmt.Sprintf("%.1f ×", float64(median(times[i]))/float64(median(times[0]))))
		if *full && c.bar > 0 && median(times[i]) > c.bar {
			t.Errorf("%s takes %s at the median, and may take %s", c.name, median(times[i]), c.bar)
		}
	}
	table.print(t)
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shmbuf/shmbuf"
)

func TestHelp(t *testing.T) {
	for args, words := range map[string][]string{
		"--help":       {"pub", "sub", "ls", "info", "rm", "demo", "version", "Exit status"},
		"pub --help":   {"--capacity", "--layout", "--framing", "--content-type", "--keep", "--times", "--alignment", "--mode", "--timeout", "power of two that holds 8 records"},
		"sub --help":   {"--wait", "--timeout", "--count", "--framing", "--keep", "--await-producer", "default 5s"},
		"ls --help":    {"--json", "lag_records"},
		"info --help":  {"--json", "lag_records"},
		"rm --help":    {"--force"},
		"demo --help":  {"--frames", "--size", "--fps"},
		"bench --help": {"--quick", "--json", "--size", "--pair", "--samples", "--time", "--python", "--cpp-include", "8B to 64MiB", "regime"},
		"help pub":     {"--capacity"},
	} {
		out := succeeded(t, execute(t, "", strings.Fields(args)...))
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("shmbuf %s does not say %q", args, w)
			}
		}
		if strings.Contains(out, "demo-peer") || strings.Contains(out, "bench-peer") || strings.Contains(out, "gen-man") {
			t.Errorf("shmbuf %s shows inner commands", args)
		}
	}
}

// Without a command the help goes to standard error: nothing was done.
func TestNoCommand(t *testing.T) {
	o := execute(t, "")
	if o.status != 2 || o.out != "" || !strings.Contains(o.err, "Available Commands") || !strings.HasSuffix(o.err, "shmbuf: no command given; see 'shmbuf --help'\n") {
		t.Errorf("status %d, standard output %q, standard error %q", o.status, o.out, o.err)
	}
}

func TestVersion(t *testing.T) {
	if out := succeeded(t, execute(t, "", "version")); !strings.HasPrefix(out, "shmbuf "+shmbuf.Version+" ") {
		t.Errorf("version prints %q", out)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		script := succeeded(t, execute(t, "", "completion", shell))
		if !strings.Contains(script, "shmbuf") {
			t.Errorf("%s: no completion of shmbuf", shell)
		}
		if _, err := exec.LookPath(shell); err != nil || shell == "powershell" {
			continue
		}
		file := filepath.Join(t.TempDir(), "completion")
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(shell, "-n", file).CombinedOutput(); err != nil {
			t.Errorf("%s does not understand its script: %s", shell, out)
		}
	}
}

// Names and words of options are completed.
func TestCompletionOfWords(t *testing.T) {
	name := channel(t)
	succeeded(t, execute(t, "", "pub", name))
	for _, verb := range []string{"pub", "sub", "info", "rm"} {
		if out := execute(t, "", "__complete", verb, "").out; !slices.Contains(strings.Split(out, "\n"), name) {
			t.Errorf("%s does not complete to the channel: %q", verb, out)
		}
	}
	if out := execute(t, "", "__complete", "info", name, "").out; strings.Contains(out, name) {
		t.Errorf("a second name is offered: %q", out)
	}
	for args, want := range map[string]string{
		"pub x --layout":  "native\nclassic\n",
		"pub x --framing": "lines\nlength\nfixed:\n",
		"sub x --framing": "lines\nlength\nraw\n",
		"bench --pair":    "go-go\ngo-py\ngo-cpp\npy-go\npy-py\npy-cpp\ncpp-go\ncpp-py\ncpp-cpp\n",
		"bench --size":    "8\n64\n1KiB\n",
	} {
		all := append([]string{"__complete"}, append(strings.Fields(args), "")...)
		if out := execute(t, "", all...).out; !strings.HasPrefix(out, want) {
			t.Errorf("%s completes to %q", args, out)
		}
	}
}

func TestManPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	succeeded(t, execute(t, "", "gen-man", dir))
	for page, word := range map[string]string{
		"shmbuf.1": "Exit status", "shmbuf-pub.1": "--capacity", "shmbuf-sub.1": "--wait", "shmbuf-ls.1": "--json",
		"shmbuf-info.1": "--json", "shmbuf-rm.1": "--force", "shmbuf-demo.1": "--frames", "shmbuf-version.1": "version", "shmbuf-bench.1": "--pair",
	} {
		text, err := os.ReadFile(filepath.Join(dir, page))
		if err != nil {
			t.Error(err)
			continue
		}
		if plain := strings.ReplaceAll(string(text), `\-`, "-"); !strings.Contains(plain, word) || !strings.HasPrefix(string(text), ".nh\n.TH") {
			t.Errorf("%s is not the page expected:\n%.300s", page, text)
		}
	}
	if pages, _ := filepath.Glob(filepath.Join(dir, "*-peer*")); len(pages) > 0 {
		t.Errorf("pages of inner commands: %v", pages)
	}
	failed(t, execute(t, "", "gen-man", "/dev/null/x"), 1, "gen-man")
	failed(t, execute(t, "", "gen-man"), 2, "gen-man")
}

// Package examples holds programs to start from; its test runs the shortest ones.
package examples

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shmbuf/shmbuf"
)

// program is one end of the hello example, ready to run.
type program struct {
	language  string
	arguments []string
}

// ends makes the programs of every language this machine can build. The channel
// name "hello" is replaced by one of this test alone.
func ends(t *testing.T, channel string) (producers, consumers []program) {
	t.Helper()
	dir := t.TempDir()
	source := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), `"hello"`) != 1 {
			t.Fatalf("%s does not name the channel exactly once", path)
		}
		copied := filepath.Join(dir, strings.ReplaceAll(path, string(filepath.Separator), "-"))
		if err := os.WriteFile(copied, bytes.ReplaceAll(text, []byte(`"hello"`), []byte(`"`+channel+`"`)), 0o600); err != nil {
			t.Fatal(err)
		}
		return copied
	}
	build := func(command ...string) {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", command, err, out)
		}
	}
	add := func(language string, prefix ...string) {
		for _, role := range []string{"producer", "consumer"} {
			var arguments []string
			switch language {
			case "Go":
				binary := filepath.Join(dir, role+"-go")
				build("go", "build", "-o", binary, source(filepath.Join("hello", "go", role, "main.go")))
				arguments = []string{binary}
			case "C++":
				binary := filepath.Join(dir, role+"-cpp")
				build(prefix[0], "-std=c++14", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread", "-I", "../cpp/include",
					source(filepath.Join("hello", "cpp", role+".cpp")), "-o", binary)
				arguments = []string{binary}
			case "Python":
				arguments = []string{prefix[0], source(filepath.Join("hello", "python", role+".py"))}
			}
			if role == "producer" {
				producers = append(producers, program{language, arguments})
			} else {
				consumers = append(consumers, program{language, arguments})
			}
		}
	}
	add("Go")
	if compiler, err := exec.LookPath("g++"); err == nil {
		add("C++", compiler)
	}
	if python := pythonWithPackage(); python != "" {
		add("Python", python)
	}
	return producers, consumers
}

// pythonWithPackage finds a Python that has the package, "" when there is none.
func pythonWithPackage() string {
	for _, python := range []string{"../.venv/bin/python", "python3"} {
		if path, err := filepath.Abs(python); err == nil && strings.Contains(python, "/") {
			python = path
		}
		if exec.Command(python, "-c", "import shmbuf").Run() == nil {
			return python
		}
	}
	return ""
}

func TestHello(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("builds and runs programs of three languages")
	}
	channel := fmt.Sprintf("hello-test-%d", os.Getpid())
	t.Cleanup(func() { _ = shmbuf.ForceRemove(channel) })
	producers, consumers := ends(t, channel)
	for _, producer := range producers {
		for _, consumer := range consumers {
			for _, producerFirst := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s-%s-%v", producer.language, consumer.language, producerFirst), func(t *testing.T) {
					hello(t, channel, producer, consumer, producerFirst)
				})
			}
		}
	}
}

func hello(t *testing.T, channel string, producer, consumer program, producerFirst bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var out bytes.Buffer
	receiving := command(ctx, consumer, &out)
	sending := command(ctx, producer, io.Discard)
	order := []*exec.Cmd{receiving, sending}
	if producerFirst {
		order = []*exec.Cmd{sending, receiving}
	}
	for _, c := range order {
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * time.Millisecond)
	}
	for _, c := range order {
		if err := c.Wait(); err != nil {
			t.Errorf("%s: %v\n%s", c.Path, err, c.Stderr)
		}
	}
	want := ""
	for i := range 3 {
		want += fmt.Sprintf("hello %d from %s\n", i, producer.language)
	}
	if out.String() != want {
		t.Errorf("the consumer printed %q, want %q", out.String(), want)
	}
	if _, err := shmbuf.Inspect(channel); err == nil {
		t.Error("the channel is still there")
		_ = shmbuf.ForceRemove(channel)
	}
}

func command(ctx context.Context, p program, out io.Writer) *exec.Cmd {
	c := exec.CommandContext(ctx, p.arguments[0], p.arguments[1:]...)
	c.Stdout, c.Stderr = out, new(bytes.Buffer)
	return c
}

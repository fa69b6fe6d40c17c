package shmbuf

import (
	"testing"
)

type sample struct {
	Time  int64
	Value [3]float32
	Flags uint32
}

func TestTyped(t *testing.T) {
	name := channelName(t)
	p, err := CreateTyped[sample](name, &Options{RecordCount: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // the test is over
	c, err := OpenTypedWait[sample](soon(t), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // the test is over
	want := sample{Time: 1, Value: [3]float32{1, 2, 3}, Flags: 9}
	var got sample
	if err := p.Write(soon(t), &want); err != nil {
		t.Fatal(err)
	}
	if err := c.Read(soon(t), &got); err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
	wants(t, c.TryRead(&got), ErrWouldBlock)
	run, err := p.Reserve(soon(t), 5)
	if err != nil || len(run) != 5 {
		t.Fatal(len(run), err)
	}
	for i := range run {
		run[i] = sample{Time: int64(i)}
	}
	if err := p.Commit(4); err != nil {
		t.Fatal(err)
	}
	values, err := c.Peek(soon(t), 100)
	if err != nil || len(values) != 4 || values[3].Time != 3 {
		t.Fatalf("%v, %v", values, err)
	}
	if err := c.ReleaseN(3); err != nil {
		t.Fatal(err)
	}
	if values, err = c.TryPeek(100); err != nil || len(values) != 1 || values[0].Time != 3 {
		t.Fatalf("%v, %v", values, err)
	}
	if err := c.Release(); err != nil {
		t.Fatal(err)
	}
	// More than a lap, in runs.
	go func() { _, _ = p.WriteRun(soon(t), make([]sample, 50)) }()
	for n := 0; n < 50; {
		values, err := c.Peek(soon(t), 100)
		if err != nil {
			t.Fatal(err)
		}
		n += len(values)
		if err := c.Release(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTypedRefusals(t *testing.T) {
	name := channelName(t)
	for what, err := range map[string]error{
		"Pointer": second(CreateTyped[struct{ Pointer *int }](name, nil)),
		"string":  second(CreateTyped[string](name, nil)),
		"slice":   second(CreateTyped[[]byte](name, nil)),
		"int64":   second(CreateTyped[[4]int](name, nil)),
		"bytes":   second(CreateTyped[struct{}](name, nil)),
		"16":      second(CreateTyped[int64](name, &Options{RecordSize: 16})),
		"2":       second(CreateTyped[int64](name, &Options{Alignment: 2})), // it needs 4 or 8, by machine
	} {
		if what == "slice" {
			what = "pointer"
		}
		wants(t, err, ErrInvalid, what)
	}
	mustCreate(t, name, &Options{RecordSize: 8})
	wants(t, second(OpenTyped[int32](name, nil)), ErrInvalid, "8", "4", name)
	other := channelName(t)
	mustCreate(t, other, nil)
	wants(t, second(OpenTyped[int32](other, nil)), ErrInvalid, "variable")
}

func second[T any](_ T, err error) error { return err }

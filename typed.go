package shmbuf

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"
)

// TypedProducer sends values of T, which has a fixed size and no pointers, over a
// channel of fixed-size records. The values travel as they are in memory: every
// program that reads them must lay T out the same way, in the same byte order. One
// goroutine at a time uses it.
type TypedProducer[T any] struct{ p *Producer }

// TypedConsumer receives values of T; see TypedProducer.
type TypedConsumer[T any] struct{ c *Consumer }

// CreateTyped is Create for values of T. Options.RecordSize is set from T when it
// is 0; an alignment is chosen that suits T.
func CreateTyped[T any](name string, opts *Options) (*TypedProducer[T], error) {
	size, align, err := measure[T]("create", name)
	if err != nil {
		return nil, err
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.RecordSize == 0 {
		o.RecordSize = size
	}
	if o.RecordSize != size {
		return nil, fail("create", name, ErrInvalid, "record size %d; %T has %d bytes", o.RecordSize, *new(T), size)
	}
	if o.Alignment == 0 {
		o.Alignment = align
	}
	if o.Alignment%align != 0 {
		return nil, fail("create", name, ErrInvalid, "alignment %d; %T needs %d", o.Alignment, *new(T), align)
	}
	p, err := Create(name, &o)
	if err != nil {
		return nil, err
	}
	return &TypedProducer[T]{p}, nil
}

// OpenTyped is Open for values of T. ErrInvalid when the records of the channel
// have another size or alignment.
func OpenTyped[T any](name string, opts *ConsumerOptions) (*TypedConsumer[T], error) {
	c, err := Open(name, opts)
	return typedConsumer[T](c, err)
}

// OpenTypedWait is OpenWait for values of T.
func OpenTypedWait[T any](ctx context.Context, name string, opts *ConsumerOptions) (*TypedConsumer[T], error) {
	c, err := OpenWait(ctx, name, opts)
	return typedConsumer[T](c, err)
}

func typedConsumer[T any](c *Consumer, err error) (*TypedConsumer[T], error) {
	if err != nil {
		return nil, err
	}
	size, align, err := measure[T]("open", c.name)
	if err == nil && (uint64(c.RecordSize()) != size || uint32(c.Alignment())%align != 0) {
		err = fail("open", c.name, ErrInvalid, "the channel has records of %d bytes aligned to %d (0 means variable-size), %T has %d aligned to %d",
			c.RecordSize(), c.Alignment(), *new(T), size, align)
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return &TypedConsumer[T]{c}, nil
}

// measure checks that T can live in shared memory.
func measure[T any](op, name string) (size uint64, align uint32, err error) {
	t := reflect.TypeFor[T]()
	if err := flat(t); err != nil {
		return 0, 0, fail(op, name, ErrInvalid, "%v cannot be a record: %v", t, err)
	}
	if t.Size() == 0 {
		return 0, 0, fail(op, name, ErrInvalid, "%v has no bytes", t)
	}
	return uint64(t.Size()), uint32(t.Align()), nil
}

// flat refuses types with pointers, or of a size that depends on the machine.
func flat(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return nil
	case reflect.Array:
		return flat(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if err := flat(t.Field(i).Type); err != nil {
				return fmt.Errorf("field %s: %w", t.Field(i).Name, err)
			}
		}
		return nil
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		return fmt.Errorf("%v has no fixed size; use %v64 or %v32", t, t, t)
	}
	return fmt.Errorf("%v holds a pointer", t)
}

func valuesOf[T any](run []byte) []T {
	if len(run) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(run))), len(run)/int(unsafe.Sizeof(*new(T))))
}

func bytesOf[T any](values []T) []byte {
	if len(values) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(*new(T))))
}

// Write sends one value. It blocks while the ring is full; see Producer.Write.
func (t *TypedProducer[T]) Write(ctx context.Context, v *T) error {
	return t.p.Write(ctx, bytesOf(unsafe.Slice(v, 1)))
}

// TryWrite is Write without blocking: ErrWouldBlock when the ring is full.
func (t *TypedProducer[T]) TryWrite(v *T) error { return t.p.TryWrite(bytesOf(unsafe.Slice(v, 1))) }

// WriteRun sends all of values and returns how many were sent; see
// Producer.WriteRun.
func (t *TypedProducer[T]) WriteRun(ctx context.Context, values []T) (int, error) {
	return t.p.WriteRun(ctx, bytesOf(values))
}

// Reserve returns room for 1 to most values in the ring; see Producer.ReserveRun.
func (t *TypedProducer[T]) Reserve(ctx context.Context, most int) ([]T, error) {
	run, err := t.p.ReserveRun(ctx, most)
	return valuesOf[T](run), err
}

// Commit makes the first n reserved values visible; see Producer.CommitRun.
func (t *TypedProducer[T]) Commit(n int) error { return t.p.CommitRun(n) }

// Abort gives a reservation up, if there is one.
func (t *TypedProducer[T]) Abort() { t.p.Abort() }

// Producer gives the channel beneath.
func (t *TypedProducer[T]) Producer() *Producer { return t.p }

// Close ends the stream; see Producer.Close.
func (t *TypedProducer[T]) Close() error { return t.p.Close() }

// Read copies the next value to v. It blocks while the ring is empty; see
// Consumer.Read.
func (t *TypedConsumer[T]) Read(ctx context.Context, v *T) error {
	_, err := t.c.Read(ctx, bytesOf(unsafe.Slice(v, 1)))
	return err
}

// TryRead is Read without blocking: ErrWouldBlock when the ring is empty.
func (t *TypedConsumer[T]) TryRead(v *T) error {
	_, err := t.c.TryRead(bytesOf(unsafe.Slice(v, 1)))
	return err
}

// Peek returns 1 to most values in place, valid until they are released; see
// Consumer.PeekRun.
func (t *TypedConsumer[T]) Peek(ctx context.Context, most int) ([]T, error) {
	run, err := t.c.PeekRun(ctx, most)
	return valuesOf[T](run), err
}

// TryPeek is Peek without blocking: ErrWouldBlock when the ring is empty.
func (t *TypedConsumer[T]) TryPeek(most int) ([]T, error) {
	run, err := t.c.TryPeekRun(most)
	return valuesOf[T](run), err
}

// Release gives back all peeked values.
func (t *TypedConsumer[T]) Release() error { return t.c.Release() }

// ReleaseN gives back the first n peeked values; see Consumer.ReleaseN.
func (t *TypedConsumer[T]) ReleaseN(n int) error { return t.c.ReleaseN(n) }

// Consumer gives the channel beneath.
func (t *TypedConsumer[T]) Consumer() *Consumer { return t.c }

// Close leaves the channel; see Consumer.Close.
func (t *TypedConsumer[T]) Close() error { return t.c.Close() }

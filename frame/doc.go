// Package frame sends images through shmbuf channels.
//
// A frame is a record that starts with a 64-byte header (width, height, stride,
// pixel format, timestamp, number); the pixels follow. Both sides work in place:
//
//	// producer: have the camera or decoder fill the ring itself
//	r, err := frame.Reserve(ctx, p, header)
//	fill(r.Pixels)
//	r.Stamp(frame.Now(), n)
//	err = r.Commit()
//
//	// consumer: look at the pixels where they are
//	f, err := frame.Peek(ctx, c)
//	use(f.Header, f.Pixels)
//	err = c.Release()
//
// Create the channel with Options.Alignment 64, so that pixels start on a cache
// line, with Caps as its content type, and with room for a few frames.
//
// Nothing here allocates per frame, except Image.
package frame

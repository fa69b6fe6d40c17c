// Package conformance holds tests only: the vectors of ../spec/vectors on the Go
// library (vectors_test.go), and producers and consumers of all languages
// against each other as separate processes (matrix_test.go and others).
//
// What they need from outside, and when they insist on it:
//
//	SHMBUF_PEER_CPP   the C++ peer program, built from conformance/cpp
//	SHMBUF_PYTHON     a Python that has the shmbuf package and NumPy
//	SHMBUF_PHOTO      a JPEG for the frames; default ../shared/data/photo-1080p.jpg
//	SHMBUF_MATRIX     "full": a missing peer is a failure. So it is with CI=true
package conformance

// Package order holds the two things Go's sync/atomic does not offer and a
// shared-memory ring cannot do without: a store that is a release and no more,
// and a pause for spinning.
package order

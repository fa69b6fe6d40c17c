// Package order holds what Go's sync/atomic does not offer and a shared-memory ring
// cannot do without: a store that is a release and no more, a pause for spinning,
// and a hint to fetch a cache line.
package order

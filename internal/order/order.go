// Package order holds what Go's sync/atomic does not offer and a shared-memory ring
// cannot do without: a store that is a release and no more, a pause for spinning, a hint
// to fetch a cache line, and copies that mind the store queue and the caches.
package order

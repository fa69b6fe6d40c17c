//go:build !linux

package bench

// ask: other systems are asked for nothing more than Go knows.
func (m *Machine) ask() {}

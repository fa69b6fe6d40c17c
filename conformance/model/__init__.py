"""Reference model of the protocol, and the reader of the vector scripts."""

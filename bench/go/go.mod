module github.com/shmbuf/shmbuf/bench/go

go 1.26.0

require (
	github.com/shmbuf/shmbuf v0.0.0
	golang.org/x/sys v0.49.0
)

replace github.com/shmbuf/shmbuf => ../..

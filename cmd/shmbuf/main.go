// Command shmbuf moves records between processes through shared memory, and
// looks at the channels of this machine.
package main

import "os"

func main() { os.Exit(run(os.Args[1:])) }

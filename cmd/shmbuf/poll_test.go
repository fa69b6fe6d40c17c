package main

import (
	"fmt"
	"os"
	"strings"
)

// asleepInPoll tells whether the process waits for input. It looks at the system
// call each of its threads is in: poll is 7, ppoll 271 on amd64, ppoll 73 on arm64.
func asleepInPoll(p *process) bool {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", p.cmd.Process.Pid))
	if err != nil {
		return false
	}
	for _, task := range tasks {
		call, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/syscall", p.cmd.Process.Pid, task.Name()))
		if err != nil {
			continue
		}
		switch strings.Fields(string(call))[0] {
		case "7", "271", "73":
			return true
		}
	}
	return false
}

// What happens to handles in a child made by fork: role locks are inherited and would outlive the parent,
// so the child lets go of its copies, without a word to shared memory.
#pragma once

namespace native {

// Counts forks: a handle made before the last one belongs to the parent process.
extern unsigned fork_count;
void watch_forks();

// A handle that a child inherits. Lives on a list for as long as it lives. Needs the GIL.
class Inheritable {
 public:
  Inheritable() noexcept;
  Inheritable(const Inheritable&) = delete;
  Inheritable& operator=(const Inheritable&) = delete;

  bool forked() const noexcept { return fork_ != fork_count; }
  // In the child: whether the copy has let go of the segment.
  bool left() const noexcept { return left_; }

 protected:
  ~Inheritable();
  // Lets go of descriptor and mapping; false when a thread that does not exist here was at work on it.
  virtual bool leave_to_parent() noexcept = 0;

 private:
  friend void after_fork_in_child() noexcept;
  Inheritable* next_;
  Inheritable* previous_ = nullptr;
  unsigned fork_ = fork_count;
  bool left_ = false;
};

// Called in the child, once Python works again there.
void after_fork_in_child() noexcept;

}  // namespace native

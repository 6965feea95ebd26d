;; The function of a lane that suspends a stack, as one that a table can hold: of its host, it is none.
(module
  (import "host" "pause" (func $pause))
  (export "pause" (func $pause)))

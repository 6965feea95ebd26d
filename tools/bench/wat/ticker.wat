;; Sets a timer of a millisecond that repeats, and takes its ticks.
(module
  (memory (export "memory") 1 1)

  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))

  (func (export "mullion:service/guest@0.1.0#start")
    (param i64 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 0) (i32.const 0))
    (i32.store (i32.const 4) (i32.const 128))
    (i32.store (i32.const 8) (i32.const 1))
    (i32.store8 (i32.const 128) (i32.const 3))
    (i32.store (i32.const 136) (i32.const 1))
    (i32.store (i32.const 140) (i32.const 1))
    (i32.store8 (i32.const 144) (i32.const 1))
    (i32.const 0))

  (func (export "mullion:service/guest@0.1.0#turn")
    (param $now i64) (param $event i32) (param $count i32) (result i32)
    (i32.store (i32.const 8) (i32.const 0))
    (i32.const 0)))

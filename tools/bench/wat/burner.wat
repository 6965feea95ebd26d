;; Computes for many milliseconds on every message, then publishes one on its first topic: for itself.
(module
  (memory (export "memory") 1 1)

  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))

  (func (export "mullion:service/guest@0.1.0#start")
    (param i64 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i64.store (i32.const 0) (i64.const 0))
    (i32.store (i32.const 8) (i32.const 0))
    (i32.const 0))

  (func (export "mullion:service/guest@0.1.0#turn")
    (param $now i64) (param $event i32) (param $count i32) (result i32) (local $left i32)
    (local.set $left (i32.const 50_000_000))
    (loop $again
      (i32.store (i32.const 2048) (i32.xor (i32.load (i32.const 2048)) (local.get $left)))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    ;; One effect: a publication of no bytes.
    (i32.store (i32.const 0) (i32.const 0))
    (i32.store (i32.const 4) (i32.const 128))
    (i32.store (i32.const 8) (i32.const 1))
    (memory.fill (i32.const 128) (i32.const 0) (i32.const 40))
    (i32.const 0)))

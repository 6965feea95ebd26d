;; The smallest service: publishes the payload of every message on its first topic.
(module
  (memory (export "memory") 1 1)
  ;; Everything of a turn lies here and is forgotten with it.
  (global $top (mut i32) (i32.const 4096))

  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.set $top (i32.add (local.get $at) (local.get 3)))
    (local.get $at))

  (func (export "mullion:service/guest@0.1.0#start")
    (param i64 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (global.set $top (i32.const 4096))
    (i64.store (i32.const 0) (i64.const 0))
    (i32.store (i32.const 8) (i32.const 0))
    (i32.const 0))

  ;; Events take 32 bytes, effects 40: see the canonical ABI of `mullion:service`.
  (func (export "mullion:service/guest@0.1.0#turn")
    (param $now i64) (param $event i32) (param $count i32) (result i32) (local $effect i32) (local $end i32)
    (local.set $effect (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (i32.store (i32.const 0) (i32.const 0))
    (i32.store (i32.const 4) (local.get $effect))
    (i32.store (i32.const 8) (local.get $count))
    (local.set $end (i32.add (local.get $effect) (i32.mul (local.get $count) (i32.const 40))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $effect) (local.get $end)))
        (i32.store (local.get $effect) (i32.const 0))
        (i32.store (i32.add (local.get $effect) (i32.const 8)) (i32.const 0))
        (i64.store align=4 (i32.add (local.get $effect) (i32.const 12))
          (i64.load align=4 (i32.add (local.get $event) (i32.const 20))))
        (local.set $event (i32.add (local.get $event) (i32.const 32)))
        (local.set $effect (i32.add (local.get $effect) (i32.const 40)))
        (br $next)))
    (i32.const 0))

  (func (export "cabi_post_mullion:service/guest@0.1.0#turn") (param i32)
    (global.set $top (i32.const 4096))))

;; Calls guests one after the other from one stack, so that each can be suspended in the middle of its
;; call and another go on. What JavaScript calls cannot be suspended: hence this loop in WebAssembly.
;; The functions have names so that they can be told from those of guests in a stack.
(module
  ;; Ends the call before, if there was one, and says where in `calls` the next function lies and what
  ;; it is: 4 * place + kind. Negative: there is nothing to do.
  (import "host" "next" (func $next (param i32) (result i32)))
  ;; The fuel of the running call is used up. Not 0: it has had its slice.
  (import "host" "refill" (func $refill (result i32)))

  (type $turn (func (param i64 i32 i32) (result i32)))
  (type $start (func (param i64 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (type $begin (func))

  (table $calls (export "calls") 8 funcref)
  ;; What returns when it is the call's turn again, once there is something to pause: see `pause.wat`.
  (table $pauses (export "pauses") 1 1 funcref)
  ;; The arguments of the next call: one of 64 bits, then those of 32. The time of a turn comes as a
  ;; floating-point number, which JavaScript has at hand.
  (memory (export "memory") 1 1)

  (func $mullion.lane.gate (export "gate")
    (if (call $refill) (then (call_indirect $pauses (type $begin) (i32.const 0)))))

  (func $mullion.lane.run (export "run") (local $result i32) (local $next i32) (local $place i32)
    (loop $again
      (br_if 1 (i32.lt_s (local.tee $next (call $next (local.get $result))) (i32.const 0)))
      (local.set $place (i32.shr_u (local.get $next) (i32.const 2)))
      (block $done
        (block $begin
          (block $start
            (block $turn
              (br_table $turn $start $begin (i32.and (local.get $next) (i32.const 3))))
            (local.set $result (call_indirect $calls (type $turn)
              (i64.trunc_sat_f64_u (f64.load (i32.const 0))) (i32.load (i32.const 8)) (i32.load (i32.const 12))
              (local.get $place)))
            (br $done))
          (local.set $result (call_indirect $calls (type $start)
            (i64.load (i32.const 0)) (i32.load (i32.const 8)) (i32.load (i32.const 12))
            (i32.load (i32.const 16)) (i32.load (i32.const 20)) (i32.load (i32.const 24))
            (i32.load (i32.const 28)) (i32.load (i32.const 32))
            (local.get $place)))
          (br $done))
        (call_indirect $calls (type $begin) (local.get $place)))
      (br $again))))
